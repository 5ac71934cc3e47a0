"""The local Chromium, without a window: found, started, and pointed at a simulated server."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Error, FrameLocator, Locator, Page, async_playwright, expect

from bot.errors import UserError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HOW_TO_INSTALL = (
    "No Chromium was found: install one (on Debian and Ubuntu: apt-get install chromium), or name its program in CHROMIUM."
)
QUIET = ("--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync")
"""A browser that talks to the simulated server alone."""
READY = "() => window.simcordPreview && window.simcordPreview.ready === true"


def find_chromium(chosen: str = "") -> str | None:
    """The program of `chosen`, or else of the first of NAMES on the PATH; None when there is none."""
    names = (chosen,) if chosen else NAMES
    return next((found for name in names if (found := shutil.which(str(Path(name).expanduser())))), None)


@asynccontextmanager
async def chromium(chosen: str = "") -> AsyncIterator[Browser]:
    """A running browser; raises UserError when there is none or it does not start."""
    program = find_chromium(chosen)
    if program is None:
        raise UserError(HOW_TO_INSTALL if not chosen else f"CHROMIUM: {chosen} is not a program.")
    # Chromium's own sandbox does not run for root; what it shows is this project's.
    alone = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=program, args=[*QUIET, *alone])
        except Error as error:
            raise UserError(f"{program} does not start: {error.message.splitlines()[0]}") from error
        try:
            yield browser
        finally:
            await browser.close()


async def shown_channel(page: Page) -> FrameLocator:
    """The frame of the channel that the page shows, once it is drawn and nothing is under way."""
    await expect(page.locator("#status")).to_be_empty()
    handle = await page.locator("#frame[src]").element_handle()
    frame = await handle.content_frame() if handle is not None else None
    if frame is not None:
        await frame.wait_for_function(READY)
    return page.frame_locator("#frame")


async def post_sample(page: Page, title: str) -> FrameLocator:
    """Post a sample where the page is; the channel, or the thread that came of it."""
    await page.locator("#samples button", has=page.get_by_text(title, exact=True)).click()
    return await shown_channel(page)


async def run_command(page: Page, channel: FrameLocator, name: str) -> None:
    """Send a slash command without its options."""
    await channel.locator("#channel-composer-input").click()
    await page.keyboard.type(f"/{name}")
    await channel.locator(".command-entry", has_text=f"/{name}").first.click()
    await channel.locator("#send-message").click()


def messages(channel: FrameLocator, *, private: bool = False) -> Locator:
    """The messages that are shown, or those of them that only the viewer sees."""
    return channel.locator(".channel-message:has(.message-ephemeral-note)" if private else ".channel-message")

"""Pictures of the real bot for the README: what a member sees and clicks, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import FloatRect, FrameLocator, Locator, Page, expect

from bot.diagnosis.types import Verdict
from bot.preview.browser import chromium, messages, post_sample, run_command, shown_channel
from bot.preview.hub import Hub
from bot.preview.samples import VAGUE, Sample, pick_samples
from bot.preview.server import SimulatedServer

PICTURES = ("overview.png", "diagnosis.png", "evidence.png", "modal.png", "insights.png", "preview.png")
WIDTH, LOW = 1_280, 900
"""Wide enough for the channels and a column of text that reads well."""
TALL = 3_600
"""As high as the longest thread, so that nothing has to be scrolled."""
PADDING = 8
WAIT_MS = 60_000


async def draw(hub: Hub, server: SimulatedServer, folder: Path, program: str) -> None:
    """Write every picture into the folder; raises UserError without a browser."""
    async with chromium(program) as browser:
        page = await browser.new_page(viewport={"width": WIDTH, "height": TALL})
        page.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        await page.goto(hub.url)
        await shown_channel(page)
        await _threads(page, server, folder)
        await _dialogs(page, folder)


async def _threads(page: Page, server: SimulatedServer, folder: Path) -> None:
    """An overview, a diagnosis and its evidence, each below what was posted; and the whole page."""
    await _go(page, "▤ help-forum")
    thread = await post_sample(page, VAGUE.title)
    await _shoot(page, messages(thread), folder / "overview.png")
    await _go(page, "▤ help-forum")
    thread = await post_sample(page, clearest(server).title)
    await _shoot(page, messages(thread), folder / "diagnosis.png")
    await page.set_viewport_size({"width": WIDTH, "height": LOW})
    await expect(thread.locator("#action-status")).not_to_contain_text("…")
    await page.screenshot(path=folder / "preview.png")
    await page.set_viewport_size({"width": WIDTH, "height": TALL})
    await thread.get_by_role("button", name="Show evidence").click()
    await expect(messages(thread, private=True).locator("a")).not_to_have_count(0)
    await _shoot(page, messages(thread, private=True), folder / "evidence.png")


async def _dialogs(page: Page, folder: Path) -> None:
    """The modal of /diagnose, and what an admin sees of the insights."""
    support = await _go(page, "# support")
    await run_command(page, support, "diagnose")
    await expect(support.locator(".modal-dialog")).to_be_visible()
    await support.locator(".modal-dialog").screenshot(path=folder / "modal.png")
    await page.set_viewport_size({"width": WIDTH, "height": TALL})
    await page.locator("#person").select_option("admin")
    general = await _go(page, "# general")
    await run_command(page, general, "insights")
    chart = messages(general, private=True).locator("img.attachment-image, .attachment-image img").first
    await expect(chart).to_have_js_property("complete", value=True)
    await expect(chart).not_to_have_js_property("naturalWidth", value=0)
    await _shoot(page, messages(general, private=True), folder / "insights.png")


def clearest(server: SimulatedServer) -> Sample:
    """The shortest sample with a traceback that the bot diagnoses."""
    service = server.bot.service
    for sample in sorted(pick_samples(service.snapshot), key=lambda sample: len(sample.text)):
        if "Traceback" in sample.text and service.engine.answer(sample.text).diagnosis.verdict is Verdict.DIAGNOSIS:
            return sample
    return VAGUE


async def _go(page: Page, name: str) -> FrameLocator:
    """Open a channel by its name in the list, when nothing else is under way."""
    await expect(page.locator("#status")).to_be_empty()
    await page.get_by_role("button", name=name, exact=True).click()
    await expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-current", "true")
    return page.frame_locator("#frame") if name.startswith("▤") else await shown_channel(page)


async def _shoot(page: Page, shown: Locator, path: Path) -> None:
    """The picture of neighbouring messages, and nothing around them."""
    boxes = [box for item in await shown.all() if (box := await item.bounding_box()) is not None]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes) - PADDING
    right = max(box["x"] + box["width"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes) + PADDING
    await page.mouse.move(0, 0)
    await page.screenshot(path=path, clip=FloatRect(x=left, y=top, width=right - left, height=bottom - top))

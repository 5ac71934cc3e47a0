"""Clicks in a real browser on the real bot: skipped only where no Chromium is found."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.cogs.feedback import says
from bot.errors import UserError
from bot.preview.browser import HOW_TO_INSTALL, chromium, find_chromium, messages, post_sample, run_command, shown_channel
from bot.preview.hub import Hub
from bot.preview.pictures import PICTURES, draw
from bot.preview.server import SimulatedServer

CHOSEN = os.environ.get("CHROMIUM", "")
FAILURE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}'
CAUSE = re.compile("weigh 31.5 kg")
SAMPLE = "label weight exceeded"

in_a_browser = pytest.mark.skipif(find_chromium(CHOSEN) is None, reason=HOW_TO_INSTALL)


def pictures_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest_asyncio.fixture
async def page(hub: Hub) -> AsyncIterator[Page]:
    async with chromium(CHOSEN) as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 1600})
        page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        await page.goto(hub.url)
        await shown_channel(page)
        yield page


@in_a_browser
async def test_a_sample_opens_its_thread_with_the_answer(page: Page) -> None:
    thread = await post_sample(page, SAMPLE)
    await expect(messages(thread).filter(has_text=CAUSE)).to_have_count(1)
    await expect(page.locator("#places button[aria-current=true]")).to_have_class("thread")


@in_a_browser
async def test_fixed_it_is_noted_and_cannot_be_pressed_again(page: Page) -> None:
    thread = await post_sample(page, SAMPLE)
    await thread.get_by_role("button", name="Fixed it").click()
    await expect(messages(thread, private=True)).to_contain_text(says.FIXED)
    await expect(thread.get_by_role("button", name="Fixed it")).to_be_disabled()
    await expect(thread.get_by_role("button", name="Need a human")).to_have_count(0)


@in_a_browser
async def test_not_it_is_noted_and_says_what_comes_next(page: Page) -> None:
    thread = await post_sample(page, SAMPLE)
    before = await messages(thread).count()
    await thread.get_by_role("button", name="Not it").first.click()
    await expect(messages(thread, private=True)).to_contain_text(says.MISSED)
    await expect(messages(thread)).to_have_count(before + 2)
    next_one = messages(thread).filter(has=thread.get_by_role("button", name="Need a human"))
    await expect(next_one).to_contain_text("To go on, send")
    await expect(messages(thread).filter(has_text=CAUSE).locator(".message-components button")).to_have_text(["Show evidence"])


@in_a_browser
async def test_show_evidence_shows_lines_and_sources_to_the_one_who_asks_alone(page: Page) -> None:
    thread = await post_sample(page, SAMPLE)
    await thread.get_by_role("button", name="Show evidence").click()
    shown = messages(thread, private=True)
    await expect(shown.first).to_contain_text("weight-exceeded")
    await expect(shown.get_by_role("link", name="Parcel weights")).not_to_have_count(0)
    await page.locator("#person").select_option("helper")
    thread = await shown_channel(page)
    await expect(messages(thread).filter(has_text=CAUSE)).to_have_count(1)
    await expect(messages(thread, private=True)).to_have_count(0)


@in_a_browser
async def test_a_paste_in_the_modal_is_answered(page: Page) -> None:
    channel = await shown_channel(page)
    await run_command(page, channel, "diagnose")
    await channel.locator(".modal-dialog textarea").fill(FAILURE)
    await channel.locator(".modal-dialog").get_by_role("button", name="Submit").click()
    await expect(messages(channel).filter(has_text=CAUSE)).to_have_count(1)


@in_a_browser
async def test_a_file_in_the_modal_is_read(page: Page) -> None:
    channel = await shown_channel(page)
    await run_command(page, channel, "diagnose")
    upload = {"name": "app.log", "mimeType": "text/plain", "buffer": FAILURE.encode()}
    await channel.locator(".modal-dialog input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    await channel.locator(".modal-dialog").get_by_role("button", name="Submit").click()
    await expect(messages(channel).filter(has_text=CAUSE)).to_have_count(1)


@in_a_browser
async def test_one_s_own_paste_opens_a_post_in_the_forum(page: Page) -> None:
    await page.get_by_role("button", name="▤ help-forum", exact=True).click()
    await expect(page.locator("#posts")).to_be_visible()
    await page.get_by_label("Title, in a forum").fill("Label is refused")
    await page.get_by_label("Text (over 2,000 characters, it is attached)").fill(FAILURE)
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.get_by_role("button", name="↳ Label is refused")).to_have_attribute("aria-current", "true")
    await expect(messages(await shown_channel(page)).filter(has_text=CAUSE)).to_have_count(1)


@in_a_browser
async def test_what_went_wrong_is_told_on_the_page(page: Page) -> None:
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(page.locator("#status")).to_have_text("There is nothing to send.")


@in_a_browser
async def test_the_pictures_show_the_bot(hub: Hub, server: SimulatedServer, tmp_path: Path) -> None:
    await draw(hub, server, tmp_path, CHOSEN)
    drawn = pictures_in(tmp_path)
    assert drawn.keys() == set(PICTURES)
    assert all(data.startswith(b"\x89PNG") and len(data) > 10_000 for data in drawn.values())


def test_a_program_is_found_by_name_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() == find_chromium("chromium") == find_chromium(str(program)) == str(program)
    assert find_chromium("firefox") is None


async def test_without_a_browser_it_is_told_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="apt-get install chromium"):
        async with chromium():
            pass
    with pytest.raises(UserError, match="CHROMIUM: /nowhere is not a program"):
        async with chromium("/nowhere"):
            pass


async def test_a_browser_that_does_not_start_is_told(tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(UserError, match="does not start"):
        async with chromium(str(program)):
            pass

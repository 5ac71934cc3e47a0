from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.errors import UserError
from bot.preview.hub import KEY_HEADER, Hub
from bot.preview.server import SimulatedServer

FAILURE = 'parcelo.ApiError: 422 {"fault": "weight_exceeded", "message": "Parcel weighs 40 kg"}'


class Browser:
    """Asks the hub as its page does."""

    def __init__(self, hub: Hub, session: aiohttp.ClientSession) -> None:
        self.base, self.key = hub.url.split("/#")
        self.session = session

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.session.get(self.base + path, headers={KEY_HEADER: self.key} | headers) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()

    async def post(self, path: str, *, json: Any = None, data: Any = None) -> tuple[int, Any]:
        headers = {KEY_HEADER: self.key}
        async with self.session.post(self.base + path, headers=headers, json=json, data=data) as response:
            return response.status, await response.json()


@pytest.fixture
async def browser(hub: Hub) -> Any:
    async with aiohttp.ClientSession() as session:
        yield Browser(hub, session)


async def places(browser: Browser) -> dict[str, str]:
    _, known = await browser.get("/api/server")
    return {place["name"]: place["id"] for place in known["places"]}


async def test_it_listens_on_the_loopback_interface_alone(hub: Hub) -> None:
    assert hub.url.startswith("http://127.0.0.1:")


async def test_without_the_key_nothing_is_told(browser: Browser) -> None:
    for key in ("", "wrong", "ké"):
        async with browser.session.get(browser.base + "/api/server", headers={KEY_HEADER: key}) as response:
            assert response.status == 401


async def test_a_page_under_another_name_is_refused(browser: Browser) -> None:
    status, _ = await browser.get("/api/server", Host="rebound.example")
    assert status == 403


async def test_the_page_loads_nothing_from_elsewhere(browser: Browser) -> None:
    for path in ("/", "/hub.css", "/hub.js"):
        async with browser.session.get(browser.base + path) as response:
            assert response.status == 200
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert browser.key not in await response.text()


async def test_the_page_knows_places_people_and_samples(browser: Browser) -> None:
    status, known = await browser.get("/api/server")
    assert status == 200
    assert [place["name"] for place in known["places"]] == ["support", "help-forum", "general", "direct messages"]
    assert [person["name"] for person in known["people"]] == ["asker", "helper", "admin"]
    assert "label weight exceeded" in [sample["title"] for sample in known["samples"] if sample["picked"]]


async def test_a_shown_channel_may_be_framed_by_the_page_alone(browser: Browser) -> None:
    _, shown = await browser.post("/api/show", json={"place": (await places(browser))["support"], "person": "asker"})
    async with browser.session.get(shown["url"].split("#")[0]) as response:
        assert "X-Frame-Options" not in response.headers
        assert f"frame-ancestors {browser.base} " in response.headers["Content-Security-Policy"]


async def test_a_forum_shows_no_messages_of_its_own(browser: Browser) -> None:
    assert await browser.post("/api/show", json={"place": (await places(browser))["help-forum"], "person": "asker"}) == (
        200,
        {"url": ""},
    )


async def test_a_post_says_which_thread_came_of_it(browser: Browser) -> None:
    at = (await places(browser))["support"]
    status, posted = await browser.post("/api/post", data={"place": at, "person": "asker", "text": FAILURE})
    assert status == 200
    assert posted["thread"] in (await places(browser)).values()


async def test_a_sample_with_a_mention_is_addressed_to_the_bot(browser: Browser, server: SimulatedServer) -> None:
    _, known = await browser.get("/api/server")
    number = next(sample["number"] for sample in known["samples"] if sample["title"] == "A question of fact")
    at = (await places(browser))["general"]
    _, posted = await browser.post("/api/post", data={"place": at, "person": "asker", "sample": str(number)})
    assert posted["thread"] is not None
    assert server.bot.user is not None
    assert str(server.bot.user.id) in server.channel(at, "asker").history()[0].content


@pytest.mark.parametrize(
    "form",
    [
        {"place": "17", "person": "asker", "text": "hi"},
        {"place": "direct", "person": "nobody", "text": "hi"},
        {"place": "direct", "person": "asker", "sample": "9999"},
        {"place": "direct", "person": "asker", "sample": "x"},
        {"person": "asker", "text": "hi"},
    ],
)
async def test_what_cannot_be_done_is_told(browser: Browser, form: dict[str, str]) -> None:
    status, told = await browser.post("/api/post", data=form)
    assert status == 400
    assert told["error"]


async def test_a_taken_port_is_told(hub: Hub, server: SimulatedServer) -> None:
    port = int(hub.url.split(":")[2].split("/")[0])
    with pytest.raises(UserError, match=f"Port {port} .* --port"):
        async with Hub(server).serving(port):
            pass

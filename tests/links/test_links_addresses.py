"""Only the public web is fetched, however a private address is written."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.links.addresses import PrivateAddressError, PublicResolver, is_public, refusal


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("no address", False),
    ],
)
def test_public_addresses_are_told_from_all_others(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://docs.example/a", ""),
        ("http://93.184.216.34/a", ""),
        ("http://127.0.0.1:8080/", "private network"),
        ("http://[::1]/", "private network"),
        ("http://[::ffff:10.0.0.1]/", "private network"),
        ("ftp://docs.example/a", "not a web address: ftp"),
        ("file:///etc/passwd", "not a web address: file"),
        ("docs.example/a", "not a web address: no scheme"),
        ("https:///a", "without a host"),
        ("https://docs.example:port/", "not an address"),
        ("https://[::1/", "not an address"),
    ],
)
def test_an_address_that_may_not_be_fetched_is_refused_with_the_reason(url: str, says: str) -> None:
    found = refusal(url, allow_private=False)
    assert (says in found) if says else found == ""


def test_private_addresses_may_be_allowed_and_other_schemes_never() -> None:
    assert refusal("http://127.0.0.1/", allow_private=True) == ""
    assert refusal("file:///etc/passwd", allow_private=True) != ""


class _Names(AbstractResolver):
    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=a, port=port, family=family, proto=0, flags=0) for a in self._addresses]

    async def close(self) -> None:
        return


def resolved(*addresses: str) -> list[str]:
    return [one["host"] for one in asyncio.run(PublicResolver(_Names(*addresses)).resolve("docs.example", 443))]


def test_of_a_name_s_addresses_only_the_public_ones_are_used() -> None:
    assert resolved("93.184.216.34", "10.0.0.1") == ["93.184.216.34"]


def test_a_name_that_leads_only_inside_is_refused() -> None:
    with pytest.raises(PrivateAddressError, match=r"docs\.example leads into a private network"):
        resolved("10.0.0.1", "::1")

"""Which addresses may be fetched: a corpus names pages of the public web, so nothing of the operator's own network."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address, in their last 32 bits (RFC 6052)."""


class PrivateAddressError(OSError):
    """A name leads only to addresses of a private network."""


def refusal(url: str, *, allow_private: bool) -> str:
    """Why the address is not fetched, empty when it may be; names are judged when they are resolved."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        return f"not an address: {error}"
    if parts.scheme not in ("http", "https"):
        return f"not a web address: {parts.scheme or 'no scheme'}"
    if not host:
        return "an address without a host"
    if not allow_private and is_address(host) and not is_public(host):
        return f"{host} is in a private network"
    return ""


def is_address(host: str) -> bool:
    """Whether the host is an IP address as it stands."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever form it is wrapped in."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class PublicResolver(AbstractResolver):
    """Names to public addresses only; what is connected to is what was judged, so a name cannot change in between."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The public addresses of a name; raises PrivateAddressError when it has only others."""
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if found and not public:
            raise PrivateAddressError(f"{host} leads into a private network")
        return public

    async def close(self) -> None:
        """Release what the resolver holds."""
        await self._inner.close()

"""Where a request comes from, coarsely: enough to slow down a guesser, and not somebody's address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

# What one household or one department has.
_BITS_V4 = 24
_BITS_V6 = 56


def network_of(address: str | None) -> str | None:
    """The network of an address; None where it tells nothing, as behind an undeclared proxy."""
    try:
        found: IPv4Address | IPv6Address = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return None
    bits = _BITS_V4 if found.version == 4 else _BITS_V6  # noqa: PLR2004 - the protocol's version
    return f"{found.version}:{int(found) >> (found.max_prefixlen - bits):x}"

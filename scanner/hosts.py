"""The hosts that codes of real cards name, and the hosts that want to be taken for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.address import Address

UNKNOWN_QR_HOST = "unknown_qr_host"
SANDBOX_CARD = "sandbox_card"

# protocol.md §2.1. The old sandbox is still a shipped default, so real cards may bear it by mistake.
_ON_CARDS = frozenset({"s.esc-r.eu", "esc.gg", "esc.bwcard.de", "pp.esc.gg"})
# The last two are the Router's own test hosts (§3.1). No code with them was ever seen: they are unknown too.
_SANDBOXES = frozenset({"pp.esc.gg", "sandbox.europeanstudentcard.eu", "dev.europeanstudentcard.eu"})
# What ends in one of these belongs to the same owner: perhaps unknown, never a look-alike.
_DOMAINS = ("esc-r.eu", "esc.gg", "bwcard.de", "europeanstudentcard.eu")
_DEFAULT_PORTS = {"": ("", "80", "443"), "http": ("", "80"), "https": ("", "443")}

_TWINS = str.maketrans("0135689iq", "olesgbglg")
_TWIN_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def warnings_of(address: Address) -> tuple[str, ...]:
    """What to say of a host that is no look-alike; nothing where real cards are known to bear it."""
    known = address.host in _ON_CARDS and address.port in _DEFAULT_PORTS[address.scheme]
    sandbox = address.host in _SANDBOXES
    return (() if known else (UNKNOWN_QR_HOST,)) + ((SANDBOX_CARD,) if sandbox else ())


def is_lookalike(host: str) -> bool:
    """Whether a host, in lower case, poses as one of the known ones.

    It holds a known name as a part (`esc.gg.evil.tld`, `s-esc-r.eu`), in twins of its letters (`e5c.gg`), one
    slip of a key away, under another ending (`esc.com`), or hides letters of other scripts (`xn--`).
    """
    if any(host == domain or host.endswith(f".{domain}") for domain in _DOMAINS):
        return False
    folded = _fold_twins(host)
    return (
        any(label.startswith("xn--") for label in host.split("."))
        or _KNOWN_INSIDE.search(folded) is not None
        or folded.split(".")[-2:-1] in _KNOWN_NAMES
        or any(_one_slip(_squeeze(host), _squeeze(known)) for known in _GUARDED)
        or any(_one_slip(_squeeze(folded), known) for known in _SQUEEZED)
    )


def _fold_twins(host: str) -> str:
    folded = host.translate(_TWINS)
    for pair, letter in _TWIN_PAIRS:
        folded = folded.replace(pair, letter)
    return folded


def _squeeze(host: str) -> str:
    return host.replace(".", "").replace("-", "")


def _one_slip(written: str, meant: str) -> bool:
    """Whether at most one key was missed, doubled, mistaken, or swapped with its neighbour."""
    start = _common_start(written, meant)
    left, right = written[start:], meant[start:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def _common_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


_GUARDED = (*sorted(_ON_CARDS | _SANDBOXES), *_DOMAINS)
_SQUEEZED = tuple(_squeeze(_fold_twins(known)) for known in _GUARDED)
_KNOWN_NAMES = tuple([_fold_twins(domain).split(".")[0]] for domain in _DOMAINS)
# Their letters in order, whatever dots and hyphens stand between, from one boundary to the next.
_KNOWN_INSIDE = re.compile(rf"(?:\A|[.-])(?:{'|'.join('[.-]*'.join(name) for name in _SQUEEZED)})(?:[.-]|\Z)")

r"""Web addresses, read for two parts only: the host as written, and the last segment of the path.

Libraries disagree on the host of `https://evil.tld\@esc.gg/…`. So this module uses none, and
an address that can be read in two ways has no host. No address is ever visited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.normalise import MAX_TEXT_LENGTH, canonical, group_separator, trim

_ANY_CASE = re.IGNORECASE | re.ASCII
_ADDRESS = re.compile(
    r"\A(?:(?P<scheme>https?):)?(?P<slashes>//)?(?P<authority>[^/?#]*)(?P<path>[^?#]*)", _ANY_CASE
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_AUTHORITY = re.compile(
    rf"\A(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])\.?(?::(?P<port>[0-9]{{0,5}}))?\Z", _ANY_CASE
)
_OTHER_SCHEME = re.compile(r"\A(?!https?:)[a-z][a-z0-9+.-]*:(?![0-9])", _ANY_CASE)
# Without a scheme, text before a slash is an address only if it contains a dot.
_BARE_AUTHORITY = re.compile(r"\A[^ \t\r\n.]+\.[^ \t\r\n]*\Z")
_ESCAPES = {"%20": " ", "%2d": "-", "%7b": "{", "%7d": "}"}
_ESCAPE = re.compile("|".join(_ESCAPES), _ANY_CASE)

_NUMBER_LENGTH = 36
# A backslash is excluded: it is the ambiguity described at the top of this module.
_REMAPPED_FRONT = re.compile(
    r"\A(?P<scheme>https?)[^0-9a-z]?(?P<slash>[^0-9a-z.\\]?)(?P=slash)"
    r"(?P<host>[0-9a-z][^./:]{0,60}\.[^/:]{1,200}?)(?P=slash)\Z",
    _ANY_CASE,
)


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address. `host` is None if it is ambiguous; the other parts may be empty."""

    scheme: str
    host: str | None
    port: str
    path: str

    @property
    def last_segment(self) -> str:
        """The last non-empty segment of the path, with blanks, hyphens and braces unescaped."""
        segment = self.path.rstrip("/").rpartition("/")[2]
        return _ESCAPE.sub(lambda escape: _ESCAPES[escape[0].lower()], segment)


def split_address(text: str) -> Address | None:
    """Split an address into its parts; None if `text` is no http or https address."""
    parts = _ADDRESS.match(text)
    if parts is None or _OTHER_SCHEME.match(text):
        return None
    scheme, slashes, authority, path = (part or "" for part in parts.groups())
    if not scheme and not slashes and not (path and _BARE_AUTHORITY.match(authority)):
        return None
    plain = _AUTHORITY.match(authority)
    if plain is None or (scheme and not slashes):
        return Address(scheme.lower(), None, "", path)
    return Address(scheme.lower(), plain["host"].lower(), plain["port"] or "", path)


def number_at_end(text: str) -> str | None:
    """The canonical number at the end of an unambiguous address with any host; None if there is none."""
    found = split_address(trim(text)) if len(text) <= MAX_TEXT_LENGTH else None
    return canonical(found.last_segment) if found and found.host else None


def repair_layout(text: str) -> str:
    """Restore an address that a hand-held scanner typed under another keyboard layout.

    The layout replaced `:`, `/` and `-` each by one other character, or by none, throughout the text. Other
    text is returned unchanged.
    """
    front, number = text[:-_NUMBER_LENGTH], text[-_NUMBER_LENGTH:]
    hyphen = group_separator(number)
    if hyphen is None or ("://" in text and hyphen in {"-", "/"}):
        return text
    remapped = _REMAPPED_FRONT.match(front)
    if remapped is None:
        return text
    return f"{remapped['scheme']}://{remapped['host'].replace(hyphen, '-')}/{number.replace(hyphen, '-')}"


UNKNOWN_QR_HOST = "unknown_qr_host"
SANDBOX_CARD = "sandbox_card"

# protocol.md §2.1. The old sandbox is still a default in shipped software, so real cards may name it.
_CARD_HOSTS = frozenset({"s.esc-r.eu", "esc.gg", "esc.bwcard.de", "pp.esc.gg"})
# The last two are test hosts of the Router (§3.1). No code with them is known: they count as unknown, too.
_SANDBOX_HOSTS = frozenset({"pp.esc.gg", "sandbox.europeanstudentcard.eu", "dev.europeanstudentcard.eu"})
# Hosts under these domains have the same owners: they may be unknown, but are never look-alikes.
_OWNED_DOMAINS = ("esc-r.eu", "esc.gg", "bwcard.de", "europeanstudentcard.eu")
_DEFAULT_PORTS = {"": ("", "80", "443"), "http": ("", "80"), "https": ("", "443")}

_HOMOGLYPHS = str.maketrans("0135689iq", "olesgbglg")
_HOMOGLYPH_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def host_warnings(address: Address) -> tuple[str, ...]:
    """The warnings for a host that is no look-alike; none for hosts of real cards."""
    known = address.host in _CARD_HOSTS and address.port in _DEFAULT_PORTS[address.scheme]
    sandbox = address.host in _SANDBOX_HOSTS
    return (() if known else (UNKNOWN_QR_HOST,)) + ((SANDBOX_CARD,) if sandbox else ())


def is_lookalike(host: str) -> bool:
    """Whether a host, in lower case, imitates a known one.

    It contains a known host as a part (`esc.gg.evil.tld`, `s-esc-r.eu`), uses characters that look alike
    (`e5c.gg`), is one edit away from a known host, has another ending (`esc.com`), or hides letters of other
    scripts (`xn--`).
    """
    if any(host == domain or host.endswith(f".{domain}") for domain in _OWNED_DOMAINS):
        return False
    folded = _fold_homoglyphs(host)
    return (
        any(label.startswith("xn--") for label in host.split("."))
        or _CONTAINS_KNOWN_HOST.search(folded) is not None
        or folded.split(".")[-2:-1] in _KNOWN_LABELS
        or any(
            _within_one_edit(_strip_separators(host), _strip_separators(known)) for known in _PROTECTED_HOSTS
        )
        or any(_within_one_edit(_strip_separators(folded), known) for known in _STRIPPED_HOSTS)
    )


def _fold_homoglyphs(host: str) -> str:
    folded = host.translate(_HOMOGLYPHS)
    for pair, letter in _HOMOGLYPH_PAIRS:
        folded = folded.replace(pair, letter)
    return folded


def _strip_separators(host: str) -> str:
    return host.replace(".", "").replace("-", "")


def _within_one_edit(written: str, meant: str) -> bool:
    """Whether the two differ by at most one missing, added, wrong or swapped character."""
    start = _common_start(written, meant)
    left, right = written[start:], meant[start:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


def _common_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


_PROTECTED_HOSTS = (*sorted(_CARD_HOSTS | _SANDBOX_HOSTS), *_OWNED_DOMAINS)
_STRIPPED_HOSTS = tuple(_strip_separators(_fold_homoglyphs(known)) for known in _PROTECTED_HOSTS)
_KNOWN_LABELS = tuple([_fold_homoglyphs(domain).split(".")[0]] for domain in _OWNED_DOMAINS)
# The letters in order, with any dots and hyphens between them, between two boundaries.
_CONTAINS_KNOWN_HOST = re.compile(
    rf"(?:\A|[.-])(?:{'|'.join('[.-]*'.join(name) for name in _STRIPPED_HOSTS)})(?:[.-]|\Z)"
)

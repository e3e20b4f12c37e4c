"""Text in, an ESC number with warnings out, or a refusal that holds nothing of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.address import Address, host_warnings, is_lookalike, repair_layout, split_address
from scanner.errors import ChoiceRefused, Kind, NotAnEscCode
from scanner.escn import Escn
from scanner.normalise import MAX_TEXT_LENGTH, canonical, contains_number, fold, trim

if TYPE_CHECKING:
    from collections.abc import Sequence

UNUSUAL_NUMBER = "unusual_number"
FOREIGN, LOOKALIKE = "not_an_esc_code", "lookalike_host"


@dataclass(frozen=True, slots=True)
class Payload:
    """An ESC number with the codes of its warnings: about the host first, then about the number."""

    escn: Escn
    warnings: tuple[str, ...] = ()


def parse_payload(text: str) -> Payload:
    """Read the text of one symbol, or typed text; raises NotAnEscCode if there is no usable number.

    Extracts the number by its shape and drops the rest of the text. No address is ever visited.
    """
    trimmed = trim(strip_symbology(text[:MAX_TEXT_LENGTH]))
    if len(text) > MAX_TEXT_LENGTH:
        raise NotAnEscCode(FOREIGN, kind_of(trimmed))
    read = _read(trimmed)
    others = (_read(trim(core)) for core in candidates(trimmed)) if isinstance(read, NotAnEscCode) else ()
    # Without a prefix or suffix the text may be a number, or may turn out to be a spoofed address.
    found = next((each for each in others if isinstance(each, Payload) or each.code != FOREIGN), read)
    if isinstance(found, NotAnEscCode):
        raise NotAnEscCode(FOREIGN, Kind.BARCODE) if found.code == FOREIGN and is_linear_code(text) else found
    return found


def _read(text: str) -> Payload | NotAnEscCode:
    if is_esi(text):
        return NotAnEscCode("esi_not_escn", Kind.NUMBER)
    number = canonical(text)
    return _payload_of(number) if number else _read_address(text)


def _payload_of(number: str, warnings: tuple[str, ...] = ()) -> Payload:
    escn = Escn(number)
    return Payload(escn, (*warnings, UNUSUAL_NUMBER) if escn.unusual else warnings)


def _read_address(text: str) -> Payload | NotAnEscCode:
    repaired = repair_layout(text)
    found = split_address(repaired)
    number = canonical(found.last_segment) if found else None
    if found and _is_spoofed(found, number, repaired):
        return NotAnEscCode(LOOKALIKE, Kind.WEB_ADDRESS)
    if found is None or number is None:
        return NotAnEscCode(FOREIGN, kind_of(text))
    return _payload_of(number, host_warnings(found))


def _is_spoofed(found: Address, number: str | None, text: str) -> bool:
    """Whether an address imitates a card's: it contains a number, and its host is ambiguous or a look-alike.

    No card has an `@` in its address. An `@` before the number, or without a number at the end, misleads.
    """
    if found.host is None or "@" in found.path or (number is None and "@" in text):
        return number is not None or contains_number(text)
    return number is not None and is_lookalike(found.host)


def choose(texts: Sequence[str]) -> Payload:
    """The one ESC number among the texts of a picture, which come best first; ignores other codes.

    Raises ChoiceRefused if there is no text or more than one number, and the first NotAnEscCode
    if no text holds a number.
    """
    readings = [_try_parse(text) for text in texts]
    payloads = [reading for reading in readings if isinstance(reading, Payload)]
    refusals = [reading for reading in readings if isinstance(reading, NotAnEscCode)]
    if len({payload.escn for payload in payloads}) > 1:
        raise ChoiceRefused("several_codes")
    if payloads:
        return payloads[0]
    raise refusals[0] if refusals else ChoiceRefused("no_code_found")


def _try_parse(text: str) -> Payload | NotAnEscCode:
    try:
        return parse_payload(text)
    except NotAnEscCode as refusal:
        return refusal.with_traceback(None)  # the frames of the traceback still hold the text


# The European Student Identifier, a person's number that cards print beside their own (protocol.md §6).
# The colon may be any character: other keyboard layouts remap it.
_ESI_URN = re.compile(r"schac([^0-9a-z])personalUniqueCode\1int\1esi\1", re.IGNORECASE | re.ASCII)
# The old form: country, PIC of nine digits, the institution's own code.
_OLD_ESI = re.compile(r"\A[a-z]{2}-[0-9]{9}-[^\s]+\Z", re.IGNORECASE | re.ASCII)


def is_esi(text: str) -> bool:
    """Whether a trimmed text is an ESI in its present form, or in the old `CC-PIC-code` form."""
    return _ESI_URN.search(text) is not None or _OLD_ESI.match(fold(text)) is not None


# Hand-held scanners send a symbology identifier (`]Q2`, ISO/IEC 15424), a character-set escape (`\000026`,
# AIM ECI), sometimes without its backslash, and a configured prefix or suffix. People copy a label, too.
_ANY_CASE = re.IGNORECASE | re.ASCII
_SYMBOLOGY = re.compile(r"\A[\x00-\x20\x7f]{0,16}\][A-Z][0-9A-Z](?:\\[0-9]{6})?", _ANY_CASE)
# Code 39, Code 128, EAN and DataBar, Codabar, Code 93, Interleaved 2 of 5.
_LINEAR_SYMBOLOGY = re.compile(r"\A[\x00-\x20\x7f]{0,16}\][ACEFGI][0-9A-Z]", _ANY_CASE)
_ECI_ESCAPE = r"(?:\\?000[0-9]{3})"
_LABEL = (
    r"(?:escn|esc[ -]?(?:no|nr|number)|(?:european )?student card(?: no| nr| number)?|card (?:no|nr|number))"
    r"\.? {0,3}[:=#]? {0,3}"
)
# Characters without a meaning at the ends of an address.
_PUNCTUATION = r"[!\"#$%&'()*+,;<=>?\[\]^_`{|}~]"
_NUMBER_END = rf"(?:\Z|{_PUNCTUATION})"
_GROUPS = rf"[0-9A-F]{{8}}([^0-9A-Z])[0-9A-F]{{4}}(?:\1[0-9A-F]{{4}}){{2}}\1[0-9A-F]{{12}}{_NUMBER_END}"
_ADDRESS_START = r"https?[^0-9A-Z]"
_NUMBER_OR_ADDRESS = rf"(?:{_ADDRESS_START}|{_GROUPS}|[0-9A-F]{{32}}{_NUMBER_END})"
_HOST_AND_SLASH = r"[0-9A-Z][0-9A-Z-]{0,62}\.[0-9A-Z.-]{1,200}/"

# A prefix that ends in a hexadecimal digit is kept: it is unknown which digit would be the extra one.
_PREFIXES = tuple(
    re.compile(rf"\A{before}(?={then})", _ANY_CASE)
    for before, then in (
        (_ECI_ESCAPE, ""),
        (_LABEL, _NUMBER_OR_ADDRESS),
        (rf"{_ECI_ESCAPE}?{_PUNCTUATION}{{1,4}}", rf"(?:{_NUMBER_OR_ADDRESS}|{_HOST_AND_SLASH})"),
        (r"[0-9A-Z]{1,4}", _ADDRESS_START),
        (rf"[0-9A-Z]{{0,3}}(?:[G-Z]|[0-9A-Z]{_PUNCTUATION}{{1,2}})", rf"(?:{_ADDRESS_START}|{_GROUPS})"),
    )
)
_SUFFIX = re.compile(rf"([0-9A-Fa-f/]){_PUNCTUATION}{{1,4}}\Z", re.ASCII)


def is_linear_code(text: str) -> bool:
    """Whether the symbology identifier names a linear code, as used by libraries."""
    return _LINEAR_SYMBOLOGY.match(text) is not None


def strip_symbology(text: str) -> str:
    """The text without a symbology identifier and character-set escape at its start."""
    return _SYMBOLOGY.sub("", text)


def candidates(text: str) -> tuple[str, ...]:
    """The text without possible prefixes and suffixes, the likeliest first; never the text itself."""
    heads = [text, *(text[found.end() :] for each in _PREFIXES if (found := each.match(text)))]
    every = [core for head in heads for core in (head, _SUFFIX.sub(r"\1", head))]
    return tuple(dict.fromkeys(core for core in every if core and core != text))


_MAX_CLASSIFIED = 256  # characters

# Any character may follow http: other keyboard layouts remap the colon.
_URL_START = r"\A(?:https?[^0-9a-z]|www\.|//)"
_WIFI = r"\AWIFI:"
_CONTACT = (
    r"\A(?:BEGIN:VCARD|(?:MECARD|BIZCARD|MATMSG|mailto|tel|sms|smsto|mms|facetime|xmpp|sips?):|\+ ?[0-9])"
)
# A local part that could be a mistyped card number is no login name.
_LOCAL_CHAR = r"[^\s@/:;,?&=]"
_MAIL = rf"(?![0-9a-z-]{{28,}}@){_LOCAL_CHAR}+@{_LOCAL_CHAR}+\.{_LOCAL_CHAR}+"
# Letters, then at most eight digits; thirteen hexadecimal digits in a row may be part of a card number.
_LOGIN_NAME = r"(?=[0-9a-z._-]{3,32}(?:,|\Z))(?![0-9a-f-]{13})[a-z]+(?:[._-][a-z]+){0,6}[._-]?[0-9]{0,8}"
_LOGIN_LABEL = r"(?:(?:mailto|acct):|(?:uid|login|user(?:name)?|e-?mail|eppn|eduPersonPrincipalName) ?[:=] ?)"
# `jean.dupont` looks like a host; only these last labels make it one.
_HOST_END = r"(?:[a-z]{2,4}|example|local|online|store|school|academy|education|college|university|campus)"
_LOGINS = (
    rf"\A{_LOGIN_LABEL}?{_MAIL}\Z",
    rf"\AMATMSG:TO:{_MAIL};(?:SUB:;)?(?:BODY:;)?;?\Z",
    rf"\A{_LOGIN_LABEL}{_LOGIN_NAME}(?:,(?:ou|dc|cn|o)=[^@]*)?\Z",
    rf"\A[0-9a-z-]{{2,15}}\\{_LOGIN_NAME}\Z",
    rf"\A(?=[a-z-]+\.)(?!(?:[a-z-]+\.)+{_HOST_END}\Z){_LOGIN_NAME}\Z",
)
# Lower case only: text with a capital letter is an ordinary word or a number.
_BARE_LOGIN = rf"\A(?![a-z.-]*\.){_LOGIN_NAME}\Z"
_MAIL_ADDRESS = r"\A[^\s@/]+@[^\s@/]+\.[^\s@/]+\Z"
_IDENTIFIER = r"\Aurn:schac:"
_BARE_HOST = r"\A(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::[0-9]+)?(?:[/?#]|\Z)"
# Groups of digits and letters, each later group with a digit: an account, a ticket, an identity number.
_DIGITS = r"\A(?=.*[0-9])[0-9a-z./_-]{1,64}(?: (?=[a-z./_-]{0,63}[0-9])[0-9a-z./_-]{1,64}){0,15}\Z"

# The first pattern that matches decides.
_KIND_PATTERNS = tuple(
    (kind, re.compile(pattern, re.ASCII if pattern == _BARE_LOGIN else re.IGNORECASE | re.ASCII))
    for kind, pattern in (
        (Kind.WEB_ADDRESS, _URL_START),
        (Kind.WIFI, _WIFI),
        *((Kind.CAMPUS_LOGIN, each) for each in (*_LOGINS, _BARE_LOGIN)),
        (Kind.CONTACT, _CONTACT),
        (Kind.CONTACT, _MAIL_ADDRESS),
        (Kind.NUMBER, _IDENTIFIER),
        (Kind.WEB_ADDRESS, _BARE_HOST),
        (Kind.NUMBER, _DIGITS),
    )
)


def kind_of(text: str) -> Kind:
    """The kind of a text, from its first 256 characters."""
    start = text[:_MAX_CLASSIFIED]
    return next((kind for kind, pattern in _KIND_PATTERNS if pattern.match(start)), Kind.OTHER)

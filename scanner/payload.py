"""What a code or a person says: an ESC number with warnings, or a refusal that holds nothing of the text."""

from __future__ import annotations

from dataclasses import dataclass

from scanner import address, hosts, sent
from scanner.escn import Escn
from scanner.esi import is_esi
from scanner.kinds import Kind, kind_of
from scanner.refused import NotAnEscCode
from scanner.written import LONGEST_TEXT, canonical, holds_number, trim

UNUSUAL_NUMBER = "unusual_number"
FOREIGN, LOOKALIKE = "not_an_esc_code", "lookalike_host"


@dataclass(frozen=True, slots=True)
class Payload:
    """An ESC number, and the codes of what is odd: first about its host, then about itself."""

    escn: Escn
    warnings: tuple[str, ...] = ()


def parse_payload(text: str) -> Payload:
    """Read the text of one symbol, or what a person typed; raise NotAnEscCode where it may not be looked up.

    The number is taken out by shape and nothing else of the text goes on; no address is ever visited.
    """
    trimmed = trim(sent.without_identifier(text[:LONGEST_TEXT]))
    if len(text) > LONGEST_TEXT:
        raise NotAnEscCode(FOREIGN, kind_of(trimmed))
    read = _read(trimmed)
    others = (_read(trim(core)) for core in sent.cores(trimmed)) if isinstance(read, NotAnEscCode) else ()
    # Without what stands around it a text may be a number, or turn out to imitate one.
    found = next((each for each in others if isinstance(each, Payload) or each.code != FOREIGN), read)
    if isinstance(found, NotAnEscCode):
        raise NotAnEscCode(FOREIGN, Kind.BARCODE) if found.code == FOREIGN and sent.is_linear(text) else found
    return found


def _read(text: str) -> Payload | NotAnEscCode:
    if is_esi(text):
        return NotAnEscCode("esi_not_escn", Kind.NUMBER)
    number = canonical(text)
    return _of_number(number) if number else _of_address(text)


def _of_number(number: str, warnings: tuple[str, ...] = ()) -> Payload:
    escn = Escn(number)
    return Payload(escn, (*warnings, UNUSUAL_NUMBER) if escn.unusual else warnings)


def _of_address(text: str) -> Payload | NotAnEscCode:
    repaired = address.repair(text)
    found = address.split(repaired)
    number = canonical(found.last_segment) if found else None
    if found and _poses(found, number, repaired):
        return NotAnEscCode(LOOKALIKE, Kind.WEB_ADDRESS)
    if found is None or number is None:
        return NotAnEscCode(FOREIGN, kind_of(text))
    return _of_number(number, hosts.warnings_of(found))


def _poses(found: address.Address, number: str | None, text: str) -> bool:
    """Whether an address wants to be taken for a card's: it shows a number, and its host is made to mislead.

    No card has an `@` in its address; before the number, or without one at the end, it can only mislead.
    """
    if found.host is None or "@" in found.path or (number is None and "@" in text):
        return number is not None or holds_number(text)
    return number is not None and hosts.is_lookalike(found.host)

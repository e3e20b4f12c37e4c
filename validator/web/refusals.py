"""What is said when there was no ESC number to check: by code and kind, never with the text that was read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner.errors import Kind

if TYPE_CHECKING:
    from scanner.errors import Refused


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that says what to do. `heading` ends the page's title too; `status` is that of HTTP."""

    code: str
    heading: str
    next: str
    status: int = 422


KINDS = {
    Kind.WEB_ADDRESS: "It is a web address without a card number.",
    Kind.WIFI: "It is a Wi-Fi code.",
    Kind.CONTACT: "It is a contact card.",
    Kind.CAMPUS_LOGIN: "It is a campus login code, not a European Student Card code.",
    Kind.BARCODE: "It is the library’s bar code.",
    Kind.NUMBER: "It is a number of another kind.",
    Kind.OTHER: "It is something else.",
}
_FIND_THE_CODE = "Look for the code beside the European Student Card logo, or type the card number."
_TYPE_INSTEAD = "Take the photo again, or type the card number."

BY_CODE = {
    refusal.code: refusal
    for refusal in (
        Refusal("not_an_esc_code", "Not a student card code", _FIND_THE_CODE),
        Refusal(
            "esi_not_escn",
            "This is the student’s identifier, not the card’s number",
            "It names the person (ESI), so it was not kept. Please use the code, or type the card’s number.",
        ),
        Refusal(
            "lookalike_host",
            "This code imitates a card’s",
            "Do not accept it. Its address only looks like the official one, and was not visited. "
            "Please check in another way.",
        ),
        Refusal(
            "no_code_found",
            "No code found in the photo",
            "Go closer until the code fills half the photo, hold still, and tilt the card a little if it "
            "shines. Or type the card number.",
        ),
        Refusal(
            "several_codes",
            "More than one student card in the photo",
            "Take the photo again with only one card in it.",
        ),
        Refusal(
            "image_too_large",
            "The photo is too large",
            "Take it with a smaller size setting, cut it down to the code, or type the card number.",
            413,
        ),
        Refusal(
            "unsupported_image",
            "This file is no photo that can be read here",
            "Please use a JPEG, PNG or WebP picture, or type the card number.",
            415,
        ),
        Refusal("image_unreadable", "The photo arrived damaged", _TYPE_INSTEAD),
        Refusal(
            "reader_busy",
            "Many photos are being read just now",
            "Send the photo again in a moment, or type the card number.",
            503,
        ),
        Refusal("reader_failed", "This photo could not be read", _TYPE_INSTEAD),
    )
}

UNNAMED = Refusal("not_an_esc_code", "This could not be read", _TYPE_INSTEAD)

NO_PHOTO = Refusal(
    "unsupported_image",
    "No photo arrived",
    "Take a photo of the code first, then press “Check the photo”.",
    422,
)
NOTHING_TYPED = Refusal(
    "not_an_esc_code", "Nothing was typed", "Type the card number, or paste the address from the code."
)
TYPED = Refusal(
    "not_an_esc_code",
    "Not a card number",
    "A card number has 32 letters and digits, 0 to 9 and a to f, in five groups. "
    "Please compare it with the card, group by group.",
)

TYPED_LOGIN = "It looks like a campus login."


def refusal(refused: Refused, *, typed: bool) -> Refusal:
    """The words for this refusal; what was typed gets help with typing, what was scanned with scanning."""
    said = BY_CODE.get(refused.code, UNNAMED)
    if said.code != "not_an_esc_code" or refused.kind is None:
        return said
    if typed and refused.kind in {Kind.NUMBER, Kind.OTHER}:
        return TYPED
    if typed and refused.kind is Kind.CAMPUS_LOGIN:
        return replace(TYPED, next=f"{TYPED_LOGIN} {TYPED.next}")
    return replace(said, next=f"{KINDS[refused.kind]} {said.next}")

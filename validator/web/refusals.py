"""What is said when there was no ESC number to check: by code and kind, never with the text that was read.

The same sentences are in static/js/result/refusals.js.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner.errors import Kind
from validator.i18n import N_
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from scanner.errors import Refused


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that says what to do. `heading` ends the page's title too; `status` is that of HTTP."""

    code: str
    heading: str
    next: str
    status: int = 422

    def translated(self) -> Refusal:
        """The same in the language of this request."""
        return replace(self, heading=_(self.heading), next=_(self.next))


_FIND_THE_CODE = N_("Look for the code beside the European Student Card logo, or type the card number.")
_TYPE_INSTEAD = N_("Take the photo again, or type the card number.")

BY_CODE = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "not_an_esc_code",
            N_("Not a student card code"),
            _FIND_THE_CODE,
        ),
        Refusal(
            "esi_not_escn",
            N_("This is the student’s identifier, not the card’s number"),
            N_("It names the person (ESI), so it was not kept. Use the code, or type the card’s number."),
        ),
        Refusal(
            "lookalike_host",
            N_("This code imitates a card’s"),
            N_(
                "Do not accept it. Its address only looks like the official one, and was not "
                "visited. Please check in another way."
            ),
        ),
        Refusal(
            "no_code_found",
            N_("No code found in the photo"),
            N_(
                "Go closer until the code fills half the photo, hold still, and tilt the card a "
                "little if it shines. Or type the card number."
            ),
        ),
        Refusal(
            "several_codes",
            N_("More than one student card in the photo"),
            N_("Take the photo again with only one card in it."),
        ),
        Refusal(
            "image_too_large",
            N_("The photo is too large"),
            N_("Take it with a smaller size setting, cut it down to the code, or type the card number."),
            413,
        ),
        Refusal(
            "unsupported_image",
            N_("This file is not a photo that can be read here"),
            N_("Use a JPEG, PNG or WebP picture, or type the card number."),
            415,
        ),
        Refusal(
            "image_unreadable",
            N_("The photo arrived damaged"),
            _TYPE_INSTEAD,
        ),
        Refusal(
            "reader_busy",
            N_("Many photos are being read at the moment"),
            N_("Send the photo again in a moment, or type the card number."),
            503,
        ),
        Refusal(
            "reader_failed",
            N_("This photo could not be read"),
            _TYPE_INSTEAD,
        ),
    )
}
UNNAMED = Refusal("not_an_esc_code", N_("This could not be read"), _TYPE_INSTEAD)
NO_PHOTO = Refusal(
    "unsupported_image",
    N_("No photo arrived"),
    N_("Take a photo of the code first, then press “Check the photo”."),
    422,
)
NOTHING_TYPED = Refusal(
    "not_an_esc_code",
    N_("Nothing was typed"),
    N_("Type the card number, or paste the address from the code."),
)
TYPED = Refusal(
    "not_an_esc_code",
    N_("Not a card number"),
    N_(
        "A card number has 32 letters and digits, 0 to 9 and a to f, in five groups. Please compare "
        "it with the card, group by group."
    ),
)

# What to do where the code is of a known kind.
KINDS = {
    Kind.WEB_ADDRESS: N_(
        "It is a web address without a card number. Look for the code beside the European Student "
        "Card logo, or type the card number."
    ),
    Kind.WIFI: N_(
        "It is a Wi-Fi code. Look for the code beside the European Student Card logo, or type the "
        "card number."
    ),
    Kind.CONTACT: N_(
        "It is a contact card. Look for the code beside the European Student Card logo, or type the "
        "card number."
    ),
    Kind.CAMPUS_LOGIN: N_(
        "It is a campus login code, not a European Student Card code. Look for the code beside the "
        "European Student Card logo, or type the card number."
    ),
    Kind.BARCODE: N_(
        "It is the library’s bar code. Look for the code beside the European Student Card logo, or "
        "type the card number."
    ),
    Kind.NUMBER: N_(
        "It is a number of another kind. Look for the code beside the European Student Card logo, or "
        "type the card number."
    ),
    Kind.OTHER: N_(
        "It is something else. Look for the code beside the European Student Card logo, or type the "
        "card number."
    ),
}
# The same for what was typed.
TYPED_KINDS = {
    Kind.NUMBER: TYPED.next,
    Kind.OTHER: TYPED.next,
    Kind.CAMPUS_LOGIN: N_(
        "It looks like a campus login. A card number has 32 letters and digits, 0 to 9 and a to f, "
        "in five groups. Please compare it with the card, group by group."
    ),
}


def refusal(refused: Refused, *, typed: bool) -> Refusal:
    """What is said about this refusal; what was typed gets help with typing."""
    said = BY_CODE.get(refused.code, UNNAMED)
    if said.code != "not_an_esc_code" or refused.kind is None:
        return said
    if typed and refused.kind in TYPED_KINDS:
        return replace(TYPED, next=TYPED_KINDS[refused.kind])
    return replace(said, next=KINDS[refused.kind])

"""What sort of thing a code or a person said, where it was no ESC number: its kind only, never its text."""

from __future__ import annotations

import re
from enum import StrEnum

_LONGEST_LOOK = 256


class Kind(StrEnum):
    """The one word about a foreign code that may be shown and logged."""

    WEB_ADDRESS = "web_address"
    WIFI = "wifi"
    CONTACT = "contact"
    BARCODE = "barcode"
    NUMBER = "number"
    OTHER = "other"


# Any sign may stand after http: keyboards of other layouts move the colon.
_LINK = r"\A(?:https?[^0-9a-z]|www\.|//)"
_WIFI = r"\AWIFI:"
_CONTACT = (
    r"\A(?:BEGIN:VCARD|(?:MECARD|BIZCARD|MATMSG|mailto|tel|sms|smsto|mms|facetime|xmpp|sips?):|\+ ?[0-9])"
)
_MAIL_ADDRESS = r"\A[^\s@/]+@[^\s@/]+\.[^\s@/]+\Z"
_IDENTIFIER = r"\Aurn:schac:"
_HOST = r"\A(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::[0-9]+)?(?:[/?#]|\Z)"
# Digits and letters in groups, each later group with a digit: an account, a ticket, an identity number.
_DIGITS = r"\A(?=.*[0-9])[0-9a-z./_-]{1,64}(?: (?=[a-z./_-]{0,63}[0-9])[0-9a-z./_-]{1,64}){0,15}\Z"

# The first that fits decides.
_SIGNS = tuple(
    (kind, re.compile(sign, re.IGNORECASE | re.ASCII))
    for kind, sign in (
        (Kind.WEB_ADDRESS, _LINK),
        (Kind.WIFI, _WIFI),
        (Kind.CONTACT, _CONTACT),
        (Kind.CONTACT, _MAIL_ADDRESS),
        (Kind.NUMBER, _IDENTIFIER),
        (Kind.WEB_ADDRESS, _HOST),
        (Kind.NUMBER, _DIGITS),
    )
)


def kind_of(text: str) -> Kind:
    """The kind of a text, told from its first 256 characters."""
    start = text[:_LONGEST_LOOK]
    return next((kind for kind, sign in _SIGNS if sign.match(start)), Kind.OTHER)

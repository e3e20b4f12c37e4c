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
    CAMPUS_LOGIN = "campus_login"
    BARCODE = "barcode"
    NUMBER = "number"
    OTHER = "other"


# Any sign may stand after http: keyboards of other layouts move the colon.
_LINK = r"\A(?:https?[^0-9a-z]|www\.|//)"
_WIFI = r"\AWIFI:"
_CONTACT = (
    r"\A(?:BEGIN:VCARD|(?:MECARD|BIZCARD|MATMSG|mailto|tel|sms|smsto|mms|facetime|xmpp|sips?):|\+ ?[0-9])"
)
# A local part that could be a card number with a slip in it is no login name.
_SIGN = r"[^\s@/:;,?&=]"
_MAIL = rf"(?![0-9a-z-]{{28,}}@){_SIGN}+@{_SIGN}+\.{_SIGN}+"
# Letters, then at most eight digits; thirteen hexadecimal digits in a row may be a part of a card number.
_NAME = r"(?=[0-9a-z._-]{3,32}(?:,|\Z))(?![0-9a-f-]{13})[a-z]+(?:[._-][a-z]+){0,6}[._-]?[0-9]{0,8}"
_LOGIN_LABEL = r"(?:(?:mailto|acct):|(?:uid|login|user(?:name)?|e-?mail|eppn|eduPersonPrincipalName) ?[:=] ?)"
# `jean.dupont` has the shape of a host; these ends are a host's.
_HOST_END = r"(?:[a-z]{2,4}|example|local|online|store|school|academy|education|college|university|campus)"
_LOGINS = (
    rf"\A{_LOGIN_LABEL}?{_MAIL}\Z",
    rf"\AMATMSG:TO:{_MAIL};(?:SUB:;)?(?:BODY:;)?;?\Z",
    rf"\A{_LOGIN_LABEL}{_NAME}(?:,(?:ou|dc|cn|o)=[^@]*)?\Z",
    rf"\A[0-9a-z-]{{2,15}}\\{_NAME}\Z",
    rf"\A(?=[a-z-]+\.)(?!(?:[a-z-]+\.)+{_HOST_END}\Z){_NAME}\Z",
)
# In small letters only: a word with a capital is a word, a code in capitals a number.
_BARE_LOGIN = rf"\A(?![a-z.-]*\.){_NAME}\Z"
_MAIL_ADDRESS = r"\A[^\s@/]+@[^\s@/]+\.[^\s@/]+\Z"
_IDENTIFIER = r"\Aurn:schac:"
_HOST = r"\A(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::[0-9]+)?(?:[/?#]|\Z)"
# Digits and letters in groups, each later group with a digit: an account, a ticket, an identity number.
_DIGITS = r"\A(?=.*[0-9])[0-9a-z./_-]{1,64}(?: (?=[a-z./_-]{0,63}[0-9])[0-9a-z./_-]{1,64}){0,15}\Z"

# The first that fits decides.
_SIGNS = tuple(
    (kind, re.compile(sign, re.ASCII if sign == _BARE_LOGIN else re.IGNORECASE | re.ASCII))
    for kind, sign in (
        (Kind.WEB_ADDRESS, _LINK),
        (Kind.WIFI, _WIFI),
        *((Kind.CAMPUS_LOGIN, each) for each in (*_LOGINS, _BARE_LOGIN)),
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

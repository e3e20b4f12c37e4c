"""The exceptions of the scanner. None of them ever holds the text that was read.

Refused              .code, .kind
├── NotAnEscCode     not_an_esc_code, esi_not_escn, lookalike_host
├── ChoiceRefused    no_code_found, several_codes
└── ImageRefused     image_too_large, unsupported_image, image_unreadable, reader_busy, reader_failed
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """The category of a code that is no ESC number: the only fact about it that may be shown or logged."""

    WEB_ADDRESS = "web_address"
    WIFI = "wifi"
    CONTACT = "contact"
    CAMPUS_LOGIN = "campus_login"
    BARCODE = "barcode"
    NUMBER = "number"
    OTHER = "other"


class Refused(Exception):
    """No usable ESC number. `code` is the reason; `kind` is what was read instead, where that is known."""

    CODES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, code: str, kind: Kind | None = None) -> None:
        if code not in self.CODES:
            # The message omits `code`: if a caller passes the text by mistake, it must not be printed.
            raise ValueError(f"no such code of {type(self).__name__}")
        super().__init__(code, kind)
        self.code = code
        self.kind = kind

    def __str__(self) -> str:
        return self.code


class NotAnEscCode(Refused):
    """A text was read, but it holds no usable ESC number. `kind` is always known."""

    CODES = frozenset({"not_an_esc_code", "esi_not_escn", "lookalike_host"})

    def __init__(self, code: str, kind: Kind) -> None:
        super().__init__(code, kind)


class ChoiceRefused(Refused):
    """The symbols in one picture hold no ESC number, or more than one."""

    CODES = frozenset({"no_code_found", "several_codes"})


class ImageRefused(Refused):
    """The picture was not read: it is too large, damaged or no picture, or the reader was busy or failed."""

    CODES = frozenset(
        {"image_too_large", "unsupported_image", "image_unreadable", "reader_busy", "reader_failed"}
    )

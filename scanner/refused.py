"""Every way in which the scanner says no. None of them ever holds the text that was read.

Refused              .code, .kind
├── NotAnEscCode     not_an_esc_code, esi_not_escn, lookalike_host
├── ChoiceRefused    no_code_found, several_codes
└── ImageRefused     image_too_large, unsupported_image, image_unreadable, reader_busy, reader_failed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from scanner.kinds import Kind


class Refused(Exception):
    """No ESC number that may be used; `code` says why, `kind` what was read instead, where that is known."""

    CODES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, code: str, kind: Kind | None = None) -> None:
        if code not in self.CODES:
            # The message leaves the code out: a caller who swaps arguments must not print what was read.
            raise ValueError(f"no such code of {type(self).__name__}")
        super().__init__(code, kind)
        self.code = code
        self.kind = kind

    def __str__(self) -> str:
        return self.code


class NotAnEscCode(Refused):
    """One text was read and holds no ESC number that may be used; `kind` is always known."""

    CODES = frozenset({"not_an_esc_code", "esi_not_escn", "lookalike_host"})

    def __init__(self, code: str, kind: Kind) -> None:
        super().__init__(code, kind)


class ChoiceRefused(Refused):
    """The symbols of one picture give no ESC number, or more than one."""

    CODES = frozenset({"no_code_found", "several_codes"})


class ImageRefused(Refused):
    """A picture was not read: too large, no picture, damaged, or the reader was busy or gave up."""

    CODES = frozenset(
        {"image_too_large", "unsupported_image", "image_unreadable", "reader_busy", "reader_failed"}
    )

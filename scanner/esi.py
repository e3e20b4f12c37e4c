"""The European Student Identifier: a person's number, which cards print beside their own (protocol.md §6)."""

from __future__ import annotations

import re

from scanner.written import fold

# The colon may be any sign: keyboards of other layouts move it.
_URN = re.compile(r"schac([^0-9a-z])personalUniqueCode\1int\1esi\1", re.IGNORECASE | re.ASCII)
# The old form: country, PIC of nine digits, the institution's own code.
_OLD = re.compile(r"\A[a-z]{2}-[0-9]{9}-[^\s]+\Z", re.IGNORECASE | re.ASCII)


def is_esi(text: str) -> bool:
    """Whether a trimmed text is an ESI in its present form, or in the old `CC-PIC-code` form."""
    return _URN.search(text) is not None or _OLD.match(fold(text)) is not None

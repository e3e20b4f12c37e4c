"""The European Student Card Number: 128 bits in the form of a UUID, and what they say about the card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from scanner.address import number_at_end
from scanner.normalise import canonical

_CANONICAL = re.compile(r"\A[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_VERSION_1 = re.compile(r"\A.{14}1.{4}[89ab]")
_NODE_DIGITS = 12
_PIC_DIGITS = 9


class EscnError(ValueError):
    """The text is no ESC number. The message never holds the text."""


@dataclass(frozen=True, slots=True, repr=False)
class Escn:
    """The number of one card. `value` is the canonical form; printing shows the masked form only."""

    value: str

    def __post_init__(self) -> None:
        if not _CANONICAL.match(self.value):
            raise EscnError("not the canonical form of an ESC number")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read any written form, or an address that ends in one; raises EscnError.

        Does not check the host of an address. Use `parse_payload` for text from outside.
        """
        value = canonical(text) or number_at_end(text)
        if value is None:
            raise EscnError("not an ESC number")
        return cls(value)

    @property
    def masked(self) -> str:
        """The first and last four digits: enough to compare, too few to look the card up."""
        return f"{self.value[:4]}…{self.value[-4:]}"

    @property
    def issuer_pic(self) -> str | None:
        """The nine digits of the issuer's PIC, if the number contains them. A hint, not a proof."""
        node = self._issuer_node
        return node and node[-_PIC_DIGITS:]

    @property
    def prefix(self) -> str | None:
        """The three digits of the issuer's server, if the number contains a PIC."""
        node = self._issuer_node
        return node and node[:-_PIC_DIGITS]

    @property
    def unusual(self) -> bool:
        """Whether no known generator makes such a number: it is no UUID version 1, or has no issuer."""
        return self._issuer_node is None or not _VERSION_1.match(self.value)

    @property
    def _issuer_node(self) -> str | None:
        """Prefix and PIC, stored as decimal digits or as one integer (protocol.md §1.3)."""
        node = self.value[-_NODE_DIGITS:]
        digits = node if node.isdecimal() else str(int(node, 16)).zfill(_NODE_DIGITS)
        no_issuer = len(digits) > _NODE_DIGITS or not digits[-_PIC_DIGITS:].strip("0")
        return None if no_issuer else digits

    def __repr__(self) -> str:
        return f"Escn({self.masked})"

    __str__ = __repr__

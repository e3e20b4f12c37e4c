"""Pixels or text in, a European Student Card number out.

Knows neither Flask nor the network, neither `validator` nor `offline_cache`; a test reads the imports.
`import scanner` is light: a name is loaded when it is first asked for, and OpenCV only ever in the child
process that `read_image` starts.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.choice import choose
    from scanner.escn import Escn, EscnError
    from scanner.kinds import Kind
    from scanner.payload import Payload, parse_payload
    from scanner.pool import read_image
    from scanner.refused import ChoiceRefused, ImageRefused, NotAnEscCode, Refused
else:  # a type checker that saw this would believe in every name

    def __getattr__(name: str) -> object:
        """Load a public name from the module it lives in, once."""
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value


__all__ = [
    "ChoiceRefused",
    "Escn",
    "EscnError",
    "ImageRefused",
    "Kind",
    "NotAnEscCode",
    "Payload",
    "Refused",
    "choose",
    "parse_payload",
    "read_image",
]

_HOME = {
    "ChoiceRefused": "scanner.refused",
    "Escn": "scanner.escn",
    "EscnError": "scanner.escn",
    "ImageRefused": "scanner.refused",
    "Kind": "scanner.kinds",
    "NotAnEscCode": "scanner.refused",
    "Payload": "scanner.payload",
    "Refused": "scanner.refused",
    "choose": "scanner.choice",
    "parse_payload": "scanner.payload",
    "read_image": "scanner.pool",
}

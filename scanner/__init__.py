"""Pixels or text in, a European Student Card number out.

Imports neither Flask nor the network, `validator` nor `offline_cache`; a test checks this. `import scanner`
is cheap: each name is loaded at its first use, and OpenCV only in the worker process of `read_image`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.errors import ChoiceRefused, ImageRefused, Kind, NotAnEscCode, Refused
    from scanner.escn import Escn, EscnError
    from scanner.payload import Payload, choose, parse_payload
    from scanner.pool import read_image
else:  # hidden from type checkers, which would accept every name

    def __getattr__(name: str) -> object:
        """Load a public name from its module, once."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_MODULES[name]), name)
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

_MODULES = {
    "ChoiceRefused": "scanner.errors",
    "Escn": "scanner.escn",
    "EscnError": "scanner.escn",
    "ImageRefused": "scanner.errors",
    "Kind": "scanner.errors",
    "NotAnEscCode": "scanner.errors",
    "Payload": "scanner.payload",
    "Refused": "scanner.errors",
    "choose": "scanner.payload",
    "parse_payload": "scanner.payload",
    "read_image": "scanner.pool",
}

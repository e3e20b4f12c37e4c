"""What the views work with, built once at start and found by `services()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from offline_cache import OfflineCache
    from scanner.pool import DecodePool
    from validator.database import Database
    from validator.settings import Settings
    from validator.verification import Verifier

EXTENSION = "validator"


@dataclass(frozen=True, slots=True)
class Services:
    """One of each; `clock` gives the time in UTC."""

    settings: Settings
    verifier: Verifier
    reader: DecodePool
    answers: OfflineCache
    database: Database
    clock: Callable[[], datetime]


def services() -> Services:
    """The services of the application that handles this request."""
    return cast("Services", current_app.extensions[EXTENSION])

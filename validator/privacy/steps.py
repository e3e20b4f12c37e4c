"""Steps of which each is tried, whatever became of the one before; what fails is said and not raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.database import Database

log = structlog.get_logger(__name__)
T = TypeVar("T")


class NotEmptiedError(Exception):
    """A file was in use: deleted bytes may be left in it."""


class OtherRouterError(Exception):
    """What is remembered came from another Router than the one of these settings."""


class Steps:
    """`undone` has the words of every step that failed, in their order."""

    def __init__(self) -> None:
        self.undone: tuple[str, ...] = ()

    def take(self, otherwise: str, work: Callable[[], T]) -> T | None:
        """What the step gives; None, and `otherwise` among the undone, where it fails in whatever way."""
        try:
            return work()
        except OtherRouterError:
            self.undone += (f"{otherwise}, since it came from another Router: use the server’s own settings",)
        except Exception as error:  # noqa: BLE001 - full disks, damaged files and missing tables fail in many ways
            log.warning("step_failed", why=otherwise, kind=type(error).__name__)
            self.undone += (otherwise,)
        return None


def settled(database: Database) -> None:
    """Take what was deleted out of the database's write-ahead log; raises what the database raises."""
    if not database.settle():
        raise NotEmptiedError

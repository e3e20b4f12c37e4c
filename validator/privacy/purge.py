"""Everything has an end: what is past it is deleted, bytes and all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from validator.late.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from validator.audit.log import AuditLog
    from validator.database import Database
    from validator.privacy.keys import CardKeys

# A device may bring a late check again within a day, and must then be told the same.
LEAST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Purge:
    """Deletes from the database what is past its end. Raises what the database raises."""

    database: Database
    log: AuditLog
    keys: tuple[CardKeys, ...]
    retention: timedelta
    clock: Callable[[], datetime]

    def __call__(self) -> bool:
        """Whether the deleted bytes are gone from all files; if not, a reader was in the way: try again."""
        now = self.clock()
        Records(self.database).purge(now - max(self.retention, LEAST))
        self.log.purge(now - self.retention)
        for keys in self.keys:
            keys.forget_old()
        return self.database.settle()

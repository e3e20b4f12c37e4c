"""Delete data past its retention and overwrite its bytes; build the services that hash card numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from validator.audit.log import WAIT_MS, AuditLog
from validator.checking.checker import NoRecord
from validator.keys import Purpose, derive
from validator.offline.deferred_records import DeferredRecords
from validator.privacy.card_data import CardData
from validator.privacy.card_keys import CardKeys, KeySchedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from offline_cache import OfflineCache
    from validator.checking.checker import Record
    from validator.database import Database
    from validator.offline.pack import OfflinePack

WEEK_S = 7 * 86_400
# A device may deliver a check again within a day and must then get the same answer.
MIN_RETENTION = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """The site's secrets, the current one first, and how long records and remembered answers are kept.

    `router` identifies the Router that gives the answers: no answer of another one is found.
    """

    secrets: tuple[str, ...]
    records: timedelta
    answers_s: float
    router: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """Deletes from the database what is past its retention."""

    database: Database
    audit_log: AuditLog
    card_keys: tuple[CardKeys, ...]
    records: timedelta
    clock: Callable[[], datetime]

    def purge(self) -> bool:
        """Delete it; raises what the database raises.

        False where a reader kept deleted bytes in the write-ahead log: call it again.
        """
        now = self.clock()
        DeferredRecords(self.database).purge(now - max(self.records, MIN_RETENTION))
        self.audit_log.purge(now - self.records)
        for keys in self.card_keys:
            keys.delete_expired()
        return self.database.settle()


@dataclass(frozen=True, slots=True)
class PrivacyServices:
    """The services that hash card numbers. Checks go to `recorder`: the log, or nothing where it is off."""

    answer_keys: CardKeys
    record_keys: CardKeys
    audit_log: AuditLog
    recorder: Record
    card_data: CardData
    retention: Retention


def privacy_services(  # noqa: PLR0913, PLR0917 - called once, at start
    settings: RetentionSettings,
    database: Database,
    answers: OfflineCache,
    pack: OfflinePack,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float],
) -> PrivacyServices:
    """Build the services. Nothing is read or written before its first use."""
    hurried = database.hurried(WAIT_MS)
    site_keys = tuple(derive(secret, Purpose.CARD_HASHES) for secret in settings.secrets)
    records_s = int(max(settings.records, MIN_RETENTION).total_seconds())
    # An answer is found under the current key or the one before: keys must not rotate before answers expire.
    answers_s = int(settings.answers_s) + 1
    for_answers = KeySchedule("answers", max(WEEK_S, answers_s), answers_s, settings.router)
    answer_keys = CardKeys(hurried, site_keys, for_answers, clock)
    record_keys = CardKeys(hurried, site_keys, KeySchedule("record", WEEK_S, records_s), clock)
    mac_keys = tuple(derive(secret, Purpose.AUDIT_LOG) for secret in settings.secrets)
    audit_log = AuditLog(database, hurried, record_keys.hash, mac_keys, clock=clock, monotonic=monotonic)
    return PrivacyServices(
        answer_keys,
        record_keys,
        audit_log,
        audit_log if settings.records else NoRecord(),
        CardData(database, answers, answer_keys, record_keys, audit_log, pack, settings.router),
        Retention(database, audit_log, (answer_keys, record_keys), settings.records, clock),
    )

"""All data about one card: exported or erased on request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy import delete, select

from offline_cache import UnreadableEntry
from validator.audit.models import EntryRow
from validator.checking.remembered import from_body
from validator.offline.deferred_records import DeferredCheckRow
from validator.offline.pack_rows import HOUR_S
from validator.router.answers import UnknownCard

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_cache import Entry, OfflineCache
    from scanner.escn import Escn
    from validator.audit.log import AuditLog
    from validator.database import Database
    from validator.offline.pack import OfflinePack
    from validator.offline.pack_rows import Body
    from validator.privacy.card_keys import CardKeys

log = structlog.get_logger(__name__)
T = TypeVar("T")


class DataRemainsError(Exception):
    """Another process was using a file: deleted bytes may remain in it."""


class OtherRouterError(Exception):
    """The remembered answers are from another Router than the one in these settings."""


class Steps:
    """Runs steps one after another, also after failures. `failures` has the text of each failed step."""

    def __init__(self) -> None:
        self.failures: tuple[str, ...] = ()

    def run(self, failure: str, step: Callable[[], T]) -> T | None:
        """The result of the step; None, and `failure` among the failures, where it raises."""
        try:
            return step()
        except OtherRouterError:
            because = "since it came from another Router: use the server’s own settings"
            self.failures += (f"{failure}, {because}",)
        except Exception as error:  # noqa: BLE001 - full disks, damaged files and missing tables fail in many ways
            log.warning("step_failed", why=failure, kind=type(error).__name__)
            self.failures += (failure,)
        return None


def truncate_wal(database: Database) -> None:
    """Remove deleted bytes from the write-ahead log; raises DataRemainsError or what the database raises."""
    if not database.settle():
        raise DataRemainsError


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many answers, deferred checks and pack rows were deleted, and how many log entries cleared.

    `failures` says what could not be done; the same call completes it later.
    """

    answers: int
    late_checks: int
    entries: int
    rows: int
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardData:
    """All data about cards on this site. `router` identifies the Router whose answers can be found."""

    database: Database
    answers: OfflineCache
    answer_keys: CardKeys
    record_keys: CardKeys
    audit_log: AuditLog
    pack: OfflinePack
    router: str = ""

    def erase(self, escn: Escn) -> Erasure:
        """Erase the card here, and on devices at their next sync.

        Never raises. The whole pack is reset first and always: rows on devices cannot be addressed by card,
        and a device may have a card that this site no longer has.
        """
        steps = Steps()
        steps.run("devices keep their packs", self.pack.reset)
        rows = steps.run("its row may still be in the pack", lambda: self.pack.erase(escn.value))
        answers = steps.run("its answer may still be remembered", lambda: self._erase_answers(escn))
        records = steps.run(
            "late checks and the check log may still lead to it", lambda: self._erase_records(escn)
        )
        steps.run("deleted bytes may still be in the database’s files", lambda: truncate_wal(self.database))
        late_checks, entries = records or (0, 0)
        return Erasure(answers or 0, late_checks, entries, rows or 0, steps.failures)

    def export(self, escn: Escn) -> dict[str, Any]:
        """Everything about the card as JSON values; callers appear by kind only."""
        hashes = self._record_hashes(escn)
        answers = [_answer(entry) for entry in self._entries(escn)]
        rows = [_row(body) for body in self.pack.contents_of(escn.value)]
        checks = select(EntryRow).where(EntryRow.card.in_(hashes)).order_by(EntryRow.seq)
        late = select(DeferredCheckRow).where(DeferredCheckRow.card_key.in_(hashes))
        with self.database.session() as session:
            return {
                "card": escn.masked,
                "remembered_answers": answers,
                "offline_pack": rows,
                "checks": [_check(row) for row in session.scalars(checks)],
                "checks_made_without_a_network": [
                    _deferred_check(row) for row in session.scalars(late.order_by(DeferredCheckRow.made_at))
                ],
            }

    def _entries(self, escn: Escn) -> list[Entry]:
        found = (self.answers.get(key) for key in self._answer_hashes(escn))
        return [entry for entry in found if entry is not None]

    def _erase_answers(self, escn: Escn) -> int:
        if self.answers.origin() not in {None, self.router}:
            raise OtherRouterError
        entries = self._entries(escn)
        for key in self._answer_hashes(escn):
            if not self.answers.forget(key):
                raise DataRemainsError
        return len(entries)

    def _erase_records(self, escn: Escn) -> tuple[int, int]:
        """The number of deferred checks deleted, and of log entries that lost the card."""
        hashes = self._record_hashes(escn)
        entries = self.audit_log.erase(hashes)
        statement = delete(DeferredCheckRow).where(DeferredCheckRow.card_key.in_(hashes))
        with self.database.session() as session:
            late = session.scalars(statement.returning(DeferredCheckRow.id)).all()
        return len(late), entries

    def _answer_hashes(self, escn: Escn) -> set[str]:
        self.answer_keys.load()
        return self.answer_keys.hashes(escn)

    def _record_hashes(self, escn: Escn) -> set[str]:
        self.record_keys.load()
        return self.record_keys.hashes(escn)


def _row(body: Body | None) -> dict[str, Any]:
    if body is None:
        return {"answer": "unreadable"}
    asked_at = datetime.fromtimestamp(body.hour * HOUR_S, UTC).isoformat(timespec="seconds")
    names = ("last_day", "issuer_pic", "issuer_name", "academic_level")
    values = {name: str(value) for name in names if (value := getattr(body, name)) is not None}
    return {"asked_in_the_hour_of": asked_at, "answer": body.reason.value} | values


def _answer(entry: Entry) -> dict[str, Any]:
    asked_at = datetime.fromtimestamp(entry.checked_at, UTC).isoformat(timespec="seconds")
    try:
        answer = from_body(entry.body)
    except UnreadableEntry:
        return {"asked_at": asked_at, "answer": "unreadable"}
    if isinstance(answer, UnknownCard):
        return {"asked_at": asked_at, "answer": "unknown_card"}
    values = {name: getattr(answer, name) for name in answer.__slots__}
    return {"asked_at": asked_at} | {name: str(value) for name, value in values.items() if value is not None}


def _check(row: EntryRow) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "event": row.event,
        "by": row.caller_kind,
        "reason": row.word,
        "source": row.source,
    }


def _deferred_check(row: DeferredCheckRow) -> dict[str, Any]:
    return {
        "made_at": row.made_at.isoformat(),
        "delivered_at": row.delivered_at.isoformat(),
        "by": row.caller_kind.value,
        "shown": row.shown_reason.value,
        "answered": row.answer_reason.value,
    }

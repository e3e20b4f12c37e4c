"""What is kept about one card: shown to whoever answers for it, or erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from validator.checks.models import LogRow
from validator.late.models import LateCheck
from validator.remembered import NotRemembered, from_body
from validator.router.answers import UnknownCard

if TYPE_CHECKING:
    from offline_cache import Entry, OfflineCache
    from scanner.escn import Escn
    from validator.checks.log import CheckLog
    from validator.database import Database
    from validator.privacy.keys import CardKeys


@dataclass(frozen=True, slots=True)
class Erased:
    """How many remembered answers and late checks were deleted, and out of how many entries it was taken."""

    answers: int
    late_checks: int
    entries: int


@dataclass(frozen=True, slots=True)
class CardData:
    """All that this site keeps about cards. Raises what the database and the memory raise."""

    database: Database
    answers: OfflineCache
    answer_keys: CardKeys
    record_keys: CardKeys
    log: CheckLog

    def erase(self, escn: Escn) -> Erased:
        """Erase the card here, and on devices with their next sync: their pack begins anew, as names no card.

        Raises StoreError where bytes may be left behind: then try again.
        """
        forgotten = self._forget(escn)
        record = self._record_hashes(escn)
        entries = self.log.erase(record)
        with self.database.session() as session:
            late = session.scalars(
                delete(LateCheck).where(LateCheck.card_key.in_(record)).returning(LateCheck.id)
            ).all()
        return Erased(forgotten, len(late), entries)

    def export(self, escn: Escn) -> dict[str, Any]:
        """Everything about the card as JSON values; who checked it is told by kind only."""
        record = self._record_hashes(escn)
        with self.database.session() as session:
            checks = session.scalars(select(LogRow).where(LogRow.card.in_(record)).order_by(LogRow.seq))
            late = session.scalars(
                select(LateCheck).where(LateCheck.card_key.in_(record)).order_by(LateCheck.made_at)
            )
            return {
                "card": escn.masked,
                "remembered_answers": [_answer(entry) for entry in self._entries(escn)],
                "checks": [_check(row) for row in checks],
                "checks_made_without_a_network": [_late(row) for row in late],
            }

    def _entries(self, escn: Escn) -> list[Entry]:
        found = (self.answers.recall(key) for key in self._answer_hashes(escn))
        return [entry for entry in found if entry is not None]

    def _forget(self, escn: Escn) -> int:
        entries = self._entries(escn)
        for key in self._answer_hashes(escn):
            if not self.answers.forget(key):
                raise StoreNotEmptiedError
        if entries and self.answers.changes is not None:
            self.answers.changes.begin_anew()
        return len(entries)

    def _answer_hashes(self, escn: Escn) -> set[str]:
        self.answer_keys.load()
        return self.answer_keys.hashes(escn)

    def _record_hashes(self, escn: Escn) -> set[str]:
        self.record_keys.load()
        return self.record_keys.hashes(escn)


class StoreNotEmptiedError(Exception):
    """The memory of answers was in use: bytes may be left in it."""


def _answer(entry: Entry) -> dict[str, Any]:
    asked_at = datetime.fromtimestamp(entry.checked_at, UTC).isoformat(timespec="seconds")
    try:
        answer = from_body(entry.body)
    except NotRemembered:
        return {"asked_at": asked_at, "answer": "unreadable"}
    if isinstance(answer, UnknownCard):
        return {"asked_at": asked_at, "answer": "unknown_card"}
    values = {name: getattr(answer, name) for name in answer.__slots__}
    return {"asked_at": asked_at} | {name: str(value) for name, value in values.items() if value is not None}


def _check(row: LogRow) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "event": row.event,
        "by": row.caller_kind,
        "reason": row.word,
        "source": row.source,
    }


def _late(row: LateCheck) -> dict[str, Any]:
    return {
        "made_at": row.made_at.isoformat(),
        "delivered_at": row.delivered_at.isoformat(),
        "by": row.caller_kind.value,
        "shown": row.shown_reason.value,
        "answered": row.answer_reason.value,
    }

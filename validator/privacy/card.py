"""What is kept about one card: shown to whoever answers for it, or erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from offline_cache import UnreadableEntry
from validator.audit.models import EntryRow
from validator.checking.remembered import from_body
from validator.late.models import LateCheck
from validator.pack.body import HOUR_S
from validator.privacy.steps import NotEmptiedError, OtherRouterError, Steps, settled
from validator.router.answers import UnknownCard

if TYPE_CHECKING:
    from offline_cache import Entry, OfflineCache
    from scanner.escn import Escn
    from validator.audit.log import AuditLog
    from validator.database import Database
    from validator.pack.body import Body
    from validator.pack.pack import OfflinePack
    from validator.privacy.keys import CardKeys


@dataclass(frozen=True, slots=True)
class Erased:
    """How many answers, late checks and rows of the pack were deleted, and how many log entries cleared.

    `undone` says what could not be done; the same call finishes it later.
    """

    answers: int
    late_checks: int
    entries: int
    rows: int
    undone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardData:
    """All that this site keeps about cards. `router` names the Router whose answers it can find."""

    database: Database
    answers: OfflineCache
    answer_keys: CardKeys
    record_keys: CardKeys
    log: AuditLog
    pack: OfflinePack
    router: str = ""

    def erase(self, escn: Escn) -> Erased:
        """Erase the card here, and on devices with their next sync: their pack begins anew, naming no card.

        Never raises. Packs begin anew first and always, since a device may hold what nobody remembers here.
        """
        steps = Steps()
        steps.take("devices keep their packs", self.pack.reset)
        rows_gone = steps.take("its row may still be in the pack", lambda: self.pack.erase(escn.value))
        answers = steps.take("its answer may still be remembered", lambda: self._forget(escn))
        gone = steps.take(
            "late checks and the check log may still lead to it", lambda: self._erase_record(escn)
        )
        steps.take("deleted bytes may still be in the database’s files", lambda: settled(self.database))
        late, entries = gone or (0, 0)
        return Erased(answers or 0, late, entries, rows_gone or 0, steps.undone)

    def export(self, escn: Escn) -> dict[str, Any]:
        """Everything about the card as JSON values; who checked it is told by kind only."""
        record = self._record_hashes(escn)
        answers = [_answer(entry) for entry in self._entries(escn)]
        sealed = [_row(body) for body in self.pack.say(escn.value)]
        with self.database.session() as session:
            checks = session.scalars(select(EntryRow).where(EntryRow.card.in_(record)).order_by(EntryRow.seq))
            late = session.scalars(
                select(LateCheck).where(LateCheck.card_key.in_(record)).order_by(LateCheck.made_at)
            )
            return {
                "card": escn.masked,
                "remembered_answers": answers,
                "offline_pack": sealed,
                "checks": [_check(row) for row in checks],
                "checks_made_without_a_network": [_late(row) for row in late],
            }

    def _entries(self, escn: Escn) -> list[Entry]:
        found = (self.answers.get(key) for key in self._answer_hashes(escn))
        return [entry for entry in found if entry is not None]

    def _forget(self, escn: Escn) -> int:
        if self.answers.origin() not in {None, self.router}:
            raise OtherRouterError
        entries = self._entries(escn)
        for key in self._answer_hashes(escn):
            if not self.answers.forget(key):
                raise NotEmptiedError
        return len(entries)

    def _erase_record(self, escn: Escn) -> tuple[int, int]:
        """How many late checks were deleted, and out of how many entries of the log the card was taken."""
        record = self._record_hashes(escn)
        entries = self.log.erase(record)
        with self.database.session() as session:
            late = session.scalars(
                delete(LateCheck).where(LateCheck.card_key.in_(record)).returning(LateCheck.id)
            ).all()
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
    values = {
        name: getattr(body, name) for name in ("last_day", "issuer_pic", "issuer_name", "academic_level")
    }
    told = {name: str(value) for name, value in values.items() if value is not None}
    return {"asked_in_the_hour_of": asked_at, "answer": body.reason.value} | told


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


def _late(row: LateCheck) -> dict[str, Any]:
    return {
        "made_at": row.made_at.isoformat(),
        "delivered_at": row.delivered_at.isoformat(),
        "by": row.caller_kind.value,
        "shown": row.shown_reason.value,
        "answered": row.answer_reason.value,
    }

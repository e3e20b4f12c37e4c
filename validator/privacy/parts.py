"""What looks after people's data, put together once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.audit.log import WAIT_MS, AuditLog
from validator.checking.checker import NoRecord
from validator.keys import Purpose, derive
from validator.privacy.card import CardData
from validator.privacy.keys import CardKeys, Plan
from validator.privacy.purge import LEAST, Purge

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from offline_cache import OfflineCache
    from validator.checking.checker import Record
    from validator.database import Database
    from validator.pack.pack import OfflinePack

WEEK_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Terms:
    """The site's secrets, the one in use first; how long the record and remembered answers are kept.

    `router` names the Router that gives the answers: no answer is found for another one.
    """

    secrets: tuple[str, ...]
    retention: timedelta
    answers_s: float
    router: str = ""


@dataclass(frozen=True, slots=True)
class Privacy:
    """`record` is what checks are put on: the log, or nothing where the site keeps none."""

    answer_keys: CardKeys
    record_keys: CardKeys
    log: AuditLog
    record: Record
    cards: CardData
    purge: Purge


def privacy(  # noqa: PLR0913, PLR0917 - put together once, at start
    terms: Terms,
    database: Database,
    answers: OfflineCache,
    pack: OfflinePack,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float],
) -> Privacy:
    """All of it. Nothing is read or written before its first use."""
    hurried = database.hurried(WAIT_MS)
    site = tuple(derive(secret, Purpose.CARD_HASHES) for secret in terms.secrets)
    kept_s = int(max(terms.retention, LEAST).total_seconds())
    # An answer serves under the key of now or the one before: no key may change sooner than answers end.
    answers_plan = Plan(
        "answers", max(WEEK_S, int(terms.answers_s) + 1), int(terms.answers_s) + 1, terms.router
    )
    answer_keys = CardKeys(hurried, site, answers_plan, clock)
    record_keys = CardKeys(hurried, site, Plan("record", WEEK_S, kept_s), clock)
    chain_keys = tuple(derive(secret, Purpose.AUDIT_LOG) for secret in terms.secrets)
    log = AuditLog(database, hurried, record_keys, chain_keys, clock=clock, monotonic=monotonic)
    return Privacy(
        answer_keys,
        record_keys,
        log,
        log if terms.retention else NoRecord(),
        CardData(database, answers, answer_keys, record_keys, log, pack, terms.router),
        Purge(database, log, (answer_keys, record_keys), terms.retention, clock),
    )

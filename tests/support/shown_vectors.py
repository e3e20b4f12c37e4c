"""What pages show, as vectors that Python and JavaScript are both held to.

`python -m tests.support.shown_vectors` writes them after the messages or the looks have changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.support.verdicts import BRUSSELS, CARD, DAY_S, HOUR_S, NOW, stale_verdict, verdict
from validator.api.schemas import VerdictOut
from validator.verdict import Outcome, Reason, Source
from validator.web.advice import CHIP_TYPES, DIGITAL_TYPES, WARNINGS
from validator.web.present import present

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validator.verdict import Verdict

FOLDER = Path(__file__).parents[1] / "vectors"
SHOWN = FOLDER / "shown.json"
CARD_TYPES = ("PASSIVE", *sorted(CHIP_TYPES), *sorted(DIGITAL_TYPES))
LEVELS = ("BACHELOR", "MASTER", "DOCTORATE")
AGES = (0, 2, 3, 59, 60, 61, 3 * HOUR_S, DAY_S - 1, DAY_S, 3 * DAY_S)
FEW_AGES = (0, 61, DAY_S)
# Far from Brussels, so that a zone taken from the device instead of the site would show.
PLACES = (BRUSSELS, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/St_Johns"))
# Around the end of the hologram, around summer time, at both ends of a year, with parts of a second.
INSTANTS = (
    datetime(2027, 12, 31, 22, 59, 59, tzinfo=UTC),
    datetime(2027, 12, 31, 23, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 10, 0, 0, 123456, tzinfo=UTC),
)


def vectors() -> Iterator[dict[str, Any]]:
    """Every case: the verdict as the API gives it, the time, the place, and what is shown."""
    for of in (*_answers(), *_failures(), *_cards()):
        yield _vector(of, NOW, BRUSSELS)
    for now in INSTANTS:
        for place in PLACES:
            yield _vector(_asked_at(now), now, place)


def _answers() -> Iterator[Verdict]:
    for reason in (one for one in Reason if one.outcome is not Outcome.COULD_NOT_CHECK):
        yield verdict(reason)
        for age_s in AGES if reason is Reason.ACTIVE else FEW_AGES:
            yield verdict(reason, age_s=age_s)
            for source in (Source.CACHE, Source.DEVICE):
                yield stale_verdict(reason, age_s, source=source)


def _failures() -> Iterator[Verdict]:
    for failed in (one for one in Reason if one.outcome is Outcome.COULD_NOT_CHECK):
        yield verdict(failed)
        yield verdict(failed, source=Source.DEVICE)
        yield stale_verdict(stands_in_for=failed)
    yield stale_verdict(stands_in_for=None)


def _cards() -> Iterator[Verdict]:
    days = [NOW.date() + timedelta(days=shift) for shift in (-400, -1, 0, 1)]
    changes: list[dict[str, Any]] = [
        *({"card_type": kind} for kind in (*CARD_TYPES, "UNHEARD_OF", None)),
        *({"academic_level": level} for level in (*LEVELS, "WIZARD", None)),
        *({"expires_at": day} for day in (*days, date(2027, 12, 31), None)),
        {"issuer_name": None},
        {"issuer_name": None, "issuer_pic": None},
        {"issued_at": None, "display_name": "Anna A."},
    ]
    for change in changes:
        for reason in (Reason.ACTIVE, Reason.EXPIRED):
            yield verdict(reason, card=replace(CARD, **change))
    for code in (*WARNINGS, "from_the_future"):
        yield verdict(warnings=(code,))
    yield stale_verdict(warnings=("stale", *WARNINGS))


def _asked_at(now: datetime) -> Verdict:
    # Expired yesterday in one place, today in another: the sentence about the last day depends on it.
    card = replace(CARD, expires_at=now.date())
    until = now + timedelta(days=7)
    return stale_verdict(
        Reason.EXPIRED, 61, card=card, checked_at=now - timedelta(seconds=61), good_until=until
    )


def _vector(of: Verdict, now: datetime, place: ZoneInfo) -> dict[str, Any]:
    shown = asdict(present(of, now, place))
    return {
        "verdict": VerdictOut.of(of).model_dump(mode="json"),
        "now": now.isoformat(),
        "zone": place.key,
        "shown": json.loads(json.dumps(shown)),
    }


def _write() -> None:
    lines = ",\n".join(json.dumps(vector, ensure_ascii=False) for vector in vectors())
    SHOWN.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    _write()

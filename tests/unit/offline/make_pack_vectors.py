"""Writes tests/vectors/pack.json anew: `python -m tests.unit.offline.make_pack_vectors`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

from tests.support.cards import ANNA, BRUNO
from validator.offline.pack_rows import ROUNDS, Body, derive_row_key, seal
from validator.verdict import Reason

OUT = Path(__file__).parents[2] / "vectors" / "pack.json"
HOUR = 498_740
WEEK_S = 7 * 86_400
BODIES = {
    "everything": Body(
        Reason.ACTIVE,
        HOUR,
        HOUR * 3600 + WEEK_S,
        date(2027, 9, 30),
        "000000001",
        "Université de Saint-Valentin",
        "MASTER",
    ),
    "nothing but the reason": Body(Reason.UNKNOWN_CARD, HOUR, HOUR * 3600 + 86_400),
    "expired": Body(Reason.EXPIRED, HOUR, 0, date(1999, 12, 31), "999999999", "ΑΠΘ", "DOCTORATE"),
    "the last of everything": Body(
        Reason.INACTIVE, 2**32 - 1, 2**32 - 1, date(9999, 12, 31), "000000000", "é" * 25, "BACHELOR"
    ),
}


def main() -> None:
    """One vector a body, two numbers, the rounds of now and few."""
    vectors = []
    for place, (name, body) in enumerate(BODIES.items()):
        number, rounds = (ANNA, BRUNO)[place % 2], (ROUNDS, 1_000)[place // 2]
        salt, nonce = bytes(range(place, place + 16)), bytes(range(100 + place, 112 + place))
        row = derive_row_key(number, salt, rounds)
        vectors.append(
            {
                "name": name,
                "number": number,
                "salt": salt.hex(),
                "rounds": rounds,
                "nonce": nonce.hex(),
                "body": asdict(body) | {"last_day": body.last_day and body.last_day.isoformat()},
                "id": row.id.hex(),
                "sealed": seal(row, bytes(body), nonce).hex(),
            }
        )
    OUT.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

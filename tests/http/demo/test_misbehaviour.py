"""The faults and delays of the simulated Router."""

from __future__ import annotations

import pytest

from tests.support.demo_router import QR, STATUS, VERIFY, demo_router
from validator.demo.deck import BY_SLUG
from validator.demo.router import DelayError, create_router

ANNA = BY_SLUG["anna-active"]


@pytest.mark.parametrize("path", [STATUS, VERIFY])
@pytest.mark.parametrize(
    ("slug", "status", "slept_s", "words"),
    [
        ("rosa-slow", 200, 2.0, "152637480"),
        ("sven-silent", 200, 8.0, "163049275"),
        ("tara-error", 500, 0.0, '"code": "DEMO-500"'),
        ("ugo-refused", 403, 0.0, '"code": "SE-0000"'),
        ("vera-webpage", 200, 0.0, "<!DOCTYPE html>"),
        ("wanda-mixedup", 200, 0.0, ANNA.escn),
    ],
)
def test_a_faulty_card_gives_its_fault(path: str, slug: str, status: int, slept_s: float, words: str) -> None:
    """Both endpoints show the same fault, so that a second endpoint does not hide it."""
    with demo_router() as router:
        answer = router.get(path.format(BY_SLUG[slug].escn))

    assert answer.status_code == status
    assert words in answer.text
    assert sum(router.slept) == slept_s


def test_a_delay_makes_every_answer_late() -> None:
    """ESCV_DEMO_DELAY_S delays each answer, including errors and pictures."""
    with demo_router(ESCV_DEMO_DELAY_S="1.5") as router:
        router.get("/nowhere")
        router.get(QR.format("cardNum1"))
        router.get(STATUS.format("cardNum1"))

    assert router.slept == [1.5, 1.5, 1.5]


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", "61"])
def test_an_invalid_delay_is_refused_at_start(text: str) -> None:
    """An invalid delay is reported at the start, not at the first request."""
    with pytest.raises(DelayError, match="ESCV_DEMO_DELAY_S must be a number of seconds from 0 to 60"):
        create_router(environ={"ESCV_DEMO_DELAY_S": text})

"""A hostile code reaches nothing but the configured Router, and there nothing but its two paths."""

from __future__ import annotations

import io
import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import segno
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.codes import by_hand, generated, is_text
from tests.support.app_factory import close, make_app
from tests.support.cards import NOT_FOUND
from tests.support.fault_router import FaultRouter
from tests.support.router_scripts import answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask.testing import FlaskClient

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "payloads.json").read_text(encoding="utf-8"))
NUMBER = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ALLOWED = re.compile(
    rf"/esc-rest/api/v2/cards/{NUMBER}/status|/esc-verifier-service/api/v1/cards/verify/{NUMBER}"
)


@pytest.fixture(name="router", scope="module")
def _router() -> Iterator[FaultRouter]:
    with FaultRouter(answers(404, NOT_FOUND)) as router:
        yield router


@pytest.fixture(name="till", scope="module")
def _till(router: FaultRouter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    # Nothing is remembered, so that every number that is read is asked.
    app = make_app(tmp_path_factory.mktemp("hostile"), router.url, fresh_s="0", fresh_not_valid_s="0")
    token = app.test_cli_runner().invoke(args=["device", "add", "till"]).output.split()[-1]
    till = app.test_client()
    till.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    yield till
    close(app)


def check(till: FlaskClient, text: str) -> dict[str, Any]:
    answer: dict[str, Any] = till.post("/api/v1/validations", json={"input": text}).get_json()
    return answer


def test_no_vector_leads_anywhere_else(till: FlaskClient, router: FaultRouter) -> None:
    """Every row of the table of payloads, hostile ones included, causes calls to the two allowed paths only.

    pytest-socket refuses every connection beyond loopback, and this Router records what it is asked.
    """
    before = len(router.requests)
    for row in VECTORS:
        answer = check(till, row["text"])

        assert ("outcome" in answer) == (row["escn"] is not None), row["why"]
        assert answer.get("code") == (row["code"] if is_text(row["text"]) else "malformed_json"), row["why"]

    asked = [request.path for request in router.requests[before:]]
    assert asked
    assert [path for path in asked if not ALLOWED.fullmatch(path)] == []


def test_a_refused_text_causes_no_call(till: FlaskClient, router: FaultRouter) -> None:
    """A refusal is made without a single question to the Router."""
    before = len(router.requests)
    for row in VECTORS:
        if row["escn"] is None:
            check(till, row["text"])

    assert len(router.requests) == before


class Guard:
    """Records every name that is looked up, every place connected to, and what the Router is asked."""

    def __init__(self, patch: pytest.MonkeyPatch, router: FaultRouter) -> None:
        self.reached: set[tuple[str, int]] = set()
        self._router, self._before = router, len(router.requests)
        self._ours = ("127.0.0.1", int(router.url.rsplit(":", 1)[1]))
        look_up, connect = socket.getaddrinfo, socket.socket.connect

        def recorded_look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            self.reached.add((host, port))
            return look_up(host, port, *args, **options)

        def recorded_connect(wire: socket.socket, place: Any) -> None:
            self.reached.add(place[:2] if isinstance(place, tuple) else (str(place), 0))
            connect(wire, place)

        patch.setattr(socket, "getaddrinfo", recorded_look_up)
        patch.setattr(socket.socket, "connect", recorded_connect)

    def assert_only_the_router(self) -> None:
        """No other host was resolved or connected to, and only the two paths were requested."""
        asked = [request.path for request in self._router.requests[self._before :]]
        assert asked
        assert self.reached <= {self._ours}
        assert [path for path in asked if not ALLOWED.fullmatch(path)] == []


@pytest.fixture(name="guard")
def _guard(monkeypatch: pytest.MonkeyPatch, router: FaultRouter) -> Guard:
    return Guard(monkeypatch, router)


def every_way(till: FlaskClient, text: str) -> None:
    """Through the API, in a batch and in the page's form: an answer each, and the text nowhere in it."""
    one = till.post("/api/v1/validations", json={"input": text})
    many = till.post("/api/v1/validations/batch", json={"inputs": [text]})
    page = till.post("/lookup", data={"number": text})
    assert one.status_code in {200, 422}, (text, one.status)
    assert many.status_code == 200, (text, many.status)
    assert page.status_code in {200, 422}, (text, page.status)
    assert "evil.example" not in one.text + many.text + page.text.split("<form")[0], text


def test_no_code_made_by_hand_leads_anywhere_else(till: FlaskClient, guard: Guard) -> None:
    """Internal addresses, other schemes, path traversal, headers, markup: only the Router is called."""
    codes = by_hand()
    assert len(codes) >= 400
    for text in codes:
        every_way(till, text)

    guard.assert_only_the_router()


def test_no_picture_of_a_hostile_code_leads_anywhere_else(till: FlaskClient, guard: Guard) -> None:
    """The same in a photo: what its code says is read, judged, and never followed."""
    drawable: Iterable[str] = [text for text in by_hand() if 0 < len(text) < 80][::9]
    for text in drawable:
        picture = io.BytesIO()
        segno.make(text, micro=False).save(picture, kind="png", scale=4)
        picture.seek(0)
        answer = till.post("/api/v1/scans", data={"image": (picture, "x.png")})

        assert answer.status_code in {200, 422}, (text, answer.status)
        assert "evil.example" not in answer.text, text
    guard.assert_only_the_router()


def hold(till: FlaskClient, count: int) -> None:
    """Send this number of generated codes; fail at the first without a proper answer."""

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(generated())
    def answered(text: str) -> None:
        answer = till.post("/api/v1/validations", json={"input": text})
        assert answer.status_code in {200, 422}

    answered()


def test_no_generated_code_leads_anywhere_else(till: FlaskClient, guard: Guard) -> None:
    """Pieces of addresses and numbers in any order."""
    hold(till, 300)
    guard.assert_only_the_router()


@pytest.mark.soak
def test_none_of_thousands_of_generated_codes_leads_anywhere_else(till: FlaskClient, guard: Guard) -> None:
    """Twenty thousand of them."""
    hold(till, 20_000)
    guard.assert_only_the_router()

"""Whatever the Router does, the answer comes in time, with the right reason, and is never about the card."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2, verifier
from tests.support.fault_router import FaultRouter
from tests.support.polling import wait_for
from tests.support.router_client import SPARE_S, ask, good, open_client, reason
from tests.support.router_scripts import (
    JSON,
    MIB,
    answers,
    black_hole,
    by_endpoint,
    closes,
    drips,
    gzip_bomb,
    resets_after,
    response,
    sends,
    stalls,
    streams,
)
from validator.router.answers import CardStatus, KnownCard
from validator.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.router_scripts import Script

VALID = json.dumps(status_v2(ANNA)).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HUNDRED_MB = 100 * 1024 * 1024
HTML = b"<!doctype html><title>Sign in</title>"
SPRING_404 = {"timestamp": "2026-08-14T10:00:00Z", "status": 404, "error": "Not Found", "path": "/esc-rest"}


def card(**changes: Any) -> Script:
    """A 200 about Anna's card with some fields changed, in the shape of whichever endpoint is asked."""
    return by_endpoint(
        answers(200, status_v2(ANNA) | changes),
        answers(200, verifier(ANNA) | changes | {"cardStatusType": {"key": changes.get("status", "ACTIVE")}}),
    )


def sent(change: Callable[[bytes], bytes], content_type: str | None = JSON) -> Script:
    """A 200 with a valid body that was changed as bytes, in the shape of whichever endpoint is asked."""
    bodies = (json.dumps(shape(ANNA)).encode() for shape in (status_v2, verifier))
    return by_endpoint(*(answers(200, change(body), content_type) for body in bodies))


TIMEOUT = {
    "black hole": black_hole,
    "slow headers": drips(b"", response(200, VALID), every_s=0.1),
    "slow headers, whole lines": drips(HEAD, b"a:b\r\n" * 100, every_s=0.03),
    "drip in the body": drips(response(200, VALID)[: -len(VALID)], VALID, every_s=0.1),
    "drip in chunks": drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 100, every_s=0.03),
    "endless continue": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, every_s=0.001),
    "half a body, then nothing": stalls(response(200, VALID)[:-20]),
    "half a body late, then nothing": stalls(response(200, VALID)[:-40], 0.3, VALID[-40:-20]),
    "half the headers late, then nothing": stalls(HEAD, 0.3, b"X-A: b\r\n"),
}
UNREACHABLE = {
    "closes without a word": closes,
    "reset before the answer": resets_after(b""),
}
REFUSED = {str(status): answers(status, HTML, "text/html") for status in (300, 304, 401, 403)} | {
    f"{status} to elsewhere": answers(status, Location="https://s.esc-r.eu/")
    for status in (301, 302, 303, 307, 308)
}
BUSY = {
    "429": answers(429, Retry_After="86400"),
    "503": answers(503, HTML, "text/html", Retry_After="Wed, 21 Oct 2065 07:28:00 GMT"),
}
ERROR = {str(status): answers(status, HTML, "text/html") for status in (500, 502, 504, 599)} | {
    "500 that names the code for unknown": answers(500, NOT_FOUND),
    "500 with a card's answer": answers(500, status_v2(ANNA)),
}
UNUSABLE_TRANSPORT = {
    "reset in the body": resets_after(response(200, VALID)[:-20]),
    "truncated JSON": answers(200, VALID[:-20]),
    "whole JSON, shorter than announced": sends(response(200, VALID + b" " * 20)[:-20]),
    "chunks that break off": sends(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(VALID) + VALID + b"\r\n"
    ),
    "100 MB, announced": streams(
        HEAD + b"Content-Length: %d\r\n\r\n" % HUNDRED_MB, itertools.repeat(MIB, 100)
    ),
    "100 MB, announced and not sent": stalls(HEAD + b"Content-Length: %d\r\n\r\n" % HUNDRED_MB),
    "100 MB, not announced": streams(HEAD + b"\r\n" + VALID, itertools.repeat(b" " * len(MIB), 100)),
    "100 MB in one chunk": streams(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % HUNDRED_MB, itertools.repeat(MIB, 100)
    ),
    "gzip bomb": answers(200, gzip_bomb(), Content_Encoding="gzip"),
    "packed, small": answers(200, gzip_bomb(10), Content_Encoding="gzip"),
    "packed in name only": answers(200, VALID, Content_Encoding="br"),
    "two lengths": sends(HEAD + b"Content-Length: 5\r\nContent-Length: 400\r\n\r\n" + VALID),
    "no HTTP at all": sends(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    "a header of 1 MB": sends(b"HTTP/1.1 200 OK\r\nX-Long: " + MIB),
    "a thousand headers": sends(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n"),
}
UNUSABLE_STATUS = {str(status): answers(status, VALID) for status in (201, 202, 203, 206, 226)} | {
    "204": sends(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "103": sends(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "999": answers(999, VALID),
    "400": answers(400, HTML, "text/html"),
    "400 on the documented endpoint that says unknown": by_endpoint(answers(400, NOT_FOUND), black_hole),
    "404 in HTML": answers(404, HTML, "text/html"),
    "404, empty": answers(404),
    "404 of Spring": answers(404, SPRING_404),
    "404 of a gateway": answers(404, {"code": "404", "type": "Status report", "message": "Not Found"}),
    "404 that means access denied": answers(404, {"code": "SE-0000", "message": "Access denied"}),
    "404 with a code and no message": answers(404, {"code": "ER-0001"}),
    "404 with a blank code": answers(404, {"code": " ", "message": ""}),
    "404 with a list": answers(404, [NOT_FOUND]),
    "404 in the wrong type": answers(404, NOT_FOUND, "text/plain"),
    "404 over the bound": answers(404, NOT_FOUND | {"message": "x" * 70_000}),
    "404, packed": answers(404, NOT_FOUND, Content_Encoding="deflate"),
}
UNUSABLE_BODY = {
    "HTML": answers(200, HTML, "text/html"),
    "HTML, announced as JSON": answers(200, HTML),
    "JSON, announced as HTML": sent(bytes, "text/html"),
    "JSON, announced as nothing": sent(bytes, None),
    "empty": answers(200),
    "null": answers(200, None),
    "a list": sent(lambda valid: b"[" + valid + b"]"),
    "an error body": answers(200, NOT_FOUND),
    "latin-1": sent(lambda valid: valid.replace(b"\\u00e9", b"\xe9")),
    "latin-1, announced": sent(bytes, "application/json; charset=ISO-8859-1"),
    "UTF-16": sent(lambda valid: valid.decode().encode("utf-16")),
    "a byte order mark": sent(lambda valid: b"\xef\xbb\xbf" + valid),
    "a key twice": sent(lambda valid: valid[:-1] + b', "issuedAt": 1, "issuedAt": 1}'),
    "a key twice, deep down": sent(lambda valid: valid[:-1] + b', "x": [{"y": 1, "y": 1}]}'),
    "NaN": sent(lambda valid: valid[:-1] + b', "score": NaN}'),
    "two objects": sent(lambda valid: valid + valid),
    "nested without end": sent(lambda valid: valid[:-1] + b', "a":' + b"[" * 60_000),
    "a number without end": sent(lambda valid: valid[:-1] + b', "n": ' + b"9" * 60_000 + b"}"),
    "another card": card(cardNumber=BRUNO),
    "no card": card(cardNumber=None),
    "a card number that is none": card(cardNumber=f"https://esc.gg/{ANNA}"),
    "unknown status": card(status="SUSPENDED"),
    "status in lower case": card(status="active"),
    "status with a blank": card(status="ACTIVE "),
    "no status": card(status=None),
    "a status in a list": card(status=["ACTIVE"]),
    "active without an end": card(expiresAt=None),
    "an end with a time": card(expiresAt="2099-12-31T00:00:00Z"),
    "an end without hyphens": card(expiresAt="20991231"),
    "an end in another order": card(expiresAt="31-12-2099"),
    "an end that is no day": card(expiresAt="2099-02-30"),
    "an end in other digits": card(expiresAt="\uff12\uff10\uff19\uff19-12-31"),
    "an end as a number": card(expiresAt=4102358400),
    "an empty end": card(expiresAt=""),
    "an end beyond all years": card(expiresAt="10000-01-01"),
    "an end of zero seconds": card(expiresAt="1970-01-01"),
    "an end of zero years": card(expiresAt="0001-01-01"),
    "an end before the first card": card(expiresAt="2014-12-31"),
}

ROWS = [
    *((Reason.ROUTER_TIMEOUT, *row) for row in TIMEOUT.items()),
    *((Reason.ROUTER_UNREACHABLE, *row) for row in UNREACHABLE.items()),
    *((Reason.ROUTER_REFUSED, *row) for row in REFUSED.items()),
    *((Reason.ROUTER_BUSY, *row) for row in BUSY.items()),
    *((Reason.ROUTER_ERROR, *row) for row in ERROR.items()),
    *(
        (Reason.ROUTER_ANSWER_UNUSABLE, *row)
        for row in (UNUSABLE_TRANSPORT | UNUSABLE_STATUS | UNUSABLE_BODY).items()
    ),
]


@pytest.mark.parametrize(
    ("expected", "script"), [pytest.param(why, script, id=f"{why}: {name}") for why, name, script in ROWS]
)
def test_each_fault_has_its_reason_and_leaves_nothing_behind(expected: Reason, script: Script) -> None:
    """Each fault gives its reason within 3.0 s, never a verdict, and the only permit comes back."""
    bound = {"deadline_s": SPARE_S} if expected is Reason.ROUTER_TIMEOUT else {}
    with FaultRouter(script) as router, open_client(router.url, permits=1, **bound) as client:
        assert reason(ask(client)) == expected
        # The thread of the call ends at the same deadline as the wait for it: either may be first.
        wait_for(lambda: not client._bulkhead._held)

        router.script = good
        answer = ask(client)
        assert isinstance(answer, KnownCard)
        assert answer.status is CardStatus.ACTIVE


@pytest.mark.parametrize("endpoint", ["status-v2", "verifier"])
@pytest.mark.parametrize("name", UNUSABLE_BODY)
def test_no_endpoint_is_laxer_than_the_other(endpoint: str, name: str) -> None:
    """What is unusable is so from either endpoint alone."""
    with FaultRouter(UNUSABLE_BODY[name]) as router, open_client(router.url, endpoints=(endpoint,)) as client:
        assert reason(ask(client)) == Reason.ROUTER_ANSWER_UNUSABLE

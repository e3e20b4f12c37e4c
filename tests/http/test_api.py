"""The JSON API: verdicts, problems, who may ask."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.support.cards import ANNA, BRUNO, NOT_FOUND, status_v2
from tests.support.codes import png_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from pytest_httpserver import HTTPServer
    from werkzeug.test import TestResponse

STATUS = "/esc-rest/api/v2/cards/{}/status"
FIELDS = {
    "outcome",
    "reason",
    "source",
    "checked_at",
    "age_s",
    "good_until",
    "stands_in_for",
    "card",
    "warnings",
    "router_ms",
}


def knows(router: HTTPServer, number: str, **changes: str) -> None:
    router.expect_request(STATUS.format(number)).respond_with_json(status_v2(number, **changes))


def assert_problem(answer: TestResponse, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert {"type", "title", "status", "code", "detail"} <= body.keys()
    assert (body["status"], body["code"]) == (status, code)
    assert len(body["detail"]) > 20


def test_a_scanned_address_becomes_a_verdict(
    httpserver: HTTPServer, anonymous: FlaskClient, till: dict[str, str]
) -> None:
    """A device with a token sends what the code says and gets the verdict with every name of the contract."""
    knows(httpserver, ANNA)

    answer = anonymous.post("/api/v1/validations", json={"input": f"https://s.esc-r.eu/{ANNA}"}, headers=till)

    assert answer.status_code == 200
    verdict = answer.get_json()
    assert verdict.keys() == FIELDS
    assert (verdict["outcome"], verdict["reason"], verdict["source"]) == ("valid", "active", "router")
    assert verdict["card"]["issuer_name"] == "Université de Saint-Valentin"
    assert verdict["card"]["expires_at"] == "2099-12-31"
    assert verdict["card"]["display_name"] is None
    assert ANNA not in answer.text


def test_a_signed_in_person_may_ask_as_well(httpserver: HTTPServer, sara: FlaskClient) -> None:
    """Sara's session cookie opens the API, and a card the Router does not know is not valid."""
    httpserver.expect_request(STATUS.format(ANNA)).respond_with_json(NOT_FOUND, status=404)

    verdict = sara.post("/api/v1/validations", json={"input": ANNA.upper()}).get_json()

    assert (verdict["outcome"], verdict["reason"]) == ("not_valid", "unknown_card")


def test_an_anonymous_client_gets_401(anonymous: FlaskClient) -> None:
    """Without a session or token there is no answer about any card."""
    assert_problem(anonymous.post("/api/v1/validations", json={"input": ANNA}), 401, "sign_in_required")


def test_a_picture_becomes_a_verdict(httpserver: HTTPServer, sara: FlaskClient) -> None:
    """An uploaded picture of a code is read and checked, and its file name does not matter."""
    knows(httpserver, ANNA, status="INACTIVE")

    answer = sara.post("/api/v1/scans", data={"image": (png_of(f"https://s.esc-r.eu/{ANNA}"), "../x.exe")})

    assert answer.get_json()["reason"] == "inactive"


@pytest.mark.parametrize("size", [70_000, 700_000, 5_000_000, 11_000_000])
def test_a_photo_of_any_usual_size_is_read(httpserver: HTTPServer, sara: FlaskClient, size: int) -> None:
    """From a thumbnail to a phone's largest photo, the picture arrives whole."""
    knows(httpserver, ANNA)
    photo = png_of(f"https://s.esc-r.eu/{ANNA}").getvalue().ljust(size, b"\n")
    head = b'--part\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    body = head + photo + b"\r\n--part--\r\n"

    answer = sara.post("/api/v1/scans", data=body, content_type="multipart/form-data; boundary=part")

    assert answer.get_json()["outcome"] == "valid"


def test_a_batch_is_answered_in_order(httpserver: HTTPServer, sara: FlaskClient) -> None:
    """Each input of a batch gets its own verdict or problem, in its place."""
    knows(httpserver, ANNA)
    httpserver.expect_request(STATUS.format(BRUNO)).respond_with_json(NOT_FOUND, status=404)

    answer = sara.post("/api/v1/validations/batch", json={"inputs": [BRUNO, "hello", ANNA]})

    first, second, third = answer.get_json()["results"]
    assert (first["reason"], third["reason"]) == ("unknown_card", "active")
    assert second["code"] == "not_an_esc_code"
    assert "hello" not in answer.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_an_esc_code"),
        ("x" * 40_000, "not_an_esc_code"),
        ("\x00\x01\x02", "not_an_esc_code"),
        ("WIFI:S:campus;P:hunter2;;", "not_an_esc_code"),
        ("urn:schac:personalUniqueCode:int:esi:lmu.de:12345", "esi_not_escn"),
        (f"https://esc.gg.evil.tld/{ANNA}", "lookalike_host"),
    ],
)
def test_input_without_a_number_is_refused_with_its_code(sara: FlaskClient, text: str, code: str) -> None:
    """A refusal names its code and never repeats what was read."""
    answer = sara.post("/api/v1/validations", json={"input": text})

    assert_problem(answer, 422, code)
    assert not text or text not in answer.text
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "image_unreadable"),
        (b"%PDF-1.7 not a picture", 415, "unsupported_image"),
        (b"\xff\xd8\xff\xe0 cut off", 422, "image_unreadable"),
    ],
)
def test_what_is_no_picture_is_refused(sara: FlaskClient, data: bytes, status: int, code: str) -> None:
    """A file that cannot be read as a picture costs that request a clear refusal."""
    answer = sara.post("/api/v1/scans", data={"image": (io.BytesIO(data), "card.jpg")})

    assert answer.status_code in {status, 415}
    assert answer.get_json()["code"] in {code, "unsupported_image"}


def test_a_picture_without_a_code_says_so(sara: FlaskClient) -> None:
    """A white picture is no fault and no verdict: the answer is that no code was found."""
    assert_problem(sara.post("/api/v1/scans", data={"image": (png_of(), "a.png")}), 422, "no_code_found")


def test_two_cards_in_one_picture_are_refused(sara: FlaskClient) -> None:
    """Which of two cards was meant only a person can say."""
    two = png_of(f"https://s.esc-r.eu/{ANNA}", f"https://s.esc-r.eu/{BRUNO}")

    assert_problem(sara.post("/api/v1/scans", data={"image": (two, "a.png")}), 422, "several_codes")


def test_a_request_of_another_shape_is_explained(sara: FlaskClient) -> None:
    """A missing field, wrong JSON or type, no file and too long a batch each say what to send."""
    url = "/api/v1/validations"
    as_json = {"content_type": "application/json"}

    assert_problem(sara.post(url, json={"number": ANNA}), 422, "invalid_request")
    assert_problem(sara.post(url, json={"input": 7}), 422, "invalid_request")
    assert_problem(sara.post(url, data="{", **as_json), 400, "malformed_json")
    assert_problem(sara.post(url, data=b"\xff\xfe", **as_json), 400, "malformed_json")
    assert_problem(sara.post(url, data={"input": ANNA}), 415, "json_expected")
    assert_problem(sara.post("/api/v1/scans", data={}), 422, "invalid_request")
    assert_problem(sara.post(f"{url}/batch", json={"inputs": [ANNA] * 101}), 422, "invalid_request")
    assert_problem(sara.get(url), 405, "method_not_allowed")
    assert_problem(sara.get("/api/v1/nothing"), 404, "not_found")


def test_a_body_beyond_its_bound_is_not_read(sara: FlaskClient) -> None:
    """Ten megabytes of text and thirteen of picture are refused by their announced size."""
    text = sara.post("/api/v1/validations", data="x" * 10_000_000, content_type="application/json")
    picture = "multipart/form-data; boundary=part"
    big = sara.post("/api/v1/scans", data=b"x" * 13_000_000, content_type=picture)

    assert_problem(text, 413, "too_large")
    assert_problem(big, 413, "too_large")


def test_the_openapi_document_is_public_and_describes_the_api(anonymous: FlaskClient) -> None:
    """The document is public, valid JSON, and every reference in it leads somewhere."""
    answer = anonymous.get("/api/v1/openapi.json")
    document = answer.get_json()
    schemas = document["components"]["schemas"]
    references = {part.split('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]}

    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/validations",
        "/api/v1/validations/batch",
        "/api/v1/scans",
        "/api/v1/offline-pack",
        "/api/v1/late-checks",
        "/api/v1/me",
    }
    assert references <= schemas.keys()
    assert set(schemas["VerdictOut"]["properties"]) == FIELDS


def test_an_answer_holds_what_the_document_promises(httpserver: HTTPServer, sara: FlaskClient) -> None:
    """The fields that the document requires of a verdict are in a real one."""
    knows(httpserver, ANNA)
    document = sara.get("/api/v1/openapi.json").get_json()

    verdict = sara.post("/api/v1/validations", json={"input": ANNA}).get_json()

    assert set(document["components"]["schemas"]["VerdictOut"]["required"]) <= verdict.keys()
    assert set(document["components"]["schemas"]["CardOut"]["required"]) <= verdict["card"].keys()


def test_the_document_describes_what_devices_need_offline(sara: FlaskClient, app: Flask) -> None:
    """Every operation of the API is in the document, and real answers have the fields that it promises."""
    document = sara.get("/api/v1/openapi.json").get_json()
    schemas = document["components"]["schemas"]
    operations = {(path, method) for path, item in document["paths"].items() for method in item}
    served = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.endpoint != "api.openapi"
    }

    assert operations == served
    for address, shape in (("/api/v1/me", "MeOut"), ("/api/v1/offline-pack", "PackOut")):
        assert set(schemas[shape]["required"]) == sara.get(address).get_json().keys()
    assert (
        set(schemas["SaltOut"]["required"]) == sara.get("/api/v1/offline-pack").get_json()["salts"][0].keys()
    )
    assert schemas["DeferredRequest"]["properties"]["checks"]["maxItems"] == 50
    assert schemas["DeferredResultOut"]["properties"].keys() == {"id", "state", "verdict", "contradicts"}

"""A site changes ESCV_SECRET_KEY while people work: what survives with the earlier key in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.app_factory import PASSWORD, SECRET, close, make_app
from tests.support.cards import ANNA, status_v2

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

NEW = "b7Qe2Xw9LkT4uZ6mRs1VyHc8DnPf5JgA"


def test_a_changed_key_signs_out_only_those_who_have_no_earlier_key(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    """Sessions, remembered answers and the audit log stay with the earlier key, and are lost without it."""
    address = f"/esc-rest/api/v2/cards/{ANNA}/status"
    httpserver.expect_request(address).respond_with_json(status_v2(ANNA))
    app = make_app(tmp_path / "data", httpserver.url_for(""))
    with app.app_context():
        app.extensions["validator"].accounts.people.add("sara", PASSWORD, "staff")
    browser = app.test_client()
    browser.post("/login", data={"username": "sara", "password": PASSWORD})
    assert browser.post("/api/v1/validations", json={"input": ANNA}).get_json()["outcome"] == "valid"
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    close(app)
    httpserver.clear()  # the register answers 500 from now on

    found = {}
    for name, old in (("listed", SECRET), ("lost", "")):
        app = make_app(tmp_path / "data", httpserver.url_for(""), secret_key=NEW, old_secret_keys=old)
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value)
        signed_in = browser.get("/api/v1/me").status_code
        answer = browser.post("/api/v1/validations", json={"input": ANNA}).get_json()
        verified = app.test_cli_runner().invoke(args=["log", "verify"]).exit_code
        found[name] = (signed_in, answer.get("outcome"), answer.get("source"), verified)
        close(app)

    assert found["listed"] == (200, "valid", "cache", 0)
    assert found["lost"] == (401, None, None, 1)

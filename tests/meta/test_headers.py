"""Every answer has the security headers: pages, refusals, server errors, redirects and static files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from flask import abort, redirect, url_for

from tests.support.app_factory import close, make_app
from tests.support.clients import every_route, one_client_each, replace_views
from validator.http.headers import ALWAYS, KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ERRORS = (400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 500, 501, 503)
A_YEAR = "max-age=31536000"


def assert_hardened(answer: TestResponse, where: str, *, kept: bool = False) -> None:
    missing = [name for name in ALWAYS if len(answer.headers.getlist(name)) != 1]
    assert not missing, f"{where}: {missing}"
    assert (answer.headers["Cache-Control"] != "no-store") == kept, where
    assert "Set-Cookie" not in answer.headers or not kept, where


@pytest.fixture(name="behind_tls", scope="module")
def _behind_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site behind one proxy that ends TLS, known under one name."""
    folder: Path = tmp_path_factory.mktemp("headers")
    changes = {"proxy_hops": "1", "secure_cookies": "true", "trusted_hosts": "esc.uni.example", "demo": "1"}
    app = make_app(folder / "data", "http://127.0.0.1:9", **changes)
    yield app
    close(app)


PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "esc.uni.example", "X-Forwarded-For": "192.0.2.7"}


def test_every_answer_to_every_client_carries_them(app: Flask) -> None:
    """Every method on every address, served or not; only what is the same for all may be kept."""
    for client in one_client_each(app).values():
        for method, address, endpoint in every_route(app):
            answer = client.open(address, method=method)
            kept = endpoint in KEPT and answer.status_code < 400

            assert_hardened(answer, f"{method} {address}", kept=kept)


def test_every_error_carries_them(app: Flask, sara: FlaskClient) -> None:
    """Whatever status a view ends with, on a page, under /api/ and where static files are."""
    for status in ERRORS:
        replace_views(app, partial(abort, status))
        for address in ("/", "/api/v1/me", "/static/x/css/base.css"):
            answer = sara.get(address)

            assert answer.status_code == status
            assert_hardened(answer, f"{status} at {address}")


def test_a_server_error_carries_them(app: Flask, sara: FlaskClient) -> None:
    """An unexpected exception is answered with the headers, and without its text."""

    def fails() -> None:
        raise RuntimeError("canary-in-a-fault")

    replace_views(app, fails)
    for address in ("/", "/api/v1/me", "/static/x/css/base.css"):
        answer = sara.get(address)

        assert answer.status_code == 500
        assert "canary" not in answer.text
        assert_hardened(answer, address)


def test_a_redirect_carries_them(app: Flask, sara: FlaskClient) -> None:
    """On the way somewhere else nothing is kept either."""
    replace_views(app, lambda: redirect("/guide"))

    assert_hardened(sara.get("/"), "/")


def test_a_static_file_is_kept_for_good_and_is_no_page(app: Flask, anonymous: FlaskClient) -> None:
    """Whole, in part, by its head or again it has the headers; opened by itself it may do nothing."""
    with app.test_request_context():
        address = url_for("static", filename="js/addresses.js")
    whole = anonymous.get(address)
    assert whole.status_code == 200
    again = {"If-None-Match": whole.headers["ETag"]} if "ETag" in whole.headers else {}
    for headers in ({}, {"Range": "bytes=0-9"}, {"Accept-Encoding": "br"}, again):
        for method in ("GET", "HEAD"):
            answer = anonymous.open(address, method=method, headers=headers)

            assert answer.status_code in {200, 206, 304}, (method, headers)
            assert_hardened(answer, f"{method} {headers}", kept=True)
            assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_browsers_come_back_over_tls_only(behind_tls: Flask) -> None:
    """Behind a proxy that ends TLS every answer asks for https for a year; over plain http none does."""
    for method, address, _ in every_route(behind_tls):
        answer = behind_tls.test_client().open(address, method=method, headers=PROXY)
        assert answer.headers.getlist("Strict-Transport-Security") == [A_YEAR], address

    plain = behind_tls.test_client().get("/livez", headers=PROXY | {"X-Forwarded-Proto": "http"})
    assert "Strict-Transport-Security" not in plain.headers


def test_sub_domains_are_named_only_where_the_operator_says_so(tmp_path: Path) -> None:
    """At a university, sub-domains may belong to other services."""
    app = make_app(tmp_path / "data", "http://127.0.0.1:9", proxy_hops="1", hsts_subdomains="true")
    answer = app.test_client().get("/livez", headers={"X-Forwarded-Proto": "https"})
    close(app)

    assert answer.headers["Strict-Transport-Security"] == f"{A_YEAR}; includeSubDomains"


def test_an_unknown_host_is_refused_with_the_headers(behind_tls: Flask) -> None:
    """A forged Host header is answered 400, with every header, and is not repeated in the answer."""
    for method, address, _ in every_route(behind_tls):
        forged = PROXY | {"X-Forwarded-Host": "evil.example"}
        answer = behind_tls.test_client().open(address, method=method, headers=forged)

        assert answer.status_code == 400, address
        assert "evil.example" not in answer.text + str(answer.headers)
        assert_hardened(answer, address)


def test_more_proxies_than_there_are_change_nothing(app: Flask) -> None:
    """Without a proxy, proxy headers are untrusted: they make no request secure and no host valid."""
    answer = app.test_client().get("/", headers=PROXY)

    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Location"] == "/login"

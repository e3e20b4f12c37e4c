"""/manage/health: the checks of the doctor, with the Router asked only when a manager wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import request

from tests.support.degraded_app import degraded_app
from tests.support.html_page import parse_page
from tests.support.router_scripts import answers, black_hole
from validator.doctor.site_findings import judge_request
from validator.router.probe import INVENTED
from validator.web.manage import _CHECKING, request_facts

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PAGE = "/manage/health"
LOCAL = {"data_folder", "disk", "locks", "workers", "https", "forwarded_headers", "decoders", "settings"}
OTHERS = {"database", "redis", "router_proxy", "router_name", "router_connection", "clock"}


def lines(answer: TestResponse) -> dict[str, str]:
    """The cause of each check on the page."""
    rows = parse_page(answer).all("tr", data_testid="installation-check")
    return {str(row.attrs["data-check"]): str(row.attrs["data-id"]) for row in rows}


def test_loading_the_page_asks_no_router(tmp_path: Path) -> None:
    """The Router hangs: the page has the checks of the machine itself, and the Router got no request."""
    with degraded_app(tmp_path / "data", black_hole) as at:
        found = lines(at.mia.get(PAGE))

        assert set(found) == LOCAL
        assert {found[name] for name in LOCAL - {"settings", "decoders"}} == {"ok"}
        assert at.router.requests == []


def test_a_manager_lets_everything_be_checked(tmp_path: Path) -> None:
    """Both services are asked once about the invented number; a refusal gives the mail."""
    with degraded_app(tmp_path / "data", answers(403)) as at:
        answer = at.mia.post(PAGE)
        found = lines(answer)

        assert set(found) == LOCAL | OTHERS | {"router_status", "router_verifier"}
        assert (found["database"], found["redis"]) == ("ok", "ok")
        assert found["router_status"] == found["router_verifier"] == "router_refuses"
        mail = parse_page(answer).one(data_testid="helpdesk-mail").text
        assert "service status-v2: 403" in mail
        assert [INVENTED.value in request.path for request in at.router.requests] == [True, True]
        assert parse_page(at.mia.get(PAGE)).all("pre") == []


def test_a_router_that_hangs_is_named(tmp_path: Path) -> None:
    """The request ends with the Router's deadline."""
    with degraded_app(tmp_path / "data", black_hole, router_deadline_s="0.4") as at:
        assert lines(at.mia.post(PAGE))["router_status"] == "router_slow"


def test_one_check_at_a_time(tmp_path: Path) -> None:
    """It holds a thread: a second manager is asked to wait, and reads the checks of the machine."""
    with degraded_app(tmp_path / "data", black_hole) as at, _CHECKING:
        answer = at.mia.post(PAGE)

        assert "Another check is running" in parse_page(answer).one(data_testid="check-busy").text
        assert set(lines(answer)) == LOCAL
        assert at.router.requests == []


@pytest.mark.parametrize(
    ("hops", "headers", "expected"),
    [
        ("0", {"X-Forwarded-For": "192.0.2.7"}, {"forwarded_headers": "forwarded_ignored"}),
        ("2", {"X-Forwarded-For": "192.0.2.7"}, {"forwarded_headers": "too_many_hops"}),
        (
            "1",
            {"X-Forwarded-For": "192.0.2.7"},
            {"forwarded_headers": "ok", "https": "ok"},
        ),
        (
            "1",
            {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"},
            {"forwarded_headers": "ok", "https": "ok"},
        ),
    ],
)
def test_the_page_shows_how_it_came_in(
    tmp_path: Path, hops: str, headers: dict[str, str], expected: dict[str, str]
) -> None:
    """ESCV_PROXY_HOPS against the headers of this very request."""
    with degraded_app(tmp_path / "data", proxy_hops=hops) as at:
        found = lines(at.mia.get(PAGE, headers=headers))

    assert {name: found[name] for name in expected} == expected


def test_staff_may_not_start_it(sara: FlaskClient) -> None:
    """It is a manager's page."""
    assert sara.post(PAGE).status_code == 403


def test_an_open_address_without_https_needs_an_action(tmp_path: Path) -> None:
    """The page came over plain http from another machine, under a name that no setting has."""
    with degraded_app(tmp_path / "data") as at:
        with at.app.test_request_context(PAGE, base_url="http://cards.example"):
            seen = request_facts(request)
        found = {one.check: one.id for one in judge_request(seen, at.app.extensions["validator"].settings)}

    assert found == {"https": "https_not_seen", "forwarded_headers": "ok", "trusted_hosts": "any_host"}

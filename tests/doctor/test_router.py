"""The way to the Router: the doctor names the cause of each fault, with real sockets and certificates."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from tests.support import certificates
from tests.support.cards import NOT_FOUND
from tests.support.doctor import diagnose, diagnose_with, environment
from tests.support.fault_router import FaultRouter, full_backlog, refused_url
from tests.support.forward_proxy import ForwardProxy, passes_on
from tests.support.router_scripts import answers, black_hole, by_endpoint, closes, response
from validator.doctor.certificate import judge_certificate
from validator.router.probe import INVENTED
from validator.router.server_certificate import ServerCertificate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.doctor import Diagnosis
    from tests.support.fault_router import Exchange
    from tests.support.router_scripts import Script

WAY = ("router_proxy", "router_name", "router_connection", "router_certificate")
SERVICES = ("router_status", "router_verifier")
not_found = answers(404, NOT_FOUND)
# Longer than a name can be: it fails without a request to a name service.
TOO_LONG = ".".join(["a" * 60] * 5)
HTML = b"<html><title>Sign in to the campus network</title></html>"


def asked(folder: Path, url: str, fault: str = "", **settings: str) -> Diagnosis:
    """The diagnosis with this Router."""
    environ = environment(folder / "data", router_url=url, **settings)
    return diagnose_with(fault, environ) if fault else diagnose(environ)


def services(found: Diagnosis) -> list[str]:
    """The causes of both services."""
    return [found.ids[name] for name in SERVICES]


def test_a_router_that_answers_is_green(tmp_path: Path) -> None:
    """Each step of the way, over TLS; each service is asked once, about a number of 1970."""
    tls = certificates.serving(tmp_path)
    with FaultRouter(answers(404, NOT_FOUND, Date=formatdate(usegmt=True)), tls) as router:
        found = asked(tmp_path, router.url, router_ca_file=str(tmp_path / "cert.pem"))

        assert {found.ids[name] for name in (*WAY, *SERVICES, "clock")} == {"ok"}
        assert sorted(INVENTED.value in request.path for request in router.requests) == [True, True]
    assert "404" in found.of("router_status")["text"]


@pytest.mark.parametrize(("host", "fault"), [("router.invalid", "no_network"), (TOO_LONG, "")])
def test_a_name_that_cannot_be_resolved(tmp_path: Path, host: str, fault: str) -> None:
    """Without any network, or a name that no name service is asked for; later steps were not reached."""
    found = asked(tmp_path, f"https://{host}", fault=fault)

    assert found.ids["router_name"] == "router_name_fails"
    assert [found.of(name)["state"] for name in (*WAY[2:], *SERVICES, "clock")] == ["skipped"] * 5
    assert found.exit_code == 2


def test_no_route(tmp_path: Path) -> None:
    """The kernel has no route to the address (ENETUNREACH)."""
    found = asked(tmp_path, "https://192.0.2.1", fault="no_network")

    assert found.ids["router_connection"] == "router_not_reached"
    assert "ENETUNREACH" in found.of("router_connection")["text"]
    assert found.ids["router_name"] == "ok"


def test_no_connection(tmp_path: Path) -> None:
    """Refused, or a firewall that drops what comes."""
    assert asked(tmp_path, refused_url()).ids["router_connection"] == "router_not_reached"
    with full_backlog() as url:
        assert asked(tmp_path, url).ids["router_connection"] == "router_not_reached"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "all_proxy"])
def test_a_proxy_that_is_needed(tmp_path: Path, variable: str) -> None:
    """The direct way is closed; a proxy that the machine has for other purposes was tried, and works."""
    tls = certificates.serving(tmp_path)
    with FaultRouter(not_found, tls) as router, ForwardProxy(leads_to(router)) as proxy:
        environ = environment(
            tmp_path / "data",
            router_url=refused_url().replace("http:", "https:"),
            router_ca_file=str(tmp_path / "cert.pem"),
        )
        found = diagnose(environ | {variable: proxy.url.replace("://", "://campus:geheim@")})

        assert found.ids["router_proxy"] == "proxy_needed"
        assert f"ESCV_ROUTER_PROXY={proxy.url}" in found.of("router_proxy")["next"]
        assert "geheim" not in found.said
        assert found.exit_code == 2


def leads_to(router: FaultRouter) -> Script:
    """A proxy's script: every host that it is asked for is this Router."""

    def script(exchange: Exchange) -> bool:
        target = router.url.removeprefix("https://")
        return passes_on(type(exchange)(exchange.sock, type(exchange.request)(target, {}), exchange.over))

    return script


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        (answers(407, HTML, "text/html", Proxy_Authenticate='Basic realm="campus"'), "407"),
        (answers(403, HTML, "text/html"), "403"),
        (closes, "proxy"),
    ],
)
def test_a_proxy_that_refuses(tmp_path: Path, script: Script, detail: str) -> None:
    """With its status; its password is not shown."""
    with ForwardProxy(script) as proxy:
        named = proxy.url.replace("://", "://campus:geheim@")
        found = asked(tmp_path, "https://localhost:9", router_proxy=named)

    assert found.ids["router_proxy"] == "router_proxy_fails"
    assert detail in found.of("router_proxy")["text"]
    assert "geheim" not in found.said


def test_a_proxy_that_is_gone(tmp_path: Path) -> None:
    """Not taken for a Router that is gone."""
    found = asked(tmp_path, "https://localhost:9", router_proxy=refused_url())

    assert found.ids["router_proxy"] == "router_proxy_fails"
    assert "ECONNREFUSED" in found.of("router_proxy")["text"]


@pytest.mark.parametrize("is_through_proxy", [False, True])
def test_a_private_authority(tmp_path: Path, *, is_through_proxy: bool) -> None:
    """It is named, with the setting; nothing was sent."""
    tls = certificates.serving(tmp_path)
    with FaultRouter(not_found, tls) as router, ForwardProxy() as proxy:
        found = asked(tmp_path, router.url, **({"router_proxy": proxy.url} if is_through_proxy else {}))
        assert router.requests == []

    assert found.ids["router_certificate"] == "certificate_private_authority"
    assert "test router" in found.of("router_certificate")["text"]
    assert "ESCV_ROUTER_CA_FILE" in found.of("router_certificate")["next"]


def test_something_without_tls_behind_a_proxy(tmp_path: Path) -> None:
    """The proxy did its part; the line of the connection fails."""

    def connects(exchange: Exchange) -> bool:
        exchange.send(response(200, content_type=None) + response(400))
        return False

    with ForwardProxy(connects) as proxy:
        found = asked(tmp_path, "https://localhost:9", router_proxy=proxy.url)

    assert found.ids["router_proxy"] == "ok"
    assert found.ids["router_connection"] == "router_not_reached"
    assert found.exit_code == 2


def test_an_expired_certificate(tmp_path: Path) -> None:
    """With the day of its end, and our clock's."""
    tls = certificates.serving_expired(tmp_path)
    with FaultRouter(not_found, tls) as router:
        found = asked(tmp_path, router.url, router_ca_file=str(tmp_path / "cert.pem"))

    assert found.ids["router_certificate"] == "certificate_expired"
    assert "2020-02-01" in found.of("router_certificate")["text"]
    assert "clock" in found.of("router_certificate")["next"]


def test_a_certificate_of_another_host(tmp_path: Path) -> None:
    """Its authority counts, its name does not."""
    tls = certificates.serving(tmp_path, "127.0.0.2")
    with FaultRouter(not_found, tls) as router:
        found = asked(tmp_path, router.url, router_ca_file=str(tmp_path / "cert.pem"))

    assert found.ids["router_certificate"] == "certificate_other_host"


def test_a_certificate_that_is_not_valid_yet() -> None:
    """As after a power cut, where a clock without a battery begins in 1970."""
    found = ServerCertificate(9, "CN=x", datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

    said = judge_certificate(found, datetime(1970, 1, 2, tzinfo=UTC))

    assert said.id == "certificate_not_yet_valid"
    assert "2026-01-01" in said.text
    assert "1970-01-02" in said.text


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_gives_a_mail_with_the_facts_and_no_secret(tmp_path: Path, status: int) -> None:
    """Both services refuse: the check fails, and the mail names the statuses."""
    token = "t0ken-" + "x" * 20
    with FaultRouter(answers(status, HTML, "text/html")) as router:
        found = asked(tmp_path, router.url, router_token=token)

        assert services(found) == ["router_refuses"] * 2
        mail = found.of("router_status")["mail"]
        assert router.url in mail
    assert f"service status-v2: {status}" in mail
    assert f"service verifier: {status}" in mail
    assert "Access token sent: yes" in mail
    assert token not in found.said
    assert INVENTED.value not in found.said
    assert found.exit_code == 2


def test_one_service_that_refuses_is_a_warning(tmp_path: Path) -> None:
    """Cards can be checked by the other one; the mail is there all the same."""
    with FaultRouter(by_endpoint(answers(403), not_found)) as router:
        found = asked(tmp_path, router.url)

    assert services(found) == ["router_refuses", "ok"]
    assert found.of("router_status")["state"] == "warning"
    assert "verifier: 404" in found.of("router_status")["mail"]


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (answers(200, HTML, "text/html; charset=utf-8"), "router_html"),
        (answers(404, HTML, "text/html"), "router_html"),
        (answers(404, b"", None), "router_path_missing"),
        (answers(302, b"", None, Location="https://sign-in.example/"), "router_redirects"),
        (answers(200, {"odd": 1}), "router_answer_unusable"),
        (answers(429), "router_busy"),
        (answers(503, HTML, "text/html"), "router_busy"),
        (answers(500), "router_error"),
        (closes, "router_not_reached"),
        (black_hole, "router_slow"),
    ],
)
def test_each_odd_answer_has_its_meaning(tmp_path: Path, script: Script, cause: str) -> None:
    """For both services, and never a green line."""
    with FaultRouter(script) as router:
        found = asked(tmp_path, router.url)

    named = services(found) if found.ids["router_connection"] == "ok" else [found.ids["router_connection"]]
    assert set(named) == {cause}
    assert found.exit_code == 2
    assert "sign-in.example" not in found.said


@pytest.mark.parametrize(("hours", "word"), [(-3, "ahead"), (3, "behind")])
def test_a_wrong_clock(tmp_path: Path, hours: int, word: str) -> None:
    """The Router's Date is three hours away: by how much, and NTP."""
    date = formatdate(time.time() + hours * 3600, usegmt=True)
    with FaultRouter(answers(404, NOT_FOUND, Date=date)) as router:
        found = asked(tmp_path, router.url)

    assert found.ids["clock"] == "clock_wrong"
    assert f"3 hours {word}" in found.of("clock")["text"]
    assert "NTP" in found.of("clock")["next"]
    assert services(found) == ["ok", "ok"]

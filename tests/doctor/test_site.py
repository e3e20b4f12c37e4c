"""The public address: what the doctor finds behind real proxies, and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import certificates
from tests.support.demo_site import running_site
from tests.support.doctor import diagnose, environment
from tests.support.fault_router import FaultRouter, refused_url
from tests.support.reverse_proxies import NAMES, reverse_proxy
from tests.support.router_scripts import answers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.doctor import Diagnosis

LINES = ("https", "forwarded_headers", "security_headers", "trusted_hosts")


def looked_at(folder: Path, url: str, authority: Path | None = None, **settings: str) -> Diagnosis:
    """The diagnosis of this public address."""
    trusted = {"SSL_CERT_FILE": str(authority)} if authority else {}
    return diagnose(environment(folder / "data", **settings) | trusted, "--url", url)


@pytest.mark.parametrize("name", NAMES)
def test_behind_a_proxy_as_deploy_sets_it_up(tmp_path: Path, name: str) -> None:
    """Every line is green; without ESCV_PROXY_HOPS the service takes its address for http."""
    hosts = "localhost,127.0.0.1"
    with (
        running_site(tmp_path / "site", proxy_hops="1", secure_cookies="true", trusted_hosts=hosts) as site,
        reverse_proxy(name, tmp_path / "proxy", site.address) as proxy,
    ):
        found = looked_at(tmp_path, proxy.address, proxy.folder / "cert.pem", trusted_hosts=hosts)
        untrusted = looked_at(tmp_path, proxy.address)

    assert [found.ids[line] for line in LINES] == ["ok"] * 4, found.said
    assert untrusted.of("https")["id"] == "site_certificate"


def test_a_service_that_does_not_know_of_its_proxy(tmp_path: Path) -> None:
    """ESCV_PROXY_HOPS is missing."""
    with (
        running_site(tmp_path / "site") as site,
        reverse_proxy("nginx", tmp_path / "proxy", site.address) as proxy,
    ):
        found = looked_at(tmp_path, proxy.address, proxy.folder / "cert.pem")

    assert found.of("https")["id"] == "https_not_seen"
    assert "ESCV_PROXY_HOPS" in found.of("https")["next"]


def test_a_service_that_believes_its_clients(tmp_path: Path) -> None:
    """ESCV_PROXY_HOPS is set, and there is no proxy: clients write the headers, by any host name."""
    with running_site(tmp_path / "site", proxy_hops="1") as site:
        found = looked_at(tmp_path, site.address, proxy_hops="1")

    assert found.of("https")["id"] == "not_https"
    assert found.of("forwarded_headers")["id"] == "headers_of_clients"
    assert found.of("trusted_hosts")["id"] == "any_host"
    assert found.exit_code == 2


def test_an_address_where_something_else_answers(tmp_path: Path) -> None:
    """Nothing there, another server, and a proxy that adds a policy of its own."""
    assert looked_at(tmp_path, refused_url()).of("https")["id"] == "site_not_reached"
    with FaultRouter(answers(502)) as other:
        assert looked_at(tmp_path, other.url).of("https")["id"] == "site_other_answer"
    tls = certificates.serving(tmp_path)
    policy = {"Content_Security_Policy": "x\r\nContent-Security-Policy: y", "Strict_Transport_Security": "z"}
    with FaultRouter(answers(200, **policy), tls) as twice, FaultRouter(answers(200)) as bare:
        found = looked_at(tmp_path, twice.url, tmp_path / "cert.pem")
        assert found.of("https")["id"] == "ok"
        assert found.of("security_headers")["id"] == "headers_changed"
        assert looked_at(tmp_path, bare.url).of("security_headers")["id"] == "headers_changed"

"""Which way leads to the Router: what may be set, what the environment names, and what the log says of it."""

from __future__ import annotations

import shutil
import ssl
from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.testing import LogCapture

from tests.support import certificates
from tests.support.app_factory import SECRET, close, make_app
from validator import build as build_module
from validator.environment import unknown
from validator.router.route import describe_route
from validator.settings import PRODUCTION_ROUTER, Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

SET, GIVEN = "http://proxy.example.org:3128", "http://given.example.org:8080"


def settings(**environ: str) -> Settings:
    """Settings of a server in this environment."""
    return Settings.from_env({"ESCV_SECRET_KEY": SECRET} | environ)


def named(**environ: str) -> tuple[str, str] | None:
    """The proxy in use and the variable that named it."""
    proxy = settings(**environ).router_config.proxy
    return (proxy.public_address, proxy.variable) if proxy else None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"ESCV_ROUTER_PROXY": SET}, (SET, "ESCV_ROUTER_PROXY")),
        ({"HTTPS_PROXY": GIVEN}, (GIVEN, "HTTPS_PROXY")),
        ({"https_proxy": "given.example.org:8080"}, (GIVEN, "https_proxy")),
        ({"HTTPS_PROXY": GIVEN, "ESCV_ROUTER_PROXY": SET}, (SET, "ESCV_ROUTER_PROXY")),
        ({"HTTPS_PROXY": GIVEN, "NO_PROXY": "localhost,.europeanstudentcard.eu"}, None),
        ({"HTTPS_PROXY": GIVEN, "no_proxy": "*"}, None),
        ({"HTTPS_PROXY": GIVEN, "NO_PROXY": "example.org"}, (GIVEN, "HTTPS_PROXY")),
        ({"ESCV_ROUTER_PROXY": SET, "NO_PROXY": "*"}, (SET, "ESCV_ROUTER_PROXY")),
        ({"HTTP_PROXY": GIVEN, "ALL_PROXY": GIVEN}, None),
        ({"HTTPS_PROXY": "", "https_proxy": " "}, None),
        ({"HTTPS_PROXY": GIVEN, "ESCV_ROUTER_URL": "http://127.0.0.1:9"}, None),
        ({"ESCV_ROUTER_PROXY": "https://[::1]/"}, ("https://[::1]:443", "ESCV_ROUTER_PROXY")),
    ],
)
def test_the_proxy_is_the_one_that_was_set_else_that_of_the_environment(
    environ: dict[str, str], expected: tuple[str, str] | None
) -> None:
    """NO_PROXY excepts from what the environment names; what was set for the Router alone always holds."""
    assert named(**environ) == expected


@pytest.mark.parametrize("name", ["ESCV_ROUTER_PROXY", "HTTPS_PROXY"])
@pytest.mark.parametrize(
    "address", ["socks5://proxy:1080", "http:///", "http://proxy/path", "http://proxy:99999", "http://a:b@"]
)
def test_what_is_no_web_proxy_is_a_fault_that_quotes_nothing(name: str, address: str) -> None:
    """The server does not start, and says which variable to correct."""
    with pytest.raises(SettingsError) as raised:
        settings(**{name: address})

    assert f"{name} must be a web proxy’s http(s) address" in str(raised.value)
    assert address not in str(raised.value)


@pytest.mark.parametrize("content", [None, "", "no certificate\n", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_without_authorities_is_a_fault(tmp_path: Path, content: str | None) -> None:
    """The server does not start in place of trusting nobody later."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="ESCV_ROUTER_CA_FILE"):
        settings(ESCV_ROUTER_CA_FILE=str(file))


def test_a_missing_ssl_cert_file_is_a_fault(tmp_path: Path) -> None:
    """OpenSSL passes over it without a word, and every certificate would be refused."""
    missing = {"SSL_CERT_FILE": str(tmp_path / "gone.pem")}
    with pytest.raises(SettingsError, match="SSL_CERT_FILE names a file that cannot be read"):
        settings(**missing)
    assert settings(**missing, ESCV_ROUTER_URL="http://127.0.0.1:9").router_proxy is None


def test_the_names_of_the_new_settings_are_known() -> None:
    """One of them ends like the name of a mounted secret."""
    environ = {"ESCV_ROUTER_CA_FILE": "", "ESCV_ROUTER_PROXY_FILE": "", "ESCV_ROUTER_CA": ""}
    assert list(unknown(environ, Settings.model_fields)) == ["ESCV_ROUTER_CA"]


def test_what_is_used_is_logged_at_start_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line: the Router, the proxy with the variable that named it, and whose authorities count."""
    captured = LogCapture()
    monkeypatch.setattr(build_module, "log", structlog.wrap_logger(None, processors=[captured]))
    certificates.serving(tmp_path)
    file = shutil.move(tmp_path / "cert.pem", tmp_path / "ca.pem")
    changes = {"router_proxy": "http://campus:s3cret@proxy.example.org:3128", "router_ca_file": str(file)}
    close(make_app(tmp_path / "data", PRODUCTION_ROUTER, **changes))

    (line,) = [entry for entry in captured.entries if entry["event"] == "router_route"]
    assert line["router"] == f"{PRODUCTION_ROUTER}:443"
    assert line["proxy"] == f"{SET} (ESCV_ROUTER_PROXY)"
    assert line["authorities"].endswith(", and ESCV_ROUTER_CA_FILE")
    assert "s3cret" not in str(line)
    assert "s3cret" not in repr(settings(ESCV_ROUTER_PROXY=changes["router_proxy"]))


def test_authorities_are_the_systems_where_nothing_else_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE and SSL_CERT_DIR go before; where the system has none, those of Requests count."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    config = settings().router_config
    found = {describe_route(config)["authorities"]}
    nothing = ssl.get_default_verify_paths()._replace(openssl_cafile="/nothing", openssl_capath="/nothing")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nothing)
    found.add(describe_route(config)["authorities"])

    assert "the list that comes with Requests" in found
    assert found <= {"the system’s store", "the list that comes with Requests"}

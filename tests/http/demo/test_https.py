"""`make run HTTPS=1`: a certificate that a phone can trust, kept over restarts, and the words for a phone."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
import requests
from cryptography import x509

from tests.http.demo.test_start import demo, free_port, printed
from tests.support.documented import documented
from validator.demo import AUTHORITY
from validator.demo.certificate import Names, reachable, server_context, this_machine
from validator.demo.plan import make_plan
from validator.demo.processes import StartError

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 12, 1, tzinfo=UTC)
HOME = Names(("localhost", "kitchen", "kitchen.local"), (ip_address("192.168.0.7"), ip_address("127.0.0.1")))
FILES = (AUTHORITY, "demo-certificate.pem")


def made(folder: Path, names: Names = HOME, now: datetime = NOW) -> tuple[bytes, bytes]:
    """The authority and the certificate after a start at this time."""
    server_context(folder, names, now)
    authority, certificate = ((folder / name).read_bytes() for name in FILES)
    return authority, certificate


def test_a_restart_keeps_what_the_phone_has_accepted(tmp_path: Path) -> None:
    """Also after a year less a month; the keys are for their owner only."""
    first = made(tmp_path)

    assert made(tmp_path, now=NOW + timedelta(days=366)) == first
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("names", "days", "kept"),
    [
        (HOME, 370, {AUTHORITY}),
        (Names(HOME.hosts, (ip_address("10.1.2.3"),)), 1, {AUTHORITY}),
        (Names(HOME.hosts, (ip_address("130.104.1.2"),)), 1, set()),
        (Names((*HOME.hosts, "hall"), HOME.addresses), 1, set()),
        (HOME, 5 * 365, set()),
    ],
    ids=["near its end", "another private address", "a public address", "another name", "old authority"],
)
def test_a_certificate_is_renewed_in_time(tmp_path: Path, names: Names, days: int, kept: set[str]) -> None:
    """The phone's trust stays wherever the authority allows the new address."""
    first = made(tmp_path)
    second = made(tmp_path, names, NOW + timedelta(days=days))

    assert {name for name, old, new in zip(FILES, first, second, strict=True) if old == new} == kept


@pytest.mark.parametrize("name", [*FILES, "demo-ca-key.pem", "demo-certificate-key.pem"])
@pytest.mark.parametrize("harm", ["missing", "cut off", "of another"])
def test_a_damaged_file_is_made_again(tmp_path: Path, name: str, harm: str) -> None:
    """It does not prevent the start, and the authority stays unless it was harmed itself."""
    first = made(tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    if harm == "cut off":
        (tmp_path / name).write_bytes(content[:40])
    elif harm == "of another":
        (tmp_path / "other").mkdir()
        made(tmp_path / "other")
        (tmp_path / name).write_bytes((tmp_path / "other" / name).read_bytes())

    authority, certificate = map(x509.load_pem_x509_certificate, made(tmp_path))
    certificate.verify_directly_issued_by(authority)
    assert (made(tmp_path)[0] == first[0]) is (not name.startswith("demo-ca"))


def test_the_authority_is_good_for_private_addresses_only(tmp_path: Path) -> None:
    """Its key cannot make a certificate of another site that a phone accepts."""
    openssl = shutil.which("openssl")
    assert openssl
    made(tmp_path)
    foreign = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "bank.key")
    signed = ("-CA", AUTHORITY, "-CAkey", "demo-ca-key.pem", "-out", "bank.pem", "-days", "9")
    name = ("-subj", "/CN=bank", "-addext", "subjectAltName=DNS:bank.example")
    subprocess.run(
        [openssl, "req", "-x509", *foreign, *signed, *name], cwd=tmp_path, check=True, capture_output=True
    )

    at = ("-attime", str(int(datetime.now(UTC).timestamp())))
    answers = [
        subprocess.run(
            [openssl, "verify", *at, "-CAfile", AUTHORITY, file],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        for file in ("demo-certificate.pem", "bank.pem")
    ]
    assert "OK" in answers[0].stdout
    assert "permitted subtree violation" in answers[1].stdout + answers[1].stderr


def test_the_names_of_this_machine_are_in_it() -> None:
    """Its own name, localhost, loopback, and the address that is shown."""
    names = this_machine("0.0.0.0")  # noqa: S104 - only read
    only = this_machine("127.0.0.1")

    assert "localhost" in names.hosts
    assert ip_address("127.0.0.1") in names.addresses
    assert {str(one) for one in only.addresses} == {"127.0.0.1", "::1"}
    assert str(reachable(HOME, ip_address("127.0.0.1"))) == "127.0.0.1"
    assert str(reachable(HOME, ip_address("8.8.8.8"))) == str(reachable(HOME, None)) == "192.168.0.7"


def test_a_wrong_port_is_one_sentence() -> None:
    """As for PORT."""
    with pytest.raises(StartError, match="HTTPS_PORT must be a number"):
        make_plan({"HTTPS": "1", "HTTPS_PORT": "high", "ESCV_SECRET_KEY": "k" * 40}, 1)


def test_a_phone_reaches_the_demo_over_https(tmp_path: Path) -> None:
    """TLS holds against the authority that the phone downloads; over http, pages name the https address."""
    port, secure = free_port(), free_port()
    command = documented("docs/first-run.md", "on-a-phone").splitlines()[1].partition("#")[0].split()
    written = dict(word.split("=") for word in command[2:])
    assert (command[:2], set(written)) == (["make", "run"], {"HTTPS", "HOST"})
    environ = written | {"HOST": "127.0.0.1", "HTTPS_PORT": str(secure)}
    with demo(tmp_path, port, **environ) as process:
        words = printed(process)
        authority = requests.get(f"http://127.0.0.1:{port}/demo/ca.crt", timeout=10)
        (tmp_path / "phone.pem").write_bytes(authority.content)
        trusted = requests.Session()
        trusted.trust_env, trusted.verify = False, str(tmp_path / "phone.pem")
        site = f"https://127.0.0.1:{secure}"
        page = trusted.get(f"{site}/login", timeout=10)
        named = {"Host": f"kitchen:{port}"}
        plain = requests.get(f"http://127.0.0.1:{port}/login", headers=named, timeout=10)
        # Without Sec-Fetch-Site, as old browsers ask.
        old = trusted.get(f"{site}/login", headers={"Host": f"kitchen:{secure}"}, timeout=10)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{site}/login", timeout=10)

    assert authority.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert b"PRIVATE" not in authority.content
    assert f"https://127.0.0.1:{secure}/" in words
    assert "▄" in words
    assert page.status_code == 200
    assert f"https://kitchen:{secure}/" in plain.text
    assert "plain-http" not in old.text


def test_without_https_there_is_no_authority_and_a_hint(tmp_path: Path) -> None:
    """Whoever opens the demo to the network learns how a phone gets a camera."""
    port = free_port()
    with demo(tmp_path, port, HOST="0.0.0.0") as process:  # noqa: S104 - the test's own server
        words = printed(process)
        answer = requests.get(f"http://127.0.0.1:{port}/demo/ca.crt", timeout=10)

    assert "make run HTTPS=1" in words
    assert answer.status_code == 404

"""Certificates for loopback servers, made by the openssl command when a test needs them."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CONFIG = """
[ca]
default_ca = test
[test]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = IP:127.0.0.1
basicConstraints = CA:true
"""


def serving(folder: Path, host: str = "127.0.0.1", names: Sequence[str] = ()) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for this address and these names; `cert.pem` is its CA."""
    _make_key_and_certificate(folder, host, names)
    return _context(folder)


def serving_expired(folder: Path) -> ssl.SSLContext:
    """The same for 127.0.0.1, with a certificate that ran out in 2020."""
    _make_key_and_certificate(folder, "127.0.0.1")
    (folder / "openssl.cnf").write_text(_CONFIG)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n")
    _openssl(folder, "req", "-new", "-key", "key.pem", "-subj", "/CN=expired", "-out", "request.pem")
    dates = ("-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
    signing = ("-selfsign", "-keyfile", "key.pem", "-in", "request.pem", "-out", "cert.pem", "-notext")
    _openssl(folder, "ca", "-batch", "-config", "openssl.cnf", *signing, *dates)
    return _context(folder)


def _make_key_and_certificate(folder: Path, host: str, names: Sequence[str] = ()) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem")
    alternatives = ",".join([f"IP:{host}", *(f"DNS:{name}" for name in names)])
    name = ("-subj", "/CN=test router", "-addext", f"subjectAltName={alternatives}")
    _openssl(folder, "req", "-x509", *key, *name, "-days", "2", "-out", "cert.pem")


def _context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def _openssl(folder: Path, *arguments: str) -> None:
    command = shutil.which("openssl")
    if command is None:
        pytest.skip("needs the openssl command: apt-get install openssl")
    subprocess.run([command, *arguments], cwd=folder, check=True, capture_output=True)

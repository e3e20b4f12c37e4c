"""Starts Debian's nginx or Caddy with the files of deploy/, on free loopback ports."""

from __future__ import annotations

import grp
import http.client
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.support import certificates
from tests.support.demo_site import ROOT
from tests.support.fault_proxy import port_of
from tests.support.polling import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAMES = ("nginx", "caddy")
DEPLOY = ROOT / "deploy"
TIMEOUT_S = 30.0
# Where scripts/setup unpacks what the system does not have.
UNPACKED = ROOT / "build" / "proxies"
_NGINX_MAIN = """
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/main.log;
events {{}}
http {{
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""
_CADDY_OPTIONS = """{{
	admin off
	default_bind 127.0.0.1
	http_port {http}
	https_port {https}
"""


@dataclass(frozen=True, slots=True)
class ReverseProxy:
    """A running proxy: its addresses, its folder, and the certificate that it shows."""

    https_port: int
    http_port: int
    prefix: str
    folder: Path

    @property
    def address(self) -> str:
        """Where the application is, over https."""
        return f"https://localhost:{self.https_port}{self.prefix}"

    @property
    def tls(self) -> ssl.SSLContext:
        """A client's side of TLS that trusts this proxy alone."""
        return ssl.create_default_context(cafile=self.folder / "cert.pem")

    def connect(self) -> http.client.HTTPSConnection:
        """A new connection over TLS."""
        return http.client.HTTPSConnection("localhost", self.https_port, timeout=TIMEOUT_S, context=self.tls)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of the answer to one request over https."""
        connection = self.connect()
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def logs(self) -> str:
        """Everything that the proxy has written into files or to its outputs."""
        texts = [path for path in self.folder.rglob("*") if path.is_file() and path.suffix == ".log"]
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in texts)


def program(name: str) -> str:
    """Where nginx or Caddy is; `scripts/setup test` brings both."""
    places = [str(UNPACKED / "usr/sbin"), str(UNPACKED / "usr/bin")]
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *places]))
    assert found, f"{name} is missing: run scripts/setup test"
    return found


def shipped(name: str, *, sub_path: bool) -> str:
    """The text of a file of deploy/; for a sub-path, changed as its comments say."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    return re.sub(r"^(\s*)[^\n]*# sub-path: (.*)$", r"\1\2", text, flags=re.MULTILINE) if sub_path else text


@contextmanager
def reverse_proxy(name: str, folder: Path, target: str, *, sub_path: bool = False) -> Iterator[ReverseProxy]:
    """Serve the site at `target` over https until the block ends."""
    folder.mkdir(exist_ok=True)
    certificates.serving(folder, names=("localhost",))
    with socket.socket() as https, socket.socket() as http_only:
        for each in (https, http_only):
            _reserve(each)
        proxy = ReverseProxy(
            https.getsockname()[1], http_only.getsockname()[1], "/esc" if sub_path else "", folder
        )
        configure = _nginx if name == "nginx" else _caddy
        with (folder / "output.log").open("wb") as output:
            process = subprocess.Popen(
                configure(proxy, port_of(target), shipped(_FILES[name], sub_path=sub_path)),
                cwd=folder,
                env=_environ(folder, target),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            wait_for(lambda: _listens(proxy, process), TIMEOUT_S)
            yield proxy
        finally:
            process.terminate()
            process.wait(TIMEOUT_S)


_FILES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}


def _reserve(each: socket.socket) -> None:
    """Keep a free port: bound and not listening, so that only a server that names the port gets it."""
    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    each.bind(("127.0.0.1", 0))


def _listens(proxy: ReverseProxy, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, proxy.logs()
    try:
        for port in (proxy.https_port, proxy.http_port):
            socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S).close()
    except ConnectionRefusedError:
        return False
    return True


def _environ(folder: Path, target: str) -> dict[str, str]:
    """Caddy keeps its own files below the home folder, and reads where to serve from the environment."""
    places = {"ESC_HOST": "localhost", "ESC_UPSTREAM": urlsplit(target).netloc}
    return {"PATH": os.environ["PATH"], "HOME": str(folder)} | places


def _nginx(proxy: ReverseProxy, port: int, site: str) -> list[str]:
    places = {
        "listen 443 ": f"listen 127.0.0.1:{proxy.https_port} ",
        "listen 80;": f"listen 127.0.0.1:{proxy.http_port};",
        "/etc/ssl/esc-validator/fullchain.pem": f"{proxy.folder}/cert.pem",
        "/etc/ssl/esc-validator/privkey.pem": f"{proxy.folder}/key.pem",
        "/var/log/nginx/": f"{proxy.folder}/",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "esc.example.edu": "localhost",
    }
    for shipped_text, ours in places.items():
        assert shipped_text in site, shipped_text
        site = site.replace(shipped_text, ours)
    site = re.sub(r"^.*listen \[::\].*$", "", site, flags=re.MULTILINE)
    user = f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    main = _NGINX_MAIN.format(
        user=f"{user} {user}" if user == "root" else user, folder=proxy.folder, site=site
    )
    (proxy.folder / "nginx.conf").write_text(main, encoding="utf-8")
    place = ["-p", str(proxy.folder), "-e", str(proxy.folder / "main.log")]
    return [program("nginx"), *place, "-c", str(proxy.folder / "nginx.conf")]


def _caddy(proxy: ReverseProxy, _port: int, site: str) -> list[str]:
    options = _CADDY_OPTIONS.format(http=proxy.http_port, https=proxy.https_port)
    certificate = f"\ttls {proxy.folder}/cert.pem {proxy.folder}/key.pem"
    site = re.sub(r"^\{\n", lambda _: options, site, count=1, flags=re.MULTILINE)
    site, replaced = re.subn(r"^\t# tls .*$", certificate, site, flags=re.MULTILINE)
    assert replaced == 1
    (proxy.folder / "Caddyfile").write_text(site, encoding="utf-8")
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(proxy.folder / "Caddyfile")]

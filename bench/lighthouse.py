"""Lighthouse's mobile scores of the pages, signed in: `python -m bench.lighthouse`."""

from __future__ import annotations

import subprocess
import tempfile
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from bench.support import ROOT
from tests.support import node
from tests.support.demo_site import PASSWORD, running_site

FOLDER = ROOT / "bench" / "lighthouse_page"
PAGES = ("/", "/lookup", "/kiosk", "/guide")


def session_cookie(address: str) -> str:
    """The cookie of a person who has signed in."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = urllib.parse.urlencode({"username": "staff", "password": PASSWORD}).encode()
    opener.open(f"{address}/login", form).close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def install() -> None:
    """Lighthouse and its 200 packages, from a lock of their own; needs npm 10 or newer."""
    command = [node.find("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=FOLDER, check=True, env=node.with_node())


def main() -> None:
    """A row or two for every page."""
    install()
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder)) as site:
        cookie = session_cookie(site.address)
        for path in ("/login", *PAGES):
            print(f"\n{path}")
            sent = "" if path == "/login" else cookie
            command = [node.find(), "run.mjs", f"{site.address}{path}", sent]
            subprocess.run(command, cwd=FOLDER, check=True)


if __name__ == "__main__":
    main()

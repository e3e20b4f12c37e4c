"""How soon the server is ready, and how much memory it takes at rest and after pictures were read."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.support import router, server
from tests.support.codes import png_of

if TYPE_CHECKING:
    import subprocess

NUMBER = "3e506370-826a-103d-bf76-001000000001"


def tree(pid: int) -> list[int]:
    """This process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(found for child in children for found in tree(int(child)))]


def share(pid: int) -> float:
    """Its share of memory; where only root may ask for that, what is resident without what is shared."""
    try:
        return _megabytes(pid, "smaps_rollup", "Pss")
    except PermissionError:
        return _megabytes(pid, "status", "RssAnon")


def resident(pid: int) -> float:
    """What is resident, shared pages whole."""
    return _megabytes(pid, "status", "VmRSS")


def _megabytes(pid: int, account: str, field: str) -> float:
    for line in Path(f"/proc/{pid}/{account}").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(field)


def say(when: str, running: subprocess.Popen[bytes]) -> None:
    """Print each process's memory and the sum of the shares."""
    found = tree(running.pid)
    each = ", ".join(f"{resident(pid):.0f}" for pid in found)
    print(f"{when:24} {sum(share(pid) for pid in found):5.0f} MB in all; resident each: {each} MB")


def scan(address: str, token: str) -> str:
    """Send one picture of a code to the API; its outcome."""
    picture = png_of(f"https://s.esc-r.eu/{NUMBER}").getvalue()
    head = b'--part\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=part"}
    connection.request("POST", "/api/v1/scans", head + picture + b"\r\n--part--\r\n", headers)
    outcome = str(json.loads(connection.getresponse().read())["outcome"])
    connection.close()
    return outcome


def main() -> None:
    """Print the figures."""
    with router(0.0) as router_url, server(router_url) as (address, token, running, ready_s):
        print(f"ready {ready_s:.2f} s after its start")
        say("at rest", running)
        for _ in range(50):
            assert scan(address, token) == "valid"
        say("after 50 pictures", running)


if __name__ == "__main__":
    main()

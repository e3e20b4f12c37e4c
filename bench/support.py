"""What benchmarks share: a quick Router, the real server under gunicorn, and figures in plain rows."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A free loopback port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def quantile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def milliseconds(values: list[float]) -> str:
    """Median, p95 and worst of durations in seconds, as a row."""
    shown = (quantile(values, 0.5), quantile(values, 0.95), max(values))
    return "median {:7.2f} ms   p95 {:7.2f} ms   worst {:7.2f} ms".format(*(1000 * value for value in shown))


def wait_for(url: str, process: subprocess.Popen[bytes], limit_s: float = 20) -> float:
    """Seconds until this address answers with 200."""
    began = time.perf_counter()
    while time.perf_counter() - began < limit_s:
        if process.poll() is not None:
            raise SystemExit(f"{url}: its server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - loopback http
                if answer.status == 200:
                    return time.perf_counter() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise SystemExit(f"{url} did not answer within {limit_s} s")


@contextmanager
def process(command: list[str], **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that is ended by its id."""
    running = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(15)


@contextmanager
def router(delay_s: float) -> Iterator[str]:
    """A Router that knows every card and takes this long; its address."""
    port = free_port()
    with process([sys.executable, "-m", "bench.quick_router", str(port), str(delay_s)]) as running:
        wait_for(f"http://127.0.0.1:{port}/", running)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def server(router_url: str, **changes: str) -> Iterator[tuple[str, str, subprocess.Popen[bytes], float]]:
    """The real server as gunicorn serves it: its address, a device's token, its process, seconds to ready."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "ESCV_SECRET_KEY": "b3NcQk7RzWm9XfVt2LpYh6GdJs4KaN8u",
            "ESCV_ROUTER_URL": router_url,
            "ESCV_DATA_DIR": folder,
            "ESCV_LIMITS": "off",
            "PORT": str(port),
        } | changes
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        made = subprocess.run(
            [*flask, "device", "add", "bench"], cwd=ROOT, env=os.environ | environ, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
        with process(gunicorn, **environ) as running:
            ready_s = wait_for(f"http://127.0.0.1:{port}/readyz", running)
            yield f"http://127.0.0.1:{port}", made.stdout.split()[-1], running, ready_s

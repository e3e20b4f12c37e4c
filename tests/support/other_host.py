"""Another host on the network: a network namespace, joined to this machine by a pair of interfaces."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class OtherHost:
    """Runs programs in the namespace; `server` is this machine's address as seen from there."""

    namespace: str
    server: str

    def command(self, *program: str) -> list[str]:
        """The command that runs this program there."""
        return ["ip", "netns", "exec", self.namespace, *program]

    def wrapper(self, folder: Path, program: str) -> Path:
        """An executable file that runs this program there, for a library that starts one."""
        path = folder / "in-namespace"
        path.write_text(f'#!/bin/sh\nexec {" ".join(self.command(program))} "$@"\n')
        path.chmod(0o755)
        return path


@contextmanager
def other_host() -> Iterator[OtherHost]:
    """Make the namespace, and remove it at the end; skips where this is not permitted."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and the ip command (iproute2) for a network namespace")
    # Processes of a test run have different numbers, and so different networks.
    number = os.getpid()
    network, name = f"10.{64 + number // 256 % 64}.{number % 256}", f"escv{number}"
    host = OtherHost(name, f"{network}.1")
    try:
        _ip("netns", "add", name)
    except subprocess.CalledProcessError:
        pytest.skip("this kernel or container permits no network namespace")
    try:
        _ip("link", "add", f"{name}h", "type", "veth", "peer", "name", "phone", "netns", name)
        _ip("addr", "add", f"{network}.1/30", "dev", f"{name}h")
        _ip("link", "set", f"{name}h", "up")
        _ip("-n", name, "addr", "add", f"{network}.2/30", "dev", "phone")
        for device in ("lo", "phone"):
            _ip("-n", name, "link", "set", device, "up")
        yield host
    finally:
        # The pair of interfaces ends with the namespace.
        _ip("netns", "del", name)


def _ip(*arguments: str) -> None:
    subprocess.run([shutil.which("ip") or "ip", *arguments], check=True, capture_output=True)

"""The start configuration of the demo: its folder, secrets, and the environments of its two servers."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from validator.demo.processes import StartError
from validator.demo.router import DelayError, delay_s
from validator.http.listening import (
    LAST_PORT,
    MOST_PROCESSES,
    MOST_THREADS,
    ListenError,
    host_and_port,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

DELAY = "ESCV_DEMO_DELAY_S"
# The demo must use neither the Router of a real site nor its database, where it would create people with a
# printed password.
IGNORED_SETTINGS = ("ESCV_ROUTER_URL", "ESCV_ROUTER_TOKEN", "ESCV_DATABASE_URL", "ESCV_REDIS_URL")
_HTTPS_ABOVE = 443
ROUTER_SETTINGS = (DELAY, "ESCV_TIMEZONE")
_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in "aeiou")


@dataclass(frozen=True, slots=True)
class Plan:
    """The address of the app and both environments. `password` is None if the user set one."""

    host: str
    port: int
    https_port: int | None
    app_environ: dict[str, str] = field(repr=False)
    router_environ: dict[str, str] = field(repr=False)
    password: str | None = field(repr=False, default=None)

    @property
    def address(self) -> tuple[str, int]:
        """The address of the app for this computer."""
        own = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared only
        return (own.get(self.host, self.host), self.port)


def make_plan(environ: Mapping[str, str], router_port: int) -> Plan:
    """Make the plan, the data folder and the secret in it. Raises StartError."""
    host, port = _checked(environ)
    folder = Path(environ.get("ESCV_DATA_DIR") or Path("data", "demo")).absolute()
    plain = {name: value for name, value in environ.items() if not _is_ignored(name)}
    app = {name: value for name, value in plain.items() if name != DELAY}
    app |= {"HOST": host, "PORT": str(port), "ESCV_DEMO": "1", "ESCV_DATA_DIR": str(folder)}
    app["ESCV_ROUTER_URL"] = f"http://127.0.0.1:{router_port}"
    if not _is_set(environ, "ESCV_SECRET_KEY"):
        app["ESCV_SECRET_KEY_FILE"] = str(kept_secret(folder))
    password = None if _is_set(environ, "ESCV_DEMO_PASSWORD") else pronounceable_password()
    if password:
        app["ESCV_DEMO_PASSWORD"] = password
    https_port = _https_port(environ, port)
    if https_port:
        app["ESCV_DEMO_HTTPS_PORT"] = str(https_port)
    return Plan(host, port, https_port, app, _router_environ(plain), password)


def _https_port(environ: Mapping[str, str], port: int) -> int | None:
    """The port of HTTPS=1: HTTPS_PORT, else 443 above PORT. None without HTTPS."""
    if not _is_https(environ):
        return None
    try:
        return whole_number(environ, "HTTPS_PORT", min(port + _HTTPS_ABOVE, LAST_PORT), LAST_PORT)
    except ListenError as error:
        raise StartError(str(error)) from None


def _is_https(environ: Mapping[str, str]) -> bool:
    return environ.get("HTTPS", "") not in {"", "0"}


def _router_environ(plain: Mapping[str, str]) -> dict[str, str]:
    """The settings of the simulated Router, without a secret of the app."""
    return {
        name: value
        for name, value in plain.items()
        if name in ROUTER_SETTINGS or not name.startswith("ESCV_")
    }


def kept_secret(folder: Path) -> Path:
    """The file with the secret of this folder, created at the first start and readable by its owner only."""
    path = folder / "secret-key"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            return path
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StartError(
            f"The folder {folder} cannot be used: {error.strerror}. Choose another with ESCV_DATA_DIR."
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    return path


def pronounceable_password() -> str:
    """Four short invented words, such as bafi-moku-reta-zilo: about 49 bits."""
    return "-".join(secrets.choice(_SYLLABLES) + secrets.choice(_SYLLABLES) for _ in range(4))


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return bool(environ.get(name) or environ.get(f"{name}_FILE"))


def _is_ignored(name: str) -> bool:
    return name.removesuffix("_FILE") in IGNORED_SETTINGS


def _checked(environ: Mapping[str, str]) -> tuple[str, int]:
    """HOST and PORT. Raises StartError also for other variables that would prevent a server from starting."""
    try:
        whole_number(environ, "WEB_CONCURRENCY", 1, MOST_PROCESSES)
        whole_number(environ, "WEB_THREADS", 16, MOST_THREADS)
        delay_s(environ)
        ZoneInfo(environ.get("ESCV_TIMEZONE") or "UTC")
        # HTTPS is for phones: without a HOST all addresses of this machine are used.
        every = {"HOST": "0.0.0.0"} if _is_https(environ) and not environ.get("HOST", "").strip() else {}  # noqa: S104
        return host_and_port(dict(environ) | every)
    except (ListenError, DelayError) as error:
        raise StartError(str(error)) from None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise StartError("ESCV_TIMEZONE must be a time zone's name such as Europe/Brussels.") from None

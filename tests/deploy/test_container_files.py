"""Dockerfile and compose.yaml of deploy/: sources exist, versions are named, nothing runs as root."""

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.support.demo_site import ROOT
from validator.environment import PREFIX
from validator.http.bodies import MAX_UPLOAD_BYTES
from validator.settings import Settings

DEPLOY = ROOT / "deploy"
NAMED_VERSION = re.compile(r":\d+\.\d+(\.\d+)?(-slim)?$")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments, in order."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_base_images_have_a_version() -> None:
    """A build next year begins from the same release."""
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]

    assert len(bases) == 2
    assert [base for base in bases if not NAMED_VERSION.search(base)] == []
    assert NAMED_VERSION.search(compose()["services"]["proxy"]["image"])


def test_what_is_copied_exists_and_reaches_the_build() -> None:
    """Each source of COPY is in the checkout, and .dockerignore lets it through."""
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    sources = {source for each in copied for source in each}
    ignoring = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    passed = {line.removeprefix("!") for line in ignoring if line.startswith("!")}

    assert [each for each in sources | passed if not (ROOT / each).exists()] == []
    assert [each for each in sources - {"."} if not any(one.startswith(each) for one in passed)] == []
    assert {"validator", "scanner", "offline_cache", "wsgi.py", "gunicorn.conf.py"} <= passed


def test_the_image_runs_without_root_and_has_a_health_check() -> None:
    """As a number, so that the runtime can refuse images of root."""
    last_stage = instructions()[max(i for i, (word, _) in enumerate(instructions()) if word == "FROM") :]
    words = dict(last_stage)

    assert words["USER"] == "10001:10001"
    assert words["VOLUME"] == "/data"
    assert "/livez" in words["HEALTHCHECK"]
    assert words["CMD"] == '[".venv/bin/gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]'


def test_each_service_is_closed() -> None:
    """Read-only, without rights that it does not need; the secret key is a file."""
    services = compose()["services"]

    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert services["proxy"]["cap_add"] == ["NET_BIND_SERVICE"]
    assert "ports" not in services["app"]
    environment = services["app"]["environment"]
    assert environment["ESCV_SECRET_KEY_FILE"] == "/run/secrets/escv_secret_key"
    assert services["app"]["secrets"] == list(compose()["secrets"]) == ["escv_secret_key"]
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    assert {name.removesuffix("_FILE") for name in environment if name.startswith(PREFIX)} <= known


def test_the_proxy_of_the_containers_has_the_limit_of_the_application() -> None:
    """In the words of newer versions of Caddy."""
    assert (
        compose()["services"]["proxy"]["environment"]["ESC_BUFFER"] == f"request_buffers {MAX_UPLOAD_BYTES}"
    )

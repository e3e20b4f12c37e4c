"""What `make run` starts with: environments, secrets and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from validator.demo.plan import ROOT, Plan, kept_secret, make_plan, speakable_password
from validator.demo.processes import StartError, listener
from validator.settings import Settings, unknown

if TYPE_CHECKING:
    from pathlib import Path


def test_the_app_gets_settings_that_it_can_start_with(tmp_path: Path) -> None:
    """From an empty environment comes a whole demo: its Router, its folder, its secret, its password."""
    plan = make_plan({"ESCV_DATA_DIR": str(tmp_path), "ESCV_DEMO_DELAY_S": "1"}, 4321)
    settings = Settings.from_env(plan.app_environ)

    assert plan.address == ("127.0.0.1", 8000)
    assert settings.demo
    assert settings.router_url == "http://127.0.0.1:4321"
    assert settings.data_dir == tmp_path
    assert settings.demo_password is not None
    assert settings.demo_password.get_secret_value() == plan.password
    assert unknown(plan.app_environ) == []


def test_the_data_stay_in_the_checkout_unless_said_otherwise(tmp_path: Path) -> None:
    """The demo keeps its data apart from a real site's; a relative folder is the caller's own."""
    given = {"ESCV_SECRET_KEY": "k" * 40}

    assert make_plan(given, 1).app_environ["ESCV_DATA_DIR"] == str(ROOT / "data" / "demo")
    assert make_plan(given | {"ESCV_DATA_DIR": str(tmp_path)}, 1).app_environ["ESCV_DATA_DIR"] == str(
        tmp_path
    )


@pytest.mark.parametrize("suffix", ["", "_FILE"])
def test_a_real_sites_database_and_router_are_never_taken_over(tmp_path: Path, suffix: str) -> None:
    """Settings of a real site that happen to be in the environment do not reach the demo."""
    names = ["ESCV_ROUTER_TOKEN", "ESCV_DATABASE_URL", "ESCV_REDIS_URL"]
    plan = make_plan({"ESCV_DATA_DIR": str(tmp_path)} | {name + suffix: "real" for name in names}, 1)

    assert "real" not in {*plan.app_environ.values(), *plan.router_environ.values()}


def test_the_stand_in_gets_no_secret(tmp_path: Path) -> None:
    """The stand-in knows its delay and the time zone, and nothing else of the settings."""
    given = {"ESCV_SECRET_KEY": "k" * 40, "ESCV_TIMEZONE": "UTC", "ESCV_DEMO_DELAY_S": "1", "PATH": "/bin"}
    plan = make_plan(given | {"ESCV_DATA_DIR": str(tmp_path)}, 1)

    assert plan.router_environ == {"ESCV_TIMEZONE": "UTC", "ESCV_DEMO_DELAY_S": "1", "PATH": "/bin"}


@pytest.mark.parametrize("name", ["ESCV_DEMO_PASSWORD", "ESCV_DEMO_PASSWORD_FILE"])
def test_a_given_password_is_neither_replaced_nor_printed(tmp_path: Path, name: str) -> None:
    """Who chose a password keeps it, and it does not appear on the screen."""
    plan = make_plan({"ESCV_DATA_DIR": str(tmp_path), name: "a word of mine"}, 1)

    assert plan.password is None
    assert plan.app_environ[name] == "a word of mine"
    assert "a word of mine" not in repr(plan)


def test_the_secret_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    """The second start finds the secret of the first, so that sessions outlive a restart."""
    path = kept_secret(tmp_path / "new")
    secret = path.read_text()

    assert kept_secret(tmp_path / "new").read_text() == secret
    assert len(secret.strip()) >= 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Where the data folder is a file, the message says so and what to set."""
    (tmp_path / "file").touch()

    with pytest.raises(StartError, match="Choose another with ESCV_DATA_DIR"):
        kept_secret(tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "65536", "PORT must be a number from 1 to 65535"),
        ("HOST", "127.0.0.1:80", "give the port in PORT"),
        ("WEB_CONCURRENCY", "many", "WEB_CONCURRENCY must be a number from 1 to 256"),
        ("WEB_THREADS", "0", "WEB_THREADS must be a number"),
        ("ESCV_DEMO_DELAY_S", "soon", "ESCV_DEMO_DELAY_S must be a number"),
        ("ESCV_TIMEZONE", "Mars", "ESCV_TIMEZONE must be a time zone"),
        ("ESCV_TIMEZONE", "../etc", "ESCV_TIMEZONE must be a time zone"),
    ],
)
def test_what_would_end_a_server_is_refused_before_one_starts(name: str, value: str, says: str) -> None:
    """In one sentence, since gunicorn would print a traceback."""
    with pytest.raises(StartError, match=says):
        make_plan({name: value}, 1)


def test_a_site_on_ipv6_is_reached_there() -> None:
    """An address that stands for all of the machine's own is no address to go to."""
    assert Plan("::", 8000, {}, {}).address == ("::1", 8000)
    assert Plan("0.0.0.0", 8000, {}, {}).address == ("127.0.0.1", 8000)  # noqa: S104 - only written down


def test_every_stand_in_gets_a_port_of_its_own() -> None:
    """Two demos on one machine do not meet."""
    with listener() as one, listener() as other:
        assert one.getsockname() != other.getsockname()


def test_a_made_password_can_be_said_and_is_new_each_time() -> None:
    """Four short words joined by hyphens, never the same."""
    words = {speakable_password() for _ in range(50)}

    assert len(words) == 50
    assert all(len(word) == 19 and word.replace("-", "").isalpha() for word in words)

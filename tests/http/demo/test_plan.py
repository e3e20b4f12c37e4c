"""The start configuration of `make run`: environments, secrets and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from validator.demo.plan import Plan, kept_secret, make_plan, pronounceable_password
from validator.demo.processes import StartError, listener
from validator.environment import unknown
from validator.settings import Settings


def test_the_app_gets_settings_that_it_can_start_with(tmp_path: Path) -> None:
    """An empty environment gives a complete demo: Router, folder, secret, password."""
    plan = make_plan({"ESCV_DATA_DIR": str(tmp_path), "ESCV_DEMO_DELAY_S": "1"}, 4321)
    settings = Settings.from_env(plan.app_environ)

    assert plan.address == ("127.0.0.1", 8000)
    assert settings.demo
    assert settings.router_url == "http://127.0.0.1:4321"
    assert settings.data_dir == tmp_path
    assert settings.demo_password is not None
    assert settings.demo_password.get_secret_value() == plan.password
    assert unknown(plan.app_environ, Settings.model_fields) == {}


def test_the_data_folder_is_in_the_current_folder_by_default(tmp_path: Path) -> None:
    """The demo has its own data folder; a relative folder is relative to the current one."""
    given = {"ESCV_SECRET_KEY": "k" * 40}

    assert make_plan(given, 1).app_environ["ESCV_DATA_DIR"] == str(Path.cwd() / "data" / "demo")
    assert make_plan(given | {"ESCV_DATA_DIR": str(tmp_path)}, 1).app_environ["ESCV_DATA_DIR"] == str(
        tmp_path
    )


@pytest.mark.parametrize("suffix", ["", "_FILE"])
def test_database_and_router_of_a_real_site_are_ignored(tmp_path: Path, suffix: str) -> None:
    """Settings of a real site in the environment do not reach the demo."""
    names = ["ESCV_ROUTER_TOKEN", "ESCV_DATABASE_URL", "ESCV_REDIS_URL"]
    plan = make_plan({"ESCV_DATA_DIR": str(tmp_path)} | {name + suffix: "real" for name in names}, 1)

    assert "real" not in {*plan.app_environ.values(), *plan.router_environ.values()}


def test_the_simulated_router_gets_no_secret(tmp_path: Path) -> None:
    """It gets its delay and the time zone, and no other setting."""
    given = {"ESCV_SECRET_KEY": "k" * 40, "ESCV_TIMEZONE": "UTC", "ESCV_DEMO_DELAY_S": "1", "PATH": "/bin"}
    plan = make_plan(given | {"ESCV_DATA_DIR": str(tmp_path)}, 1)

    assert plan.router_environ == {"ESCV_TIMEZONE": "UTC", "ESCV_DEMO_DELAY_S": "1", "PATH": "/bin"}


@pytest.mark.parametrize("name", ["ESCV_DEMO_PASSWORD", "ESCV_DEMO_PASSWORD_FILE"])
def test_a_given_password_is_neither_replaced_nor_printed(tmp_path: Path, name: str) -> None:
    """A password that the user set is used, and not printed."""
    plan = make_plan({"ESCV_DATA_DIR": str(tmp_path), name: "a word of mine"}, 1)

    assert plan.password is None
    assert plan.app_environ[name] == "a word of mine"
    assert "a word of mine" not in repr(plan)


def test_the_secret_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    """The second start uses the secret of the first, so that sessions survive a restart."""
    path = kept_secret(tmp_path / "new")
    secret = path.read_text()

    assert kept_secret(tmp_path / "new").read_text() == secret
    assert len(secret.strip()) >= 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """If the data folder is a file, the message names it and the setting."""
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
def test_settings_that_prevent_a_server_from_starting_are_refused_first(
    name: str, value: str, says: str
) -> None:
    """With one sentence; gunicorn would print a traceback."""
    with pytest.raises(StartError, match=says):
        make_plan({name: value}, 1)


def test_a_site_on_ipv6_is_reached_there() -> None:
    """The address for all interfaces is replaced by loopback."""
    assert Plan("::", 8000, None, {}, {}).address == ("::1", 8000)
    assert Plan("0.0.0.0", 8000, None, {}, {}).address == ("127.0.0.1", 8000)  # noqa: S104 - only written down


def test_each_simulated_router_gets_its_own_port() -> None:
    """Two demos on one machine do not conflict."""
    with listener() as one, listener() as other:
        assert one.getsockname() != other.getsockname()


def test_a_generated_password_is_pronounceable_and_new_each_time() -> None:
    """Four short words with hyphens, different each time."""
    words = {pronounceable_password() for _ in range(50)}

    assert len(words) == 50
    assert all(len(word) == 19 and word.replace("-", "").isalpha() for word in words)

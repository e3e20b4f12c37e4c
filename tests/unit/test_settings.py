"""What the operator may and may not set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.app_factory import SECRET
from validator.environment import unknown
from validator.settings import PRODUCTION_ROUTER, Settings, SettingsError
from validator.version import PRODUCT

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"ESCV_SECRET_KEY": SECRET}


def faults(**values: str) -> str:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env(GOOD | values)
    return str(raised.value)


def test_a_secret_is_all_that_must_be_set() -> None:
    """With a secret alone the defaults of the contract hold, and the real Router is asked over https."""
    settings = Settings.from_env(GOOD)

    assert settings.router_url == PRODUCTION_ROUTER
    assert settings.router_endpoints == ("status-v2", "verifier")
    assert (settings.router_deadline_s, settings.router_calls_per_s) == (2.5, 5.0)
    assert (settings.fresh_s, settings.fresh_not_valid_s) == (60.0, 30.0)
    assert (settings.stale_s, settings.stale_not_valid_s) == (604_800.0, 86_400.0)
    assert settings.secure_cookies is True
    assert settings.limits == "on"
    assert settings.show_display_name is False


def test_all_faults_are_told_in_one_message() -> None:
    """Three faults of three kinds appear together, each with the variable's full name."""
    message = faults(
        ESCV_SECRET_KEY="short",
        ESCV_ROUTER_URL="ftp://router",
        ESCV_STALE_S="soon",
        ESCV_ROUTER_ENDPOINTS="v3",
    )

    for name in ("ESCV_SECRET_KEY", "ESCV_ROUTER_URL", "ESCV_STALE_S", "ESCV_ROUTER_ENDPOINTS"):
        assert name in message


def test_faults_are_worded_for_who_mends_them() -> None:
    """No words of a parser, for settings of each type; a wrong address says how one is written."""
    message = faults(
        ESCV_DEMO="perhaps",
        ESCV_PROXY_HOPS="x",
        ESCV_FRESH_S="soon",
        ESCV_SESSION_S="nan",
        ESCV_LIMITS="perhaps",
        ESCV_PACK_FOR="king",
        ESCV_REDIS_URL="redis://host:port/0",
        ESCV_DATABASE_URL="nonsense",
    )

    assert "ESCV_DEMO must be true or false" in message
    assert "ESCV_PROXY_HOPS must be a whole number" in message
    assert "ESCV_FRESH_S must be a number" in message
    assert "ESCV_LIMITS must be 'on' or 'off'" in message
    assert "ESCV_REDIS_URL must have a port from 1 to 65535" in message
    assert "ESCV_DATABASE_URL must be an address such as postgresql://" in message
    assert not re.search(r"Input|pars|valid (number|integer|boolean)", message)


@pytest.mark.parametrize(
    "address", ["mysql://u:p@h/x", "sqlite://", "sqlite:///:memory:", "postgresql://h:port/x"]
)
def test_a_database_that_cannot_be_used_is_refused(address: str) -> None:
    """Before anything is opened, and without its address, which may hold a password."""
    message = faults(ESCV_DATABASE_URL=address)

    assert "ESCV_DATABASE_URL must" in message
    assert not re.search("u:p@|h:port|:memory:", message)


def test_a_message_never_holds_a_value() -> None:
    """Secrets do not reach the terminal by way of a fault."""
    assert "hunter2" not in faults(ESCV_SECRET_KEY="hunter2", ESCV_PROXY_HOPS="hunter2")


@pytest.mark.parametrize(
    "secret",
    ["", "short", "changeme-changeme-changeme-changeme-1", "x" * 40, "your-secret-key-goes-here-0123456789"],
)
def test_missing_short_and_example_secrets_are_refused(secret: str) -> None:
    """Without a secret of one's own the application does not start outside demo mode."""
    with pytest.raises(SettingsError, match="ESCV_SECRET_KEY"):
        Settings.from_env({"ESCV_SECRET_KEY": secret})


def test_demo_mode_makes_its_own_secret() -> None:
    """In demo mode a missing secret is made up anew at each start, and cookies pass over plain loopback."""
    demo = {"ESCV_DEMO": "1", "ESCV_ROUTER_URL": "http://127.0.0.1:9"}
    first, second = Settings.from_env(demo), Settings.from_env(demo)

    assert first.secret_key != second.secret_key
    assert first.secure_cookies is False


def test_demo_mode_refuses_the_real_router() -> None:
    """Demo cards are never asked for at the Router."""
    assert "ESCV_ROUTER_URL must be a loopback address" in faults(ESCV_DEMO="1")


@pytest.mark.parametrize(
    "address",
    [
        "http://router.example",
        "https://user@router.example",
        "https://router.example?x=1",
        "https://router.example#x",
        "https://",
        "router.example",
        "https://evil.example\\@router.example",
        "http://127.0.0.1.evil.example",
    ],
)
def test_a_router_address_is_plain_and_https(address: str) -> None:
    """Plain http, user names, queries and tricks in the Router's address are refused."""
    assert "ESCV_ROUTER_URL" in faults(ESCV_ROUTER_URL=address)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8081", "http://localhost:1", "http://[::1]:8081/", "https://r.example/base/"],
)
def test_loopback_may_use_http(address: str) -> None:
    """A Router stand-in on this machine needs no certificate; a final slash is left out."""
    settings = Settings.from_env(GOOD | {"ESCV_ROUTER_URL": address})

    assert settings.router_url == address.rstrip("/")


def test_the_deadline_cannot_break_the_promise_of_three_seconds() -> None:
    """A deadline above 2.8 s is refused, since every answer comes within 3 s."""
    assert "ESCV_ROUTER_DEADLINE_S" in faults(ESCV_ROUTER_DEADLINE_S="3")


def test_endpoints_keep_their_order_and_are_named_once() -> None:
    """The order of asking is the operator's; a doubled or missing name is a fault."""
    settings = Settings.from_env(GOOD | {"ESCV_ROUTER_ENDPOINTS": "verifier, status-v2"})

    assert settings.router_endpoints == ("verifier", "status-v2")
    assert "ESCV_ROUTER_ENDPOINTS" in faults(ESCV_ROUTER_ENDPOINTS="verifier,verifier")
    assert "ESCV_ROUTER_ENDPOINTS" in faults(ESCV_ROUTER_ENDPOINTS=" , ")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    """…_FILE reads a mounted secret without its final line break."""
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n", encoding="utf-8")

    settings = Settings.from_env({"ESCV_SECRET_KEY_FILE": str(path)})

    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == SECRET


def test_a_missing_secret_file_and_a_doubled_setting_are_faults(tmp_path: Path) -> None:
    """A file that cannot be read is said, and so is a setting given in both ways."""
    assert "ESCV_ROUTER_TOKEN_FILE cannot be read" in faults(ESCV_ROUTER_TOKEN_FILE=str(tmp_path / "none"))
    assert "both set" in faults(ESCV_TIMEZONE="Europe/Paris", ESCV_TIMEZONE_FILE=str(tmp_path))


def test_a_token_with_a_line_break_is_a_fault() -> None:
    """A token that would end the header it stands in is refused at start."""
    assert "ESCV_ROUTER_TOKEN" in faults(ESCV_ROUTER_TOKEN="tok\nX-Evil: 1")


def test_an_unknown_time_zone_is_a_fault() -> None:
    """A misspelt zone is refused rather than read as UTC."""
    assert "ESCV_TIMEZONE" in faults(ESCV_TIMEZONE="Europe/Bruxelles")


def test_secrets_do_not_show_in_a_repr() -> None:
    """The settings may be printed while debugging."""
    settings = Settings.from_env(
        GOOD | {"ESCV_ROUTER_TOKEN": "tok-123456", "ESCV_DATABASE_URL": "postgresql://u:pw@h/d"}
    )

    assert SECRET not in repr(settings)
    assert "tok-123456" not in repr(settings)
    assert "pw@h" not in repr(settings)


def test_a_misspelt_setting_is_a_fault_with_the_nearest_name() -> None:
    """A setting that has no effect may be one that protects. The value is not repeated."""
    message = faults(ESCV_TRUST_HOSTS="geheim", ESCV_PROXY_HOP="1", ESCV_SECRET_KEY_FIL="geheim")

    assert "ESCV_TRUST_HOSTS is no setting: perhaps ESCV_TRUSTED_HOSTS is meant" in message
    assert "ESCV_PROXY_HOP is no setting: perhaps ESCV_PROXY_HOPS is meant" in message
    assert "ESCV_SECRET_KEY_FIL is no setting: perhaps ESCV_SECRET_KEY_FILE is meant" in message
    assert "geheim" not in message


def test_a_variable_unlike_all_settings_is_no_fault() -> None:
    """Another program may use the prefix; the start warns of the name."""
    environ = GOOD | {"ESCV_X": "1", "PATH": "/bin"}

    assert Settings.from_env(environ).demo is False
    assert unknown(environ, Settings.model_fields) == {"ESCV_X": None}


@pytest.mark.parametrize("field", Settings.model_fields)
@pytest.mark.parametrize("value", ["?", "-1", "1e99", "nan", "\u202e", "x" * 5000, "http://[", "(", "a,,b"])
def test_no_fault_names_a_library(field: str, value: str) -> None:
    """Whatever is set, the message is about the setting."""
    environ = GOOD | {f"ESCV_{field.upper()}": value}
    said = ""
    try:
        Settings.from_env(environ)
    except SettingsError as error:
        said = str(error)

    assert not said or f"ESCV_{field.upper()} " in said
    assert not re.search(r"pydantic|sqlalchemy|alembic|urllib|zoneinfo|ssl\.|Input|Error|pars(e|ing)", said)


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        (None, PRODUCT),
        ("it-support@example.edu", f"{PRODUCT} (+it-support@example.edu)"),
        ("https://www.example.edu/it", f"{PRODUCT} (+https://www.example.edu/it)"),
    ],
)
def test_the_router_learns_version_and_contact(contact: str | None, agent: str) -> None:
    """Its operators can ask the site before they refuse it."""
    settings = Settings.from_env(GOOD | ({"ESCV_USER_AGENT_CONTACT": contact} if contact else {}))

    assert settings.router_config.user_agent == agent


@pytest.mark.parametrize(
    "contact", ["me", "a@b.c\r\nX-Evil: 1", "a@b.c)", "a@b c.example", "a@" + "b" * 300, "ä@b.eu"]
)
def test_a_contact_that_would_break_the_header_is_a_fault(contact: str) -> None:
    """It is part of a comment in User-Agent."""
    assert "ESCV_USER_AGENT_CONTACT must be an e-mail address or a web address" in faults(
        ESCV_USER_AGENT_CONTACT=contact
    )


def test_the_database_lies_in_the_data_folder_unless_told_otherwise(tmp_path: Path) -> None:
    """An empty data folder is enough to start from."""
    assert (
        Settings.from_env(GOOD | {"ESCV_DATA_DIR": str(tmp_path)}).database_address
        == f"sqlite:///{tmp_path}/validator.sqlite"
    )
    elsewhere = Settings.from_env(GOOD | {"ESCV_DATABASE_URL": "postgresql://h/d"})
    assert elsewhere.database_address == "postgresql://h/d"

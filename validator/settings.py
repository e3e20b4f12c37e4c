"""Every setting: read from the environment (ESCV_…, or ESCV_…_FILE for a mounted secret), checked at start.

All faults are listed in one message. There is no default secret outside demo mode.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from sqlalchemy.engine import make_url

from validator.environment import comma_list, debugging, fault, gather, misspelt
from validator.router.config import (
    Contact,
    RouterAddress,
    RouterCaFile,
    RouterConfig,
    RouterProxy,
    RouterToken,
    is_loopback,
    user_agent,
)
from validator.router.route import UnusableProxyError, certificate_setting_errors, environment_proxy
from validator.store_addresses import DatabaseAddress, RedisAddress

if TYPE_CHECKING:
    from collections.abc import Mapping

PRODUCTION_ROUTER = "https://router.europeanstudentcard.eu"
MIN_SECRET_BYTES = 32
EXAMPLE = re.compile(r"change|example|secret|password|default|your[-_ ]|^(.)\1*$", re.IGNORECASE)


class SettingsError(Exception):
    """The settings cannot be used; the message names every fault and what to do about it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"ESC Validator cannot start. Correct these settings:\n{lines}")


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("must be a time zone's name such as Europe/Brussels")
    return value


def _distinct(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value or len(set(value)) != len(value):
        raise ValueError("must name each endpoint once: status-v2, verifier, or both in the order to ask")
    return value


Endpoint = Literal["status-v2", "verifier"]
Endpoints = Annotated[tuple[Endpoint, ...], BeforeValidator(comma_list), AfterValidator(_distinct)]
PackCaller = Literal["staff", "manager", "device", "kiosk"]
PACK_CALLERS: tuple[PackCaller, ...] = ("staff", "manager", "device", "kiosk")
PackFor = Annotated[tuple[PackCaller, ...], BeforeValidator(comma_list)]
Hosts = Annotated[tuple[str, ...], BeforeValidator(comma_list)]
Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(comma_list)]
Seconds = Annotated[float, Field(ge=0, le=366 * 86_400)]


class Settings(BaseModel):
    """What the operator chose. Field names are the variables' names without the prefix, in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=True, hide_input_in_errors=True)

    demo: bool = False
    demo_password: SecretStr | None = None
    demo_https_port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    secret_key: SecretStr | None = None
    old_secret_keys: Secrets = ()
    secure_cookies: bool | None = None
    trusted_hosts: Hosts = ()
    proxy_hops: Annotated[int, Field(ge=0, le=5)] = 0
    hsts_subdomains: bool = False
    limits: Literal["on", "off"] = "on"
    # A shift, with its hand-over; and longer than the quietest stretch between two cards at an open counter.
    session_s: Annotated[float, Field(ge=60, le=366 * 86_400)] = 36_000.0
    session_idle_s: Annotated[float, Field(ge=60, le=366 * 86_400)] = 14_400.0

    router_url: RouterAddress = PRODUCTION_ROUTER
    router_endpoints: Endpoints = ("status-v2", "verifier")
    router_token: RouterToken | None = None
    router_proxy: RouterProxy | None = None
    router_ca_file: RouterCaFile | None = None
    user_agent_contact: Contact | None = None
    # 2.8 s leaves 0.2 s of the promised 3.0 s for everything that is not the Router.
    router_deadline_s: Annotated[float, Field(gt=0, le=2.8)] = 2.5
    router_permits: Annotated[int, Field(ge=1, le=256)] = 14
    processes: Annotated[int, Field(ge=1, le=256)] = 1
    router_calls_per_s: Annotated[float, Field(ge=0, le=1_000)] = 5.0
    show_display_name: bool = False

    fresh_s: Seconds = 60.0
    fresh_not_valid_s: Seconds = 30.0
    refresh_s: Seconds = 0.0
    stale_s: Seconds = 604_800.0
    stale_not_valid_s: Seconds = 86_400.0
    pack_cards: Annotated[int, Field(ge=0, le=1_000_000)] = 50_000
    pack_age_s: Seconds = 604_800.0
    pack_for: PackFor = PACK_CALLERS
    server_reading: bool = True
    retention_days: Annotated[int, Field(ge=0, le=366)] = 30
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/Brussels"

    data_dir: Path = Path("data")
    database_url: DatabaseAddress | None = None
    redis_url: RedisAddress | None = None

    @field_validator("secret_key")
    @classmethod
    def _a_real_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr:
        if value is None:
            if info.data.get("demo"):
                return SecretStr(secrets.token_urlsafe(32))
            raise ValueError(
                'is missing: make one with  python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        text = value.get_secret_value()
        if len(text.encode()) < MIN_SECRET_BYTES or EXAMPLE.search(text):
            raise ValueError("is too short or an example: use 32 random bytes or more of your own")
        return value

    @field_validator("old_secret_keys")
    @classmethod
    def _were_real_secrets(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(one.get_secret_value().encode()) < MIN_SECRET_BYTES for one in value):
            raise ValueError(
                "names a key that could never have been ESCV_SECRET_KEY: put earlier ones here, with commas"
            )
        return value

    @field_validator("secure_cookies")
    @classmethod
    def _secure_unless_demo(cls, value: bool | None, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's form
        return not info.data.get("demo") if value is None else value

    @field_validator("router_url")
    @classmethod
    def _demo_never_asks_the_real_router(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("demo") and not is_loopback(urlsplit(value).hostname or ""):
            raise ValueError(
                "must be a loopback address in demo mode: demo cards are not the Router's business"
            )
        return value

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The secret key and then the earlier ones, which are still believed."""
        current = () if self.secret_key is None else (self.secret_key,)
        return tuple(one.get_secret_value() for one in (*current, *self.old_secret_keys))

    @property
    def zone(self) -> ZoneInfo:
        """Where a card's last day ends."""
        return ZoneInfo(self.timezone)

    @property
    def router_config(self) -> RouterConfig:
        """How the Router is called; each process of this host gets its share of the rate limit."""
        calls_per_s = self.router_calls_per_s if self.limits == "on" else 0.0
        return RouterConfig(
            base_url=self.router_url,
            endpoints=self.router_endpoints,
            deadline_s=self.router_deadline_s,
            token=self.router_token.get_secret_value() if self.router_token else None,
            permits=self.router_permits,
            calls_per_s=calls_per_s / self.processes,
            keep_display_name=self.show_display_name,
            # In the demo single cards fail, not the Router.
            has_breaker=not self.demo,
            proxy=self.router_proxy,
            ca_file=self.router_ca_file,
            user_agent=user_agent(self.user_agent_contact),
        )

    @property
    def database_address(self) -> str:
        """The database's address; an SQLite file in the data folder where none was given."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir / 'validator.sqlite').absolute()}"

    @property
    def database_file(self) -> Path | None:
        """The database's file; None where it is elsewhere."""
        url = make_url(self.database_address)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read and check all settings, or raise one SettingsError that names every fault."""
        values, faults = gather(environ, cls.model_fields)
        faults += misspelt(environ, cls.model_fields)
        try:
            settings = cls.model_validate(values)
            faults += [] if settings.demo else debugging(environ)
            faults += certificate_setting_errors(settings.router_url, environ)
            proxy = settings.router_proxy or environment_proxy(settings.router_url, environ)
            settings = settings.model_copy(update={"router_proxy": proxy})
        except ValidationError as error:
            faults += [fault(item) for item in error.errors()]
        except UnusableProxyError as error:
            faults.append(str(error))
        if faults:
            raise SettingsError(sorted(faults))
        return settings

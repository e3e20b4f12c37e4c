"""The setting types of the addresses of database and Redis."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError


def _redis(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must be an address such as redis://host:6379/0, rediss://… or unix:///path")
    if find_spec("redis") is None:
        raise ValueError("needs the extra “redis”: pip install 'esc-validator[redis]'")
    try:
        urlsplit(value.get_secret_value()).port  # noqa: B018 - it is checked when it is asked for
    except ValueError:
        raise ValueError("must have a port from 1 to 65535, such as redis://host:6379/0") from None
    return value


def _database(value: SecretStr) -> SecretStr:
    try:
        url = make_url(value.get_secret_value())
    except (SQLAlchemyError, ValueError):
        raise ValueError(
            "must be an address such as postgresql://user:password@host/name or sqlite:////folder/file.sqlite"
        ) from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError("must begin with sqlite:// or postgresql://: no other database can be used")
    if url.get_backend_name() == "sqlite" and (not url.database or url.database == ":memory:"):
        raise ValueError("must name a file, such as sqlite:////folder/file.sqlite")
    return value


DatabaseAddress = Annotated[SecretStr, AfterValidator(_database)]
RedisAddress = Annotated[SecretStr, AfterValidator(_redis)]

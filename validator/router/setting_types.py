"""The settings that say how the Router is reached, each checked as the configuration checks it."""

from __future__ import annotations

import ssl
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

from validator.router.config import RouterConfig
from validator.router.route import Proxy, add_authorities


def _address(value: str) -> str:
    address = value.rstrip("/")
    RouterConfig(base_url=address)
    return address


def _token(value: SecretStr) -> SecretStr:
    RouterConfig(base_url="https://router.invalid", token=value.get_secret_value())
    return value


def _proxy(value: object) -> object:
    return Proxy.named(value, "ESCV_ROUTER_PROXY") if isinstance(value, str) else value


def _ca_file(value: str) -> str:
    add_authorities(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), value)
    return value


RouterAddress = Annotated[str, AfterValidator(_address)]
RouterToken = Annotated[SecretStr, AfterValidator(_token)]
RouterProxy = Annotated[Proxy, BeforeValidator(_proxy)]
RouterCaFile = Annotated[str, AfterValidator(_ca_file)]

"""One bounded GET to the configured address: no redirect, no cookie, no log line with the address."""

from __future__ import annotations

import http.client
import logging
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import Timeout

from validator.router.answers import RouterFailure
from validator.router.connections import BoundedAdapter
from validator.router.failures import (
    PROXY_STATUSES,
    as_proxy_failure,
    failure_of,
    incomplete_body,
    is_stale,
    proxy_status_failure,
)
from validator.router.reply import Reply, needs_body
from validator.router.route import certificates
from validator.verdict import Reason

if TYPE_CHECKING:
    import ssl

    from validator.router.config import RouterConfig
    from validator.router.runtime import Deadline

_LOGGERS = ("connection", "connectionpool", "poolmanager", "response", "util.retry")


class Transport:
    """The connections to the Router, kept alive between calls. Thread-safe."""

    def __init__(self, config: RouterConfig) -> None:
        self._config = config
        self._session = _session(config)
        # Over http the proxy itself answers, so its failures look like the Router's.
        self._is_forwarded = config.proxy is not None and config.base_url.startswith("http:")
        _keep_addresses_out_of_logs()

    def get(self, address: str, deadline: Deadline) -> Reply | RouterFailure:
        """The reply, with a bounded body, within the deadline; else the failure."""
        while (left := deadline.left()) > 0:
            try:
                return self._try_once(address, left)
            except requests.RequestException as error:
                # Repeating a GET is safe. The loop ends: each turn uses up a kept connection.
                if not is_stale(error):
                    failure = failure_of(error, is_late=deadline.left() <= 0)
                    return as_proxy_failure(failure) if self._is_forwarded else failure
        return RouterFailure(Reason.ROUTER_TIMEOUT, "no time left")

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _try_once(self, address: str, left: float) -> Reply | RouterFailure:
        limit = Timeout(total=left, connect=min(left, self._config.connect_s))
        with self._session.get(
            address,
            timeout=limit,  # type: ignore[arg-type]  # requests accepts urllib3's Timeout, its stubs do not
            stream=True,
            allow_redirects=False,
        ) as response:
            if response.status_code in PROXY_STATUSES and self._is_forwarded:
                return proxy_status_failure(str(response.status_code))
            try:
                body = self._body(response) if needs_body(response.status_code) else None
            except ReadTimeoutError:
                return RouterFailure(Reason.ROUTER_TIMEOUT, "the body took too long")
            except (HTTPError, OSError, http.client.HTTPException) as error:
                # The reply began and broke off. A proxy turns a reset into a short body: same reason.
                return incomplete_body(error)
            return Reply(
                status=response.status_code,
                content_type=response.headers.get("Content-Type"),
                content_encoding=response.headers.get("Content-Encoding"),
                retry_after=response.headers.get("Retry-After"),
                date=response.headers.get("Date"),
                body=body,
            )

    def _body(self, response: requests.Response) -> bytes | None:
        """The body as sent, or None if it is over the bound, whatever length was announced."""
        most = self._config.max_body
        if (response.raw.length_remaining or 0) > most:
            return None
        body = b""
        # Read to the end: only the read after the last byte distinguishes a short body from a complete one.
        while data := response.raw.read(most + 1 - len(body), decode_content=False):
            body += data
            if len(body) > most:
                return None
        return body


class _Session(requests.Session):
    """A session without redirects: requests reads a redirect's target even if it must not follow it."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Always none."""


def _session(config: RouterConfig) -> requests.Session:
    session = _Session()
    session.trust_env = False  # no .netrc, proxies or certificates except those of the configuration
    if config.proxy is not None:
        session.proxies = {"http": config.proxy.address, "https": config.proxy.address}
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.headers.clear()
    session.headers.update(
        {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": config.user_agent}
    )
    if config.token is not None:
        session.headers["Authorization"] = f"Bearer {config.token}"
    session.adapters.clear()
    session.mount(f"{config.base_url}/", BoundedAdapter(config.permits, _tls(config)))
    return session


def _tls(config: RouterConfig) -> ssl.SSLContext | None:
    addresses = (config.base_url, config.proxy.address if config.proxy else "")
    is_used = any(address.lower().startswith("https:") for address in addresses)
    return certificates(config.ca_file)[0] if is_used else None


def _reject(_record: logging.LogRecord) -> bool:
    return False


def _keep_addresses_out_of_logs() -> None:
    """Urllib3 logs paths, which hold the card's number. A filter survives any change of log level."""
    for name in _LOGGERS:
        logging.getLogger(f"urllib3.{name}").addFilter(_reject)

"""Logs as one JSON object a line on standard error; card numbers are struck out wherever they stand."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

# Any 128 bits in hexadecimal, hyphens or other single separators or none: a card number, or near enough.
_NUMBER = re.compile(r"[0-9a-f]{8}(?:[^0-9a-f]?[0-9a-f]{4}){3}[^0-9a-f]?[0-9a-f]{12}", re.IGNORECASE)
STRUCK_OUT = "[number]"


def strike_out(value: object) -> object:
    """The value with every card number in it struck out; containers are walked, other types left alone."""
    if isinstance(value, str):
        return _NUMBER.sub(STRUCK_OUT, value)
    if isinstance(value, dict):
        return {strike_out(key): strike_out(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [strike_out(item) for item in value]
    return value


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before the line is written: nothing passes it with a card number."""
    return {key: strike_out(value) for key, value in event.items()}


def configure() -> None:
    """Send structlog's and the standard library's records through the same processors."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # urllib3 writes whole addresses, and with them card numbers, at its lower levels.
    logging.getLogger("urllib3").setLevel(logging.ERROR)

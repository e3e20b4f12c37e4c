"""Logs: one JSON object a line on standard error, without personal data or input."""

from __future__ import annotations

import logging
import re
import sys
import threading
from typing import TYPE_CHECKING, Any

import structlog
from flask import request
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from validator.redaction import describe_error, redact_event

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType

    from flask import Flask

    Event = MutableMapping[str, Any]

# Loggers whose messages hold no input. Of other loggers the format is kept, not the values.
_OURS = ("validator", "scanner", "offline_cache")
# The access log holds the route, never the path: programs put card numbers into addresses.
ROUTE = "escv.route"
# Signals are named in capitals.
_HARMLESS = re.compile(r"[A-Z]{1,12}")


class Handler(logging.StreamHandler[Any]):
    """Writes lines; reports a line that cannot be written, without its content."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Report which logger's line was lost."""
        sys.stderr.write(f'{{"event": "log_line_lost", "logger": "{record.name}"}}\n')


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's own messages through the same processors."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401 - gunicorn's
        """Put our handler in the place of gunicorn's; the access log keeps its own format."""
        super().setup(cfg)
        self.error_log.handlers[:] = [handler()]


def format_foreign(_logger: object, _method: str, event: Event) -> Event:
    """Format another library's message; a warning keeps its format and numbers only."""
    record, values = event.get("_record"), event.pop("positional_args", ())
    if isinstance(record, logging.LogRecord) and values:
        is_quoting = record.levelno >= logging.WARNING and not record.name.startswith(_OURS)
        if is_quoting and isinstance(values, tuple):
            values = tuple(value if _is_harmless(value) else "…" for value in values)
        event["event"] = _filled(str(event["event"]), values)
    return event


def _is_harmless(value: object) -> bool:
    return isinstance(value, int) or _HARMLESS.fullmatch(str(value)) is not None


def _filled(words: str, values: object) -> str:
    try:
        return words % values
    except (TypeError, ValueError, KeyError):
        return words


def add_error_place(_logger: object, _method: str, event: Event) -> Event:
    """Replace a traceback by type and place: the message may quote input."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = describe_error(error)
    event.pop("stack_info", None)
    return event


def redact(_logger: object, _method: str, event: Event) -> Event:
    """The last processor before the line is written."""
    return redact_event(event)


_SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_logger_name,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_error_place,
]
# One list for the whole process: a logger keeps the list of its first use, also after a second `configure`.
_PROCESSORS: list[structlog.typing.Processor] = [
    *_SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def handler() -> logging.Handler:
    """What writes to standard error, for any logger."""
    made = Handler(sys.stderr)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            use_get_message=False,
            pass_foreign_args=True,
            processors=[
                format_foreign,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    return made


def configure() -> None:
    """Send all events and uncaught exceptions through the same processors."""
    structlog.configure(
        processors=_PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler()]
    root.setLevel(logging.INFO)
    # urllib3 writes whole addresses, and with them card numbers, at its lower levels.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _uncaught_in_thread


def init_app(app: Flask) -> None:
    """Give the access log the route of each request, before anything can refuse the request."""

    @app.before_request
    def _name_route() -> None:
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "-"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("validator").critical("uncaught", exc_info=(kind, error, trace))


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None:
        _uncaught(found.exc_type, found.exc_value, found.exc_traceback)

"""Errors outside any verdict: problem+json under /api/, a page elsewhere; each says what to do next."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from validator.api.problems import as_response, problem
from validator.error_words import OTHER_SITE, words_for
from validator.http.origin import CrossSiteRefused
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from flask import Flask

    from validator.error_words import ErrorWords

log = structlog.get_logger(__name__)
REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


def init_app(app: Flask) -> None:
    """Answer every HTTP error and every fault of this server."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def _fault(error: Exception) -> Response:
    # The text of an unforeseen exception may hold what was read: its type and place are enough to find it.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else ""
    log.error("fault", kind=type(error).__name__, where=where, endpoint=request.endpoint)
    return _http_error(InternalServerError())


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    words = OTHER_SITE if isinstance(error, CrossSiteRefused) else words_for(status)
    if status in REFUSED:
        log.info("access_refused", status=int(status), endpoint=request.endpoint)
    if request.path.startswith("/api/"):
        response = as_response(problem(status, words.code, f"{words.text} {words.next_step}"))
    else:
        response = _page(words, status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def _page(words: ErrorWords, status: int) -> Response:
    try:
        return make_response(
            render_template("error.html", text=_(words.text), next_step=_(words.next_step)), status
        )
    except Exception as error:  # noqa: BLE001 - what hinders the page must not take the place of its error
        # A host that is not ours has no addresses, and without those no page can be drawn.
        log.info("error_in_plain_words", kind=type(error).__name__, status=int(status))
        return Response(f"{words.text} {words.next_step}\n", status, mimetype="text/plain")

"""Bounds on the size of request bodies; bodies are kept in memory, never on the disk.

A view accepts a small form by default. `@takes(…)` raises the bound for one view, so a large body cannot be
sent to an address that expects a small one. access.py refuses unauthenticated requests before any body is
read.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, TYPE_CHECKING, TypeVar

from flask import Request, current_app, request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from werkzeug.exceptions import LengthRequired

from validator.http.access import Access, level_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flask import Flask

# A user name and a password, or a card number, however they are encoded.
MAX_FORM_BYTES = 8 * 1024
# The longest QR code holds 4 296 characters; each is up to 12 bytes in a form.
MAX_TEXT_BYTES = 64 * 1024
# A batch of 100 addresses is some 20 KB; 100 texts of the longest that is read (2 048 characters), 200 KB.
MAX_JSON_BYTES = 256 * 1024
# A photo of a 12-megapixel phone is 3-6 MB. The rest is for the other parts of the form.
MAX_UPLOAD_BYTES = 12 * 1024 * 1024 + MAX_JSON_BYTES
_LIMIT = "_takes_bytes"
_View = TypeVar("_View", bound="Callable[..., object]")


def takes(limit: int) -> Callable[[_View], _View]:
    """Set the bound of a view's body in bytes; the default is MAX_FORM_BYTES."""

    def mark(view: _View) -> _View:
        setattr(view, _LIMIT, limit)
        return view

    return mark


def limit_of(view: Callable[..., object] | None) -> int:
    """The bound of this view's body in bytes; that of a form where there is no view."""
    limit: int = getattr(view, _LIMIT, MAX_FORM_BYTES)
    return limit


class Sent:
    """A request body. What is not HTTP ends the body like a lost connection, without a server error."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes; raises OSError where the rest cannot arrive."""
        try:
            return self._stream.read(size)
        except ParseException:
            raise OSError from None


class BoundedRequest(Request):
    """A request whose pictures stay in memory and whose size is bounded by its view."""

    # Werkzeug counts its reading buffer of 64 KiB, pictures included, against this: less refuses every photo.
    max_form_memory_size = MAX_JSON_BYTES
    max_form_parts = 8

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:  # noqa: ANN401 - Werkzeug's
        environ["wsgi.input"] = Sent(environ["wsgi.input"])
        super().__init__(environ, *args, **options)

    @property
    def max_content_length(self) -> int | None:
        """The most bytes that are read of this body; more is answered with 413."""
        return limit_of(current_app.view_functions.get(self.endpoint or ""))

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:  # noqa: ARG002 - Flask's signature
        raise AttributeError("the bound follows from the view")

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - Werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        # Werkzeug would spool uploads over 500 KB to a temporary file; cards are personal data.
        return BytesIO()


def init_app(app: Flask) -> None:
    """Use bounded requests throughout."""
    app.request_class = BoundedRequest
    app.before_request(_require_length_without_sign_in)


def _require_length_without_sign_in() -> None:
    """Refuse a body of unknown length on public views: reading it would hold a thread."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_open = view is None or level_of(view) is Access.PUBLIC
    if is_open and request.content_length is None and "Transfer-Encoding" in request.headers:
        raise LengthRequired

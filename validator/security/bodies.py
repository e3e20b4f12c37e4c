"""How much of a request is read, and where to: never more than its bound, never onto the disk."""

from __future__ import annotations

from io import BytesIO
from typing import IO, TYPE_CHECKING

from flask import Request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from typing import Any

    from flask import Flask

# A photo of a 12-megapixel phone is 3-6 MB; a batch of 100 addresses some 20 KB.
MAX_PICTURE_BYTES = 12 * 1024 * 1024
MAX_TEXT_BYTES = 256 * 1024


class Sent:
    """What a client sends. Pieces that are no HTTP end it like a lost connection: no fault of ours."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """The next so many bytes; raises OSError where the rest cannot come."""
        try:
            return self._stream.read(size)
        except ParseException:
            raise OSError from None


class BoundedRequest(Request):
    """A request whose pictures stay in memory and whose size is bounded by its content type."""

    # Werkzeug counts its reading buffer of 64 KiB, pictures included, against this: less refuses every photo.
    max_form_memory_size = MAX_TEXT_BYTES
    max_form_parts = 8

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:  # noqa: ANN401 - Werkzeug's
        environ["wsgi.input"] = Sent(environ["wsgi.input"])
        super().__init__(environ, *args, **options)

    @property
    def max_content_length(self) -> int | None:
        """The most bytes that are read of this body; more is answered with 413."""
        is_upload = self.mimetype == "multipart/form-data"
        return MAX_PICTURE_BYTES + MAX_TEXT_BYTES if is_upload else MAX_TEXT_BYTES

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:  # noqa: ARG002 - Flask's signature
        raise AttributeError("the bound follows from the content type")

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

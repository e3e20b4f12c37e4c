"""Bodies of uploads that no browser sends: files that are no pictures, and forms that are no forms."""

from __future__ import annotations

import io
import zipfile

from tests.fuzz.pictures import seeds
from tests.support import raw_pictures as raw

BOUNDARY = "part"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def part(
    data: bytes, name: str = "image", filename: str | None = "card.jpg", kind: str = "image/jpeg"
) -> bytes:
    """One part of a form."""
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'
    head += f"Content-Type: {kind}\r\n\r\n"
    return head.encode("latin-1") + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form of these parts."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def zipped(*contents: bytes) -> bytes:
    """An archive with these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(contents):
            archive.writestr(f"../../{number}.png", data)
    return packed.getvalue()


def files() -> dict[str, bytes]:
    """Files that are sent as a photo and are something else, or something else as well."""
    png, jpeg = seeds()["png"], seeds()["jpeg"]
    return {
        "nothing": b"",
        "one byte": b"\xff",
        "zip": zipped(png),
        "zip of 50 MB of zeros": zipped(bytes(50_000_000)),
        "pdf": raw.PDF,
        "svg": SVG,
        "html": HTML,
        "windows program": b"MZ\x90\x00" + bytes(200),
        "linux program": b"\x7fELF\x02\x01\x01" + bytes(200),
        "shell script": b"#!/bin/sh\ntouch /tmp/owned\n",
        "php": b"<?php system($_GET[0]); ?>",
        "pickle": b"cos\nsystem\n(S'touch owned'\ntR.",
        "gif and script": raw.GIF + b"*/=1;alert(1)//",
        "heic": raw.HEIC,
        "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miaf",
        "bmp": b"BM" + bytes(60),
        "tiff": b"II*\x00" + bytes(60),
        "ico": b"\x00\x00\x01\x00\x01\x00" + bytes(60),
        "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(60),
        "exr": b"v/1\x01" + bytes(60),
        "png and html": png + HTML,
        "png and zip": png + zipped(b"x"),
        "jpeg and pdf": jpeg + raw.PDF,
        "jpeg and svg": jpeg + SVG,
        "svg before png": SVG + png,
        "utf-16 text": "Ω".encode("utf-16") * 100,
        "png of 900 megapixels": raw.bomb(),
        "jpeg of 900 megapixels": raw.jpeg_start(30_000, 30_000),
        "webp of 240 megapixels": raw.webp_start(
            b"VP8L", b"\x2f" + (16_383 | 16_383 << 14).to_bytes(4, "little")
        ),
        "webp of 900 megapixels": raw.webp_start(
            b"VP8X", bytes(4) + (29_999).to_bytes(3, "little") + (29_999).to_bytes(3, "little")
        ),
    }


def odd_forms() -> dict[str, tuple[bytes, str]]:
    """Bodies with their content types, each wrong in another way."""
    png = seeds()["png"]
    good = form(part(png))
    return {
        "no boundary": (good, "multipart/form-data"),
        "an empty boundary": (good, "multipart/form-data; boundary="),
        "another boundary": (good, "multipart/form-data; boundary=other"),
        "a boundary of 4 000 signs": (good, f"multipart/form-data; boundary={'b' * 4000}"),
        "a boundary of line ends": (good, 'multipart/form-data; boundary="\\r\\n"'),
        "no body": (b"", FORM),
        "no end": (part(png), FORM),
        "an end only": (form(), FORM),
        "1 000 parts": (form(*[part(b"x", f"field{number}", None) for number in range(1000)]), FORM),
        "1 000 pictures": (form(*[part(b"x", "image") for _ in range(1000)]), FORM),
        "two pictures": (form(part(png), part(png)), FORM),
        "a field of 1 MB": (form(part(b"x" * 1_000_000, "note", None), part(png)), FORM),
        "a name of 100 KB": (form(part(png, "n" * 100_000)), FORM),
        "a file name of 100 KB": (form(part(png, filename="f" * 100_000)), FORM),
        "a way out in the file name": (form(part(png, filename="../../../../tmp/owned")), FORM),
        "a file name of markup": (form(part(png, filename="<script>alert(1)</script>")), FORM),
        "a picture as a field": (form(part(png, filename=None)), FORM),
        "a part without a name": (f"--{BOUNDARY}\r\n\r\n".encode() + png + form(), FORM),
        "a part that claims gzip": (
            form(part(png).replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n", 1)),
            FORM,
        ),
        "a form in a form": (form(part(good, kind="multipart/mixed; boundary=part")), FORM),
        "a header of 1 MB": (f"--{BOUNDARY}\r\nX: ".encode() + b"x" * 1_000_000 + b"\r\n\r\n" + form(), FORM),
        "line ends alone": (b"\r\n" * 100_000, FORM),
        "json": (b'{"image": "x"}', "application/json"),
        "the picture itself": (png, "image/png"),
        "fields of an address": (b"image=" + b"%00" * 50_000, "application/x-www-form-urlencoded"),
    }

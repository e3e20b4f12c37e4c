"""Files that are no pictures, through the real worker: each is refused clearly, and the worker lives."""

from __future__ import annotations

import io
import random
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import segno

from scanner.errors import ImageRefused
from tests.support import raw_pictures as raw
from tests.support.cards import ANNA

if TYPE_CHECKING:
    from scanner.pool import DecodePool

PACKED = zlib.compress(bytes(7_900_000), 9)
NOISE = random.Random(2).randbytes(10 * 1024 * 1024)  # noqa: S311 - noise for a test, from a seed


def photo() -> bytes:
    """Anna's card as a JPEG, big enough to be cut."""
    drawn = io.BytesIO()
    segno.make(f"http://pass.esc.gg/{ANNA}", micro=False).save(drawn, kind="png", scale=8)
    pixels = cv2.imdecode(np.frombuffer(drawn.getvalue(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    return bytes(cv2.imencode(".jpg", pixels)[1])


REFUSED = [
    pytest.param(b"", "image_unreadable", id="empty"),
    pytest.param(NOISE, "unsupported_image", id="10 MB of noise"),
    pytest.param(NOISE + NOISE, "image_too_large", id="20 MB of noise"),
    pytest.param(bytes(range(256)), "unsupported_image", id="binary"),
    pytest.param(raw.PDF, "unsupported_image", id="pdf named jpg"),
    pytest.param(raw.HEIC, "unsupported_image", id="heic"),
    pytest.param(raw.GIF, "unsupported_image", id="gif"),
    pytest.param(raw.bomb(), "image_too_large", id="30 000 x 30 000"),
    pytest.param(raw.png_start(0, 0), "image_unreadable", id="no pixels"),
    pytest.param(raw.png_start(5, 5), "image_unreadable", id="head only"),
    pytest.param(raw.png_start(5, 5) + NOISE[:100_000], "image_unreadable", id="head and noise"),
    pytest.param(raw.jpeg_start(1000, 1000) + NOISE[:100_000], "image_unreadable", id="jpeg head and noise"),
    pytest.param(raw.webp_start(b"VP8 ", NOISE[:100_000]), None, id="webp head and noise"),
    pytest.param(raw.jpeg_of_scans(4000, 3000, 1000), "image_too_large", id="1000 passes over 12 megapixels"),
    pytest.param(photo()[:200], "image_unreadable", id="jpeg cut in its head"),
]


@pytest.mark.parametrize(("data", "code"), REFUSED)
def test_a_file_that_is_no_picture_is_refused_and_the_worker_lives(
    real: DecodePool, data: bytes, code: str | None
) -> None:
    """Each gets its refusal, and the same worker reads Anna's card right after it."""
    assert real.read_image(photo()) == [f"http://pass.esc.gg/{ANNA}"]
    worker = real._idle[0]

    with pytest.raises(ImageRefused) as refusal:
        real.read_image(data)

    assert refusal.value.code in ({code} if code else ImageRefused.CODES)
    assert real.read_image(photo()) == [f"http://pass.esc.gg/{ANNA}"]
    assert real._idle == [worker]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(raw.DOT, id="one pixel"),
        pytest.param(raw.png(1, 3000), id="a line"),
        pytest.param(raw.png(300, 300), id="white"),
        pytest.param(
            raw.DOT[:33] + raw.chunk(b"zTXt", b"a\0\0" + PACKED) * 900 + raw.DOT[33:],
            id="one pixel and remarks of 7 GB",
        ),
        pytest.param(raw.DOT + NOISE, id="one pixel and 10 MB behind its end"),
    ],
)
def test_a_picture_without_a_code_holds_none(real: DecodePool, data: bytes) -> None:
    """A valid picture without a code is no error."""
    assert real.read_image(data) == []


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(raw.png(2000, 2000, rows=10), id="fewer rows than claimed"),
        pytest.param(photo()[: len(photo()) // 2], id="jpeg cut in the middle"),
    ],
)
def test_a_picture_that_claims_more_than_it_holds_gives_nothing(real: DecodePool, data: bytes) -> None:
    """Damaged pictures are refused or give no text; no number is invented, and the worker lives."""
    assert real.read_image(raw.DOT) == []
    worker = real._idle[0]

    try:
        texts = real.read_image(data)
    except ImageRefused as refusal:
        assert refusal.code == "image_unreadable"  # noqa: PT017 - either may be
        texts = []

    assert texts == []
    assert real._idle == [worker]

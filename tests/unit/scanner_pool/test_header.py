"""Format and size from the first bytes of a picture, before decoding."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import ImageRefused
from scanner.header import (
    MAX_BYTES,
    MAX_PIXELS_JPEG,
    MAX_SCANS,
    Header,
    ImageFormat,
    limit_decoding_cost,
    read_header,
)
from tests.support import raw_pictures as raw

LOSSLESS = raw.webp_start(b"VP8L", b"\x2f" + struct.pack("<I", (1920 - 1) | (1080 - 1) << 14 | 1 << 28))
LOSSY = raw.webp_start(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 1920, 1080))
ANIMATED = raw.webp_start(b"VP8X", b"\x12\0\0\0" + b"\x7f\x07\x00" + b"\x37\x04\x00")
EXTENDED = raw.webp_start(b"VP8X", b"\x10\0\0\0" + b"\x7f\x07\x00" + b"\x37\x04\x00")


@pytest.mark.parametrize(
    ("data", "header"),
    [
        pytest.param(raw.png_start(1920, 1080), Header(ImageFormat.PNG, 1920, 1080), id="png"),
        pytest.param(
            raw.png_start(1920, 1080, raw.COLOUR_AND_ALPHA),
            Header(ImageFormat.PNG, 1920, 1080, alpha=True),
            id="png with an alpha channel",
        ),
        pytest.param(
            raw.png_start(1920, 1080) + raw.chunk(b"gAMA", b"abcd") + raw.chunk(b"tRNS", b"\0\0"),
            Header(ImageFormat.PNG, 1920, 1080, alpha=True),
            id="png with one transparent colour",
        ),
        pytest.param(
            raw.png_start(1920, 1080) + raw.chunk(b"IDAT", b"abcd") + raw.chunk(b"tRNS", b"\0\0"),
            Header(ImageFormat.PNG, 1920, 1080),
            id="png whose transparency comes too late",
        ),
        pytest.param(
            raw.png_start(1920, 1080) + raw.chunk(b"tEXt", b"") * 64 + raw.chunk(b"tRNS", b"\0\0"),
            Header(ImageFormat.PNG, 1920, 1080),
            id="png with endless remarks",
        ),
        pytest.param(raw.jpeg_start(1920, 1080), Header(ImageFormat.JPEG, 1920, 1080), id="jpeg"),
        pytest.param(
            raw.jpeg_start(1920, 1080, marker=0xC2),
            Header(ImageFormat.JPEG, 1920, 1080),
            id="progressive jpeg",
        ),
        pytest.param(
            raw.jpeg_start(1920, 1080, before=b"\xff\xe0\x00\x04JF" + b"\xff\x01" + b"\xff\xff\xff"),
            Header(ImageFormat.JPEG, 1920, 1080),
            id="jpeg with a segment, a bare marker and fill bytes before",
        ),
        pytest.param(
            raw.jpeg_start(1920, 1080, before=b"\xff\xc4\x00\x04\x12\x34"),
            Header(ImageFormat.JPEG, 1920, 1080),
            id="jpeg with its Huffman table before",
        ),
        pytest.param(LOSSY, Header(ImageFormat.WEBP, 1920, 1080), id="lossy webp"),
        pytest.param(LOSSLESS, Header(ImageFormat.WEBP, 1920, 1080, alpha=True), id="lossless webp"),
        pytest.param(EXTENDED, Header(ImageFormat.WEBP, 1920, 1080, alpha=True), id="extended webp"),
    ],
)
def test_format_and_size_are_read_from_the_header(data: bytes, header: Header) -> None:
    """Every supported format gives its size and whether pixels may be transparent."""
    assert read_header(data) == header


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "image_unreadable", id="nothing"),
        pytest.param(raw.HEIC, "unsupported_image", id="heic"),
        pytest.param(raw.GIF, "unsupported_image", id="gif"),
        pytest.param(raw.PDF, "unsupported_image", id="pdf named jpg"),
        pytest.param(b"RIFF\x10\0\0\0WAVEfmt ", "unsupported_image", id="sound"),
        pytest.param(b"\xff\xd8", "unsupported_image", id="two bytes of a jpeg"),
        pytest.param(raw.PNG_SIGNATURE + raw.chunk(b"IDAT", b""), "image_unreadable", id="png without head"),
        pytest.param(raw.png_start(5, 5)[:22], "image_unreadable", id="png cut in its head"),
        pytest.param(raw.png_start(0, 0), "image_unreadable", id="png of no pixels"),
        pytest.param(raw.png_start(5, 0), "image_unreadable", id="png of no height"),
        pytest.param(raw.png_start(30_000, 30_000), "image_too_large", id="png of 900 megapixels"),
        pytest.param(raw.png_start(5001, 5000), "image_too_large", id="png just above the limit"),
        pytest.param(raw.jpeg_start(11_000, 10_001), "image_too_large", id="jpeg just above the limit"),
        pytest.param(raw.jpeg_start(5, 5)[:8], "image_unreadable", id="jpeg cut in its frame header"),
        pytest.param(raw.jpeg_start(5, 5, before=b"\xff\xd9"), "image_unreadable", id="jpeg ends at once"),
        pytest.param(raw.jpeg_start(5, 5, before=b"\xff\xda"), "image_unreadable", id="jpeg scan first"),
        pytest.param(raw.jpeg_start(5, 5, before=b"\xff\xe0\0\2\0\0"), "image_unreadable", id="jpeg astray"),
        pytest.param(raw.jpeg_start(5, 5, marker=0xC3), "unsupported_image", id="lossless jpeg"),
        pytest.param(raw.jpeg_start(5, 5, marker=0xC9), "unsupported_image", id="arithmetic jpeg"),
        pytest.param(
            raw.png_start(5000, 5000, raw.COLOUR_AND_ALPHA),
            "image_too_large",
            id="png that unpacks to 100 MB",
        ),
        pytest.param(
            raw.png_start(3000, 3000, raw.COLOUR_AND_ALPHA, 16, interlaced=1),
            "image_too_large",
            id="interlaced png of 72 MB",
        ),
        pytest.param(ANIMATED, "unsupported_image", id="animated webp"),
        pytest.param(raw.webp_start(b"JUNK", b"\0" * 20), "image_unreadable", id="webp of another kind"),
        pytest.param(LOSSLESS[:23], "image_unreadable", id="webp cut in its head"),
        pytest.param(bytes(MAX_BYTES + 1), "image_too_large", id="too many bytes"),
    ],
)
def test_what_may_not_be_decoded_is_refused_by_its_header(data: bytes, code: str) -> None:
    """Foreign formats, damaged headers and too many pixels have different codes."""
    with pytest.raises(ImageRefused) as refusal:
        read_header(data)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "data",
    [
        raw.png_start(5000, 5000),
        raw.jpeg_start(9248, 6936),
        raw.jpeg_start(9280, 6944),
        raw.jpeg_start(12_000, 9000),
        raw.jpeg_start(12_032, 9024),
    ],
)
def test_the_largest_pictures_that_are_read(data: bytes) -> None:
    """25 megapixels of PNG pass, and the photos of phones with 64 and 108."""
    assert read_header(data).pixels in {25_000_000, 9248 * 6936, 9280 * 6944, 108_000_000, 12_032 * 9024}


@pytest.mark.parametrize(
    ("filling", "most"), [(b"\xff", 4000), (b"\xff\xe0\x00\x02", 4000), (b"\xff\x01", 4000)]
)
def test_a_jpeg_of_markers_only_is_refused(filling: bytes, most: int) -> None:
    """The header is searched behind thousands of markers, but not behind megabytes of filling."""
    patient = raw.jpeg_start(7, 5, before=b"\xff\xe0\x00\x02" + filling * most)
    endless = raw.jpeg_start(7, 5, before=b"\xff\xe0\x00\x02" + filling * 100_000)

    assert read_header(patient).width == 7
    with pytest.raises(ImageRefused, match="image_unreadable"):
        read_header(endless)


@given(
    st.sampled_from(
        [b"", b"\xff\xd8\xff", raw.PNG_SIGNATURE, b"RIFF\0\0\0\0WEBPVP8X", b"RIFF\0\0\0\0WEBPVP8L"]
    ),
    st.binary(max_size=80),
)
def test_any_bytes_give_a_header_or_a_refusal(start: bytes, rest: bytes) -> None:
    """Noise after each known start gives a size within the limits, or a refusal."""
    try:
        header = read_header(start + rest)
    except ImageRefused:
        return
    assert 1 <= header.pixels <= MAX_PIXELS_JPEG


@pytest.mark.parametrize(
    "whole", [raw.DOT, raw.jpeg_start(9, 9, before=b"\xff\xe0\x00\x04JF"), LOSSY, LOSSLESS, EXTENDED]
)
def test_a_picture_cut_anywhere_is_a_header_or_a_refusal(whole: bytes) -> None:
    """An interrupted upload raises no other exception."""
    for end in range(len(whole)):
        try:
            assert read_header(whole[:end]).pixels >= 1
        except ImageRefused as refusal:
            assert refusal.code in {"image_unreadable", "unsupported_image"}  # noqa: PT017 - either may be


def code_of_bounding(data: bytes) -> str | None:
    """The refusal before decoding of a picture whose header is accepted; None without one."""
    header = read_header(data)
    try:
        limit_decoding_cost(data, header)
    except ImageRefused as refusal:
        return refusal.code
    return None


COMMENT = b"\xff\xfe\x00\x06"  # its length counts itself: four bytes follow
VIDEO = raw.END_OF_JPEG + random.Random(4).randbytes(2_000_000) + raw.SCAN * 200  # noqa: S311 - noise for a test


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(raw.jpeg_of_scans(4000, 3000, 12), id="as encoders write"),
        pytest.param(raw.jpeg_of_scans(8000, 6000, 10), id="48 megapixels"),
        pytest.param(raw.jpeg_of_scans(1000, 1000, MAX_SCANS), id="the most"),
        pytest.param(raw.jpeg_of_scans(4000, 3000, 1) + VIDEO, id="with a video behind its end"),
        pytest.param(
            raw.jpeg_start(900, 900, before=b"\xff\xe1\x04\xb2" + raw.SCAN * 100)
            + raw.SCAN
            + raw.END_OF_JPEG,
            id="with scans of another picture in a segment",
        ),
    ],
)
def test_photographs_as_cameras_and_encoders_write_them_pass(data: bytes) -> None:
    """Bytes that only look like scans are not counted."""
    assert code_of_bounding(data) is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(raw.jpeg_of_scans(8, 8, MAX_SCANS + 1), "image_too_large", id="too many at any size"),
        pytest.param(raw.jpeg_of_scans(8, 8, 200)[:-2], "image_too_large", id="too many without an end"),
        pytest.param(raw.jpeg_of_scans(8000, 8000, 10), "image_too_large", id="too many for 64 megapixels"),
        pytest.param(raw.jpeg_of_scans(4000, 3000, 42), "image_too_large", id="too many for 12 megapixels"),
        pytest.param(
            raw.jpeg_of_scans(8, 8, 200, between=COMMENT + raw.END_OF_JPEG * 2),
            "image_too_large",
            id="behind a comment that holds an end",
        ),
        pytest.param(
            raw.jpeg_of_scans(8, 8, 200, between=b"\xff\xff\xff\x01\xff\xd0\x00"),
            "image_too_large",
            id="behind filling and bare markers",
        ),
        pytest.param(
            raw.jpeg_of_scans(8, 8, 200, between=b"\xff\x00" * 200_000),
            "image_unreadable",
            id="flood of marks",
        ),
    ],
)
def test_a_jpeg_of_many_passes_is_refused(data: bytes, code: str) -> None:
    """A scan needs twelve bytes and costs milliseconds for each megapixel."""
    assert code_of_bounding(data) == code


REMARK = raw.chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000)))
FRAME = raw.chunk(b"fdAT", bytes(4) + zlib.compress(bytes(1_000_000)))


def test_only_the_pixel_chunks_of_a_png_are_decoded() -> None:
    """Compressed comments, profiles and further frames never reach a decoder; the picture is the same."""
    start, rest = raw.DOT[:33], raw.DOT[33:]
    other = REMARK * 3 + raw.chunk(b"iCCP", bytes(9)) + raw.chunk(b"acTL", bytes(8)) + FRAME
    data = start + other + rest[:-12] + other + rest[-12:]

    assert limit_decoding_cost(data, read_header(data)) == raw.DOT
    assert limit_decoding_cost(data[:-3], read_header(data)) == raw.DOT[:-3]


def test_a_png_of_chunks_only_is_refused() -> None:
    """Many empty chunks are not searched to the end."""
    data = raw.png_start(5, 5) + raw.chunk(b"tEXt", b"") * 20_000

    assert code_of_bounding(data) == "image_unreadable"


@given(st.sampled_from([raw.jpeg_start(9, 9), raw.png_start(9, 9)]), st.binary(max_size=200))
def test_limiting_the_cost_gives_a_picture_or_a_refusal(start: bytes, rest: bytes) -> None:
    """Noise after a valid header raises no other exception."""
    assert code_of_bounding(start + rest) in {None, "image_too_large", "image_unreadable"}

"""Every supported file becomes one grey picture of a suitable size."""

from __future__ import annotations

import zlib

import cv2
import numpy as np
import pytest

from scanner.errors import ImageRefused
from scanner.image import MAX_UNSCALED, _decode, open_picture
from scanner.pipeline import read
from tests.support import raw_pictures as raw
from tests.support.drawing_symbols import OFFICIAL, OFFICIAL_INVERTED, PLAIN, Style, raster

ANNA = "https://s.esc-r.eu/3e506370-826a-103d-bf76-001000000001"


def encoded(pixels: cv2.typing.MatLike, form: str, *flags: int) -> bytes:
    return bytes(cv2.imencode(form, pixels, flags)[1])


def on_transparent(style: Style, *, bits: int = 8) -> cv2.typing.MatLike:
    """Anna's code as the Router draws it: modules of one colour on a transparent background."""
    grey = raster(ANNA, style)
    modules = grey > 128 if style.inverted else grey < 128
    top = 2**bits - 1
    drawn = np.zeros((*grey.shape, 4), np.uint8 if bits == 8 else np.uint16)
    drawn[modules] = (top, top, top, top) if style.inverted else (0, 0, 0, top)
    return drawn


@pytest.mark.parametrize("form", [".png", ".webp"])
@pytest.mark.parametrize("style", [OFFICIAL, OFFICIAL_INVERTED], ids=["black", "white"])
def test_modules_on_a_transparent_background_are_read(form: str, style: Style) -> None:
    """Black or white modules, as the Router draws them, give Anna's number."""
    assert read(open_picture(encoded(on_transparent(style), form))) == [ANNA]


def test_sixteen_bits_a_colour_with_transparency_are_read() -> None:
    """A PNG with sixteen bits per channel is reduced to eight."""
    assert read(open_picture(encoded(on_transparent(OFFICIAL, bits=16), ".png"))) == [ANNA]


def test_a_screenshot_with_needless_transparency_is_read() -> None:
    """Phones save opaque screenshots with an alpha channel."""
    opaque = cv2.cvtColor(raster(ANNA, PLAIN), cv2.COLOR_GRAY2BGRA)

    assert read(open_picture(encoded(opaque, ".png"))) == [ANNA]


def test_grey_with_alpha_is_laid_on_white() -> None:
    """A transparent grey PNG has two channels."""
    picture = open_picture(raw.png_start(1, 1, colour=4) + grey_alpha_body())

    assert picture.working.tolist() == [[255]]


def grey_alpha_body() -> bytes:
    """One black pixel, wholly transparent."""
    return raw.chunk(b"IDAT", zlib.compress(b"\0\0\0")) + raw.chunk(b"IEND", b"")


@pytest.mark.parametrize("colour", [0, 2], ids=["grey", "colour"])
def test_announced_transparency_without_transparent_pixels_is_harmless(colour: int) -> None:
    """A transparency chunk for a colour that does not occur changes nothing."""
    channels = 1 if colour == 0 else 3
    body = zlib.compress((b"\0" + b"\xff" * channels * 4) * 4)
    data = raw.png_start(4, 4, colour=colour) + raw.chunk(b"tRNS", b"\0\1" * channels)
    data += raw.chunk(b"IDAT", body) + raw.chunk(b"IEND", b"")

    assert int(open_picture(data).working.min()) == 255


@pytest.mark.parametrize("form", [".jpg", ".webp", ".png"])
def test_a_large_photo_is_decoded_small_first(form: str) -> None:
    """Twelve megapixels are reduced to working size, and the full size is available, too."""
    picture = open_picture(encoded(np.full((3000, 4000), 200, np.uint8), form))

    assert max(picture.working.shape) <= MAX_UNSCALED
    assert picture.full is not None
    assert picture.full.shape == (3000, 4000)


@pytest.mark.parametrize("size", [(6944, 9280), (9024, 12_032)], ids=["64 megapixels", "108"])
def test_the_largest_photos_of_phones_are_read_and_never_decoded_whole(size: tuple[int, int]) -> None:
    """They are decoded at half of their size at most, and a code of a twelfth of their width is read."""
    photo = np.full(size, 200, np.uint8)
    symbol = cv2.resize(raster(ANNA, PLAIN), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    photo[3000 : 3000 + symbol.shape[0], 4000 : 4000 + symbol.shape[1]] = symbol
    picture = open_picture(encoded(photo, ".jpg"))

    assert picture.full is not None
    assert picture.full.size <= size[0] * size[1] / 4
    assert read(picture) == [ANNA]


def test_an_ordinary_frame_has_no_second_size() -> None:
    """A picture that is not scaled down is not decoded twice."""
    assert open_picture(encoded(np.full((720, 1280), 200, np.uint8), ".jpg")).full is None


def test_a_code_too_small_at_working_size_is_read_at_full_size() -> None:
    """A code of 2.2 pixels a module at full size in a photo of 12 megapixels still holds Anna's number."""
    small = cv2.resize(raster(ANNA, PLAIN), None, fx=0.22, fy=0.22, interpolation=cv2.INTER_AREA)
    photo = np.full((3000, 4000), 230, np.uint8)
    photo[1400 : 1400 + small.shape[0], 1900 : 1900 + small.shape[1]] = small

    assert read(open_picture(encoded(photo, ".jpg"))) == [ANNA]


def test_the_orientation_of_a_photo_is_applied() -> None:
    """A JPEG with EXIF orientation is turned upright."""
    wide = encoded(np.full((40, 80), 200, np.uint8), ".jpg")
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    note = b"Exif\0\0" + tiff
    turned = wide[:2] + b"\xff\xe1" + (len(note) + 2).to_bytes(2, "big") + note + wide[2:]

    assert open_picture(turned).working.shape == (80, 40)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.95])
def test_a_photo_cut_short_is_refused(kept: float) -> None:
    """A JPEG without its end is unreadable, not an empty picture."""
    whole = encoded(np.random.default_rng(1).integers(0, 255, (300, 400), np.uint8), ".jpg")

    with pytest.raises(ImageRefused) as refusal:
        _ = open_picture(whole[: int(len(whole) * kept)]).working
    assert refusal.value.code == "image_unreadable"


def test_an_error_of_opencv_is_image_unreadable() -> None:
    """OpenCV raises for empty data."""
    with pytest.raises(ImageRefused) as refusal:
        _decode(b"", cv2.IMREAD_GRAYSCALE)
    assert refusal.value.code == "image_unreadable"

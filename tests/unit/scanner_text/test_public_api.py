"""The public names of `scanner`, and what importing it does not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

import scanner

LOADED = """
import sys, scanner
scanner.parse_payload("3e506370-826a-103d-bf76-001000000001")
heavy = {"cv2", "numpy", "zxingcpp", "pyzbar", "flask", "requests", "urllib3", "validator", "offline_cache"}
print(sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("name", scanner.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """Each name in `__all__` exists."""
    assert getattr(scanner, name).__name__ == name


def test_other_names_are_not_there() -> None:
    """A misspelt name raises AttributeError, as in any module."""
    with pytest.raises(AttributeError, match="parse_paylod"):
        _ = scanner.parse_paylod  # type: ignore[attr-defined] # that it is missing is the promise


def test_reading_text_loads_nothing_heavy() -> None:
    """Reading text loads neither OpenCV, the decoders, Flask nor network modules."""
    seen = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)

    assert seen.stdout.strip() == "[]"

"""Plain pictures of codes, for tests that are not about reading."""

from __future__ import annotations

import io

import cv2
import numpy as np
import segno

MODULE_PX = 6


def png_of(*texts: str) -> io.BytesIO:
    """One PNG picture with a code (version 4, level M) for each text, side by side; blank without texts."""
    cells = [
        np.array(
            [list(row) for row in segno.make(text, error="m", version=4).matrix_iter(border=6)], np.uint8
        )
        for text in texts
    ] or [np.zeros((40, 40), np.uint8)]
    picture = np.kron(255 - 255 * np.hstack(cells), np.ones((MODULE_PX, MODULE_PX), np.uint8)).astype(
        np.uint8
    )
    return io.BytesIO(cv2.imencode(".png", picture)[1].tobytes())

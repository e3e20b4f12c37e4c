"""OpenCV, imported in the one right way: its ceiling on pixels set first, and on one thread.

For the decode child only; whoever needs OpenCV there takes it from here.
"""

from __future__ import annotations

import os

from scanner.header import MOST_PIXELS_JPEG

# OpenCV reads its own ceiling when it is imported; it holds too where a header lies about the size.
os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(MOST_PIXELS_JPEG)

import cv2

# One picture, one core: the others belong to other pictures and to the web.
cv2.setNumThreads(1)

__all__ = ["cv2"]

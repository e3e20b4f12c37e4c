"""The decode child: takes pictures from its standard input, answers with texts, and bounds itself.

Started by the pool as `python -m scanner.child`. What a picture says goes back over the stream and nowhere
else: once the decoders are loaded this process can open nothing, and what it prints goes nowhere.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from scanner import confinement, frames
from scanner.header import MOST_BYTES
from scanner.refused import ImageRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scanner.confinement import Confinement

    Read = Callable[[bytes], list[str]]
    Confine = Callable[[Callable[[], bool]], Confinement]

OPEN_FILES = 32
STEPS_SHARE = 0.7  # of a picture's time; the rest is for decoding it, and for the last step
SPARE_S = 1.0  # the pool ends a slow child first; this is for a child whose pool is gone


# A small QR code: reading it loads what the libraries load late.
SAMPLE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAFcAAABXAQAAAABZs+TBAAAAr0lEQVR42s2TsQ3DMAwEmaRQFy8gQGu480rxApKzQGZixzUM"
    "eAGrc0H4I6dIUpGtv2LxIP6eEuGrnU4xr0SjKFHar/TT/0yo0MKxwPRwHKGP4HgyRdfj72l54OT5cEWbq6kiHT1Ynrmxj2Jn"
    "XqrgKeYejhdJrwEmV6qsHVueNWgOmAgO1zYXcfrJPTlc7RD9Dezcq+DAdzy8OOztbYQ09U6eHPQ+OFxl006cfk70B99oGp4c"
    "2Id9GwAAAABJRU5ErkJggg=="
)


def main(
    arguments: Sequence[str] | None = None,
    read: Read | None = None,
    confine: Confine = confinement.confine,
) -> int:
    """Serve pictures until the stream ends or nothing came for a while.

    Tests give a `read` in place of the decoders, and leave out means of confinement.
    """
    parser = argparse.ArgumentParser(prog="scanner.child")
    parser.add_argument("--wall-s", type=float, default=2.0)
    parser.add_argument("--idle-s", type=float, default=300.0)
    parser.add_argument("--memory-mb", type=int, default=1024)
    options = parser.parse_args(arguments)
    # Ctrl-C in a terminal reaches the whole group; the end of the stream decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stream = take_stream()
    reader, has_zbar = (read, True) if read else load_decoders(options.wall_s)
    sample = reader(SAMPLE)
    limit_process(options.memory_mb)
    silence()
    confined = confine(lambda: reader(SAMPLE) == sample)
    with contextlib.suppress(frames.Broken):  # the pool is gone
        ready = {"zbar": has_zbar, "confinement": asdict(confined)}
        stream.send(json.dumps({"ready": ready}).encode())
        serve(stream, reader, wall_s=options.wall_s, idle_s=options.idle_s)
    return 0


def take_stream() -> frames.Stream:
    """The pipes on standard input and output, moved where no library prints into them."""
    stream = frames.Stream(os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0))
    os.dup2(2, 1)
    return stream


def load_decoders(wall_s: float = 2.0) -> tuple[Read, bool]:
    """Import the engines, which takes most of the start; also whether zbar is there.

    Reading stops early enough for an answer within `wall_s`.
    """
    from scanner import decoders, image, schedule  # noqa: PLC0415 - the child's start alone may cost this

    decoders.keep_character_sets()
    share = wall_s * STEPS_SHARE
    return (lambda data: schedule.read(image.open_picture(data), wall_s=share)), decoders.HAS_ZBAR


def limit_process(memory_mb: int) -> None:
    """Bound memory and open files; nothing can be written to a file."""
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def silence() -> None:
    """Send what is printed from now on to nowhere: C libraries may quote what they read."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for printed in (0, 1, 2):
        os.dup2(nowhere, printed)
    os.close(nowhere)


def serve(stream: frames.Stream, read: Read, *, wall_s: float, idle_s: float) -> None:
    """Answer picture after picture until none came for a while; raises Broken at the end of the stream."""
    while stream.something_within(idle_s):
        data = stream.receive(MOST_BYTES)
        bound_time(wall_s + SPARE_S)
        stream.send(answer(read, data))
        signal.setitimer(signal.ITIMER_REAL, 0)


def bound_time(most_s: float) -> None:
    """End this process by signal if it is at the same picture after so many seconds, of a clock or a core."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + most_s) + 1, hard))
    signal.setitimer(signal.ITIMER_REAL, most_s)


def answer(read: Read, data: bytes) -> bytes:
    """The texts as JSON, or the refusal; whatever goes wrong inside a decoder is one more refusal."""
    try:
        said: dict[str, object] = {"texts": read(data)}
    except ImageRefused as refusal:
        said = {"refused": refusal.code}
    except Exception:  # noqa: BLE001 - decoders raise anything, their words may quote the picture: none goes on
        said = {"refused": "reader_failed"}
    return json.dumps(said).encode()


if __name__ == "__main__":
    sys.exit(main())

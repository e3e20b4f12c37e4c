"""The decode worker: receives pictures on standard input, answers with texts, and limits itself.

The pool starts it as `python -m scanner.worker`. The content of a picture leaves it through the pipe only:
after the decoders are loaded, the process can open no file, and its output is discarded.
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

from scanner import sandbox
from scanner.errors import ImageRefused
from scanner.header import MAX_BYTES
from scanner.pipe import FramedPipe, PipeBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scanner.sandbox import Confinement

    Read = Callable[[bytes], list[str]]
    Confine = Callable[[Callable[[], bool]], Confinement]

MAX_OPEN_FILES = 32
DECODING_SHARE = 0.7  # of the time for a picture; the rest is for loading it and for the last step
GRACE_S = 1.0  # the pool kills a slow worker first; this applies if the pool has ended


# A small QR code: decoding it makes the libraries load what they load lazily.
SAMPLE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAFcAAABXAQAAAABZs+TBAAAAr0lEQVR42s2TsQ3DMAwEmaRQFy8gQGu480rxApKzQGZixzUM"
    "eAGrc0H4I6dIUpGtv2LxIP6eEuGrnU4xr0SjKFHar/TT/0yo0MKxwPRwHKGP4HgyRdfj72l54OT5cEWbq6kiHT1Ynrmxj2Jn"
    "XqrgKeYejhdJrwEmV6qsHVueNWgOmAgO1zYXcfrJPTlc7RD9Dezcq+DAdzy8OOztbYQ09U6eHPQ+OFxl006cfk70B99oGp4c"
    "2Id9GwAAAABJRU5ErkJggg=="
)


def main(
    arguments: Sequence[str] | None = None,
    read: Read | None = None,
    confine: Confine = sandbox.confine,
) -> int:
    """Decode pictures until the pipe ends or no picture arrives for `--idle-s` seconds.

    Tests pass a `read` instead of the decoders, and a weaker `confine`.
    """
    parser = argparse.ArgumentParser(prog="scanner.worker")
    parser.add_argument("--wall-s", type=float, default=2.0)
    parser.add_argument("--idle-s", type=float, default=300.0)
    parser.add_argument("--memory-mb", type=int, default=1024)
    options = parser.parse_args(arguments)
    # Ctrl-C in a terminal signals the whole process group; only the end of the pipe ends a worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = take_pipe()
    reader, has_zbar = (read, True) if read else load_decoders(options.wall_s)
    sample = reader(SAMPLE)
    limit_process(options.memory_mb)
    discard_output()
    confined = confine(lambda: reader(SAMPLE) == sample)
    with contextlib.suppress(PipeBroken):  # the pool has ended
        ready = {"zbar": has_zbar, "confinement": asdict(confined)}
        pipe.send(json.dumps({"ready": ready}).encode())
        serve(pipe, reader, wall_s=options.wall_s, idle_s=options.idle_s)
    return 0


def take_pipe() -> FramedPipe:
    """Move the pipes away from standard input and output, so that no library prints into them."""
    pipe = FramedPipe(os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0))
    os.dup2(2, 1)
    return pipe


def load_decoders(wall_s: float = 2.0) -> tuple[Read, bool]:
    """Import the decoders, which takes most of the start time. Second: whether zbar is installed.

    Decoding stops early enough for an answer within `wall_s`.
    """
    from scanner import decoders, image, pipeline  # noqa: PLC0415 - expensive imports

    decoders.preload_character_sets()
    share = wall_s * DECODING_SHARE
    return (lambda data: pipeline.read(image.open_picture(data), wall_s=share)), decoders.HAS_ZBAR


def limit_process(memory_mb: int) -> None:
    """Limit memory and open files; forbid writing to files."""
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))


def discard_output() -> None:
    """Discard all later output: C libraries may quote what they read."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def serve(pipe: FramedPipe, read: Read, *, wall_s: float, idle_s: float) -> None:
    """Answer pictures until none arrives for `idle_s` seconds; raises PipeBroken at the end of the pipe."""
    while pipe.wait_readable(idle_s):
        data = pipe.receive(MAX_BYTES)
        limit_time(wall_s + GRACE_S)
        pipe.send(answer(read, data))
        signal.setitimer(signal.ITIMER_REAL, 0)


def limit_time(max_s: float) -> None:
    """Kill this process after `max_s` seconds of wall-clock or processor time on one picture."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + max_s) + 1, hard))
    signal.setitimer(signal.ITIMER_REAL, max_s)


def answer(read: Read, data: bytes) -> bytes:
    """The texts as JSON, or a refusal. Every error inside a decoder becomes a refusal."""
    try:
        message: dict[str, object] = {"texts": read(data)}
    except ImageRefused as refusal:
        message = {"refused": refusal.code}
    except Exception:  # noqa: BLE001 - decoders raise anything, and their messages may quote the picture
        message = {"refused": "reader_failed"}
    return json.dumps(message).encode()


if __name__ == "__main__":
    sys.exit(main())

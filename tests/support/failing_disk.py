"""Check one card, make the disk fail, check two more: `python -m tests.support.failing_disk FAULT FOLDER`.

Runs in its own process because the faults cannot be undone: `full` lets no file grow, `closed` removes
the right to write to the folder, for root too. Prints the answers to till and monitor as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.degraded_app import degraded_app
from tests.support.server_process import new_number

if TYPE_CHECKING:
    from collections.abc import Callable

CAPABILITIES = 3  # _LINUX_CAPABILITY_VERSION_3, in its low half
VERSION = 0x20080522
OVERRIDE_CAPABILITIES = (
    0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what makes root pass by the rights of files
)


def full(_folder: Path) -> None:
    """Make every write that extends a file fail."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def read_only(folder: Path) -> None:
    """Make the folder read-only."""
    folder.chmod(0o500)
    if os.geteuid() == 0:
        _drop_overrides()


def _drop_overrides() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(VERSION, 0)
    data = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, data) == 0
    data[0] &= ~OVERRIDE_CAPABILITIES
    assert libc.capset(header, data) == 0


FAULTS: dict[str, Callable[[Path], None]] = {"full": full, "closed": read_only}


def main(fault: str, folder: Path) -> None:
    """Run the fault and print the answers."""
    with degraded_app(folder) as at:
        number = new_number()
        first = at.check(number)
        FAULTS[fault](folder)
        new, again = at.check(), at.check(number)
        said = {"first": first, "new": new, "again": again, "ready": at.ready()}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        # A normal exit would write to the disk.
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

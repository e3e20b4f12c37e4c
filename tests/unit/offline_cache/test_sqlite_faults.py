"""SqliteStore: whatever is wrong with file, disk or other processes, it is a StoreError and no more."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from offline_cache import Entry, SqliteStore, StoreError
from tests.support.cache_doubles import ANNA, BRUNO, NOON

ROOT = Path(__file__).parents[3]
VALID = Entry(ANNA, valid=True, body="b", checked_at=NOON)
WRITER = """
import sys
from pathlib import Path
from offline_cache import Entry, SqliteStore, StoreError
store = SqliteStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for n in range(int(sys.argv[2])):
    try:
        store.put(Entry(f"{n % 100}", True, "b" * 300, 1.0 + n), 1.0 + n)
    except StoreError:
        pass
print("done", flush=True)
"""
FORKED = """
import os, sys
from pathlib import Path
from offline_cache import Entry, SqliteStore
store = SqliteStore(Path(sys.argv[1]))
store.put(Entry("anna", True, "b", 1.0), 1.0)
child = os.fork()
if child == 0:
    store.put(Entry("anna", True, "b", 2.0), 2.0)
    store.close()
    os._exit(len(store._connections))
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1, "only the parent's connection may be left"
print(store.get("anna").checked_at, store.put(Entry("anna", True, "b", 3.0), 3.0).checked_at)
"""


def assert_unusable(store: SqliteStore) -> None:
    """Every single thing that can be asked of the store is a StoreError."""
    with pytest.raises(StoreError):
        store.get(ANNA)
    with pytest.raises(StoreError):
        store.put(VALID, NOON)
    with pytest.raises(StoreError):
        store.forget(ANNA)
    with pytest.raises(StoreError):
        store.purge(NOON, NOON)
    with pytest.raises(StoreError):
        store.count()


def test_a_file_that_is_no_database_is_left_alone(path: Path, store: SqliteStore) -> None:
    """Nothing overwrites a file that this program cannot read; deleted, it is made anew without a restart."""
    path.write_bytes(b"a letter to my grandmother " * 400)
    before = path.read_bytes()

    assert_unusable(store)
    assert path.read_bytes() == before

    path.unlink()
    assert store.put(VALID, NOON) == VALID


def test_a_file_damaged_while_in_use(path: Path, store: SqliteStore) -> None:
    """Damage under a running server is an error like any other, not a guess and not a crash."""
    for n in range(300):
        store.put(replace(VALID, key=str(n), body="b" * 300), NOON)
    store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 8)
    again = SqliteStore(path)

    with pytest.raises(StoreError):
        again.purge(NOON + 1, NOON + 1)
    again.close()


def test_a_file_of_another_version_is_left_alone(path: Path, store: SqliteStore) -> None:
    """What a newer program wrote is neither read nor changed by an older one."""
    store.put(VALID, NOON)
    store.close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()

    assert_unusable(SqliteStore(path))


@pytest.mark.parametrize("place", ["missing/answers.sqlite", "file/answers.sqlite", "folder"])
def test_a_place_that_holds_no_file(tmp_path: Path, place: str) -> None:
    """A folder that is missing, a file in its place, a folder in the file's place."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    assert_unusable(SqliteStore(tmp_path / place))


def test_a_folder_that_cannot_be_written() -> None:
    """A read-only place is an error at use, not at start; /proc refuses files even to root."""
    assert_unusable(SqliteStore(Path("/proc/answers.sqlite")))


def test_a_log_that_cannot_be_written(path: Path, store: SqliteStore) -> None:
    """The write-ahead log is as needful as the file itself."""
    path.with_name("answers.sqlite-wal").mkdir()

    assert_unusable(store)


def test_a_full_disk(path: Path, store: SqliteStore) -> None:
    """A write that finds no room fails; what is kept can be read, and a smaller write may succeed."""
    store.put(VALID, NOON)
    connection = next(iter(store._connections._kept.values()))
    connection.execute("PRAGMA max_page_count = 4")

    with pytest.raises(StoreError, match="SQLITE_FULL"):
        store.put(replace(VALID, key=BRUNO, body="b" * 40_000), NOON)

    assert (path.exists(), store.get(ANNA)) == (True, VALID)
    assert store.put(replace(VALID, key=BRUNO), NOON).key == BRUNO


def test_a_writer_that_holds_the_file(path: Path, store: SqliteStore) -> None:
    """While another process writes, reading goes on; writing fails after a moment and works later."""
    store.put(VALID, NOON)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="SQLITE_BUSY"):
        store.put(replace(VALID, checked_at=NOON + 1), NOON + 1)
    assert store.get(ANNA) == VALID

    other.execute("ROLLBACK")
    other.close()
    assert store.put(replace(VALID, checked_at=NOON + 1), NOON + 1).checked_at == NOON + 1


def test_a_reader_in_the_way_of_erasing(path: Path, store: SqliteStore) -> None:
    """While somebody reads the old state, its bytes cannot go: that is said, and the next try succeeds."""
    store.put(VALID, NOON)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM answers").fetchall()

    with pytest.raises(StoreError, match="write-ahead log"):
        store.forget(ANNA)
    assert store.get(ANNA) is None

    reader.execute("ROLLBACK")
    reader.close()
    store.forget(ANNA)


@pytest.mark.parametrize(
    "entry",
    [replace(VALID, body="half a pair \ud83d"), replace(VALID, checked_at=float("nan"))],
    ids=["surrogate", "nan"],
)
def test_an_answer_that_cannot_be_kept(store: SqliteStore, entry: Entry) -> None:
    """Text or numbers that no file can hold are refused without being quoted."""
    with pytest.raises(StoreError) as refused:
        store.put(entry, NOON)

    assert "half" not in str(refused.value)
    assert store.get(ANNA) is None


def test_a_closed_store_stays_closed(store: SqliteStore) -> None:
    """After close() nothing opens the file again; closing twice is no fault."""
    store.put(VALID, NOON)
    store.close()
    store.close()

    assert_unusable(store)


def test_a_child_leaves_its_parents_connection_alone(path: Path) -> None:
    """A process forked after first use opens its own connection; its end does not disturb the parent's."""
    forked = subprocess.run(
        [sys.executable, "-c", FORKED, str(path)], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert forked.stdout == "2.0 3.0\n"


def writer(path: Path, count: int) -> subprocess.Popen[str]:
    """A real process that waits for a line and then writes."""
    command = [sys.executable, "-c", WRITER, str(path), str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_processes_that_start_at_once_share_the_file(path: Path, store: SqliteStore) -> None:
    """Four processes make the file and write at the same moment, and it is whole."""
    writers = [writer(path, 400) for _ in range(4)]
    for process in writers:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    ends = [process.communicate("go\n", timeout=20)[0] for process in writers]

    assert ends == ["done\n"] * 4
    assert store.count() == 100
    assert integrity(path) == "ok"


@pytest.mark.parametrize("wait_for", [1, 40, 160])
def test_a_process_killed_in_the_middle_of_writing(path: Path, store: SqliteStore, wait_for: int) -> None:
    """A kill -9 leaves a whole file; the survivor reads and writes on."""
    process = writer(path, 10_000_000)
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    while (kept := store.get("0")) is None or kept.checked_at < wait_for * 100:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()

    assert integrity(path) == "ok"
    assert store.put(VALID, NOON) == VALID


def integrity(path: Path) -> str:
    """What SQLite itself says of a copy of the file and its log, as after a crash."""
    copy = path.with_name("copy.sqlite")
    for end in ("", "-wal"):
        if path.with_name(path.name + end).exists():
            shutil.copy(path.with_name(path.name + end), copy.with_name(copy.name + end))
    connection = sqlite3.connect(copy)
    verdict: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    return verdict

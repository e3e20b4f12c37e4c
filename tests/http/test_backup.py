"""Backup and restore: complete, checked, refused where data would be lost, possible across versions."""

from __future__ import annotations

import fcntl
import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.http.test_earlier_data_folder import FOLDER
from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.polling import wait_for
from validator.backup import KEEP_COPIES_S, copy_database, delete_old_copies
from validator.commands.backup import _POSTGRESQL
from validator.database import Database, UnusableDatabaseError
from validator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from flask import Flask

ROUTER = "http://127.0.0.1:9"
KEY = "another key of 32 bytes: q8Zr4Kd71MxTbVw0"


def run(app: Flask, *words: object) -> Result:
    """What the command prints, and its exit code."""
    return app.test_cli_runner().invoke(args=[str(word) for word in words])


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Iterator[Flask]:
    """A service with a person, a device with a token, and entries in its audit log."""
    app = make_app(tmp_path / "site", ROUTER)
    with app.app_context():
        kept = app.extensions["validator"]
        kept.accounts.people.add("sara", PASSWORD, "staff")
    token = run(app, "device", "add", "till 1").output
    match = re.search(r"escv_\S+", token)
    assert match
    headers = {"Authorization": f"Bearer {match[0]}"}
    number = "00000000-0000-1000-8000-000000000001"
    app.test_client().post("/api/v1/validations", json={"input": number}, headers=headers)
    app.config["TILL"] = headers
    yield app
    close(app)


@pytest.fixture(name="empty")
def _empty(tmp_path: Path) -> Iterator[Flask]:
    """A new service in an empty folder, with the same key."""
    app = make_app(tmp_path / "empty", ROUTER)
    yield app
    close(app)


def test_a_backup_is_restored_into_an_empty_folder(site: Flask, empty: Flask, tmp_path: Path) -> None:
    """People sign in, tokens count, the audit log is intact; sessions have ended."""
    browser = site.test_client()
    assert browser.post("/login", data={"username": "sara", "password": PASSWORD}).status_code == 302
    written = run(site, "backup", tmp_path / "backup.sqlite")
    restored = run(empty, "restore", tmp_path / "backup.sqlite")

    assert "1 people, 1 devices, 1 entries" in written.output
    assert (restored.exit_code, "1 people, 1 devices, 1 entries" in restored.output) == (0, True), restored
    assert (tmp_path / "backup.sqlite").stat().st_mode & 0o777 == 0o600
    assert run(empty, "log", "verify").exit_code == 0
    assert empty.test_client().get("/api/v1/me", headers=site.config["TILL"]).status_code == 200
    again = empty.test_client()
    cookie = browser.get_cookie(site.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    again.set_cookie(cookie.key, cookie.value)
    assert again.get("/api/v1/me").status_code == 401
    assert again.post("/login", data={"username": "sara", "password": PASSWORD}).status_code == 302


def test_a_backup_is_whole_while_others_write(site: Flask, tmp_path: Path) -> None:
    """Each transaction is in it or not: a pair that is always written together is never seen alone."""
    source = site.extensions["validator"].settings.database_file
    with closing(sqlite3.connect(source)) as database:
        database.execute("CREATE TABLE pairs (number INTEGER)")
    stop, began = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(source, timeout=10, isolation_level=None)) as database:
            while not stop.is_set():
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT INTO pairs VALUES (?)", [(1,), (2,)])
                database.execute("COMMIT")
                began.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert began.wait(10)
        for number in range(10):
            copy_database(source, tmp_path / f"{number}.sqlite")
    finally:
        stop.set()
        writer.join()

    for number in range(10):
        with closing(sqlite3.connect(tmp_path / f"{number}.sqlite")) as copy:
            ones, twos = copy.execute("SELECT sum(number = 1), sum(number = 2) FROM pairs").fetchone()
        assert ones == twos > 0


def test_a_restore_never_replaces_data_unasked(site: Flask, tmp_path: Path) -> None:
    """Without --replace nothing changes; with it the database that was here is kept beside it."""
    run(site, "backup", tmp_path / "backup.sqlite")
    run(site, "device", "add", "till 2")

    refused = run(site, "restore", tmp_path / "backup.sqlite")
    before = run(site, "device", "list").output
    # The requests to `site` have started work in the background, which keeps the database open.
    close(site)
    stopped = make_app(tmp_path / "site", ROUTER)
    replaced = run(stopped, "restore", "--replace", tmp_path / "backup.sqlite")

    assert (refused.exit_code, "--replace" in refused.output, "till 2" in before) == (1, True, True)
    assert replaced.exit_code == 0, replaced.output
    assert "till 2" not in run(stopped, "device", "list").output
    close(stopped)
    (kept,) = (tmp_path / "site").glob("validator.before-restore-*.sqlite")
    with closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("SELECT count(*) FROM devices").fetchone() == (2,)


def test_a_running_service_is_not_replaced(site: Flask, tmp_path: Path) -> None:
    """Another open connection keeps the database as it is."""
    run(site, "backup", tmp_path / "backup.sqlite")
    run(site, "device", "add", "till 2")
    with closing(sqlite3.connect(tmp_path / "site" / "validator.sqlite")) as other:
        other.execute("SELECT count(*) FROM people").fetchall()
        refused = run(site, "restore", "--replace", tmp_path / "backup.sqlite")

    assert (refused.exit_code, "stop it" in refused.output) == (1, True)
    assert "till 2" in run(site, "device", "list").output


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def _spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 64] = b"\xff" * 64
    path.write_bytes(data)


def _text(path: Path) -> None:
    path.write_text("no database at all " * 100, encoding="utf-8")


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE notes (text)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def _gone(path: Path) -> None:
    path.unlink()


UNUSABLE = {
    "damaged": (_cut, "another backup"),
    "spoilt": (_spoil, "another backup"),
    "text": (_text, "no database of ESC Validator"),
    "foreign": (_foreign, "no database of ESC Validator"),
    "newer": (_newer, "newer version"),
    "gone": (_gone, "no file"),
}


@pytest.mark.parametrize("unusable", UNUSABLE)
def test_an_unusable_backup_changes_nothing(site: Flask, empty: Flask, tmp_path: Path, unusable: str) -> None:
    """One sentence says why; the service works as before and no file is left over."""
    backup = tmp_path / "backup.sqlite"
    run(site, "backup", backup)
    spoil, words = UNUSABLE[unusable]
    spoil(backup)

    refused = run(empty, "restore", backup)

    assert (refused.exit_code, words in refused.output) == (1, True), refused.output
    assert "Traceback" not in refused.output
    assert run(empty, "device", "list").exit_code == 0
    assert not [path for path in (tmp_path / "empty").iterdir() if "restored" in path.name]


def test_a_backup_never_overwrites_a_file(site: Flask, tmp_path: Path) -> None:
    """It names the file and leaves it as it is."""
    (tmp_path / "notes").write_text("mine", encoding="utf-8")

    refused = run(site, "backup", tmp_path / "notes")

    assert (refused.exit_code, "name another file" in refused.output) == (1, True)
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "mine"


def test_a_backup_that_fails_leaves_no_file(site: Flask, tmp_path: Path) -> None:
    """A folder that is missing is one sentence; nothing is left that looks like a backup."""
    refused = run(site, "backup", tmp_path / "missing" / "backup.sqlite")

    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
    assert not (tmp_path / "missing").exists()


def test_another_key_is_reported(site: Flask, tmp_path: Path) -> None:
    """A restore under another ESCV_SECRET_KEY names the settings that help; listing the old key helps."""
    run(site, "backup", tmp_path / "backup.sqlite")
    other = make_app(tmp_path / "other", ROUTER, secret_key=KEY)
    refused = run(other, "restore", tmp_path / "backup.sqlite")
    close(other)
    old = site.extensions["validator"].settings.secret_keys[0]
    rotated = make_app(tmp_path / "other", ROUTER, secret_key=KEY, old_secret_keys=old)

    assert (refused.exit_code, "ESCV_OLD_SECRET_KEYS" in refused.output) == (1, True), refused.output
    assert run(rotated, "log", "verify").exit_code == 0
    close(rotated)


def test_an_upgrade_keeps_a_copy_and_the_way_back_works(tmp_path: Path) -> None:
    """The database of version 0.1 is copied as it is before its tables change; the copy can be restored."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    live = folder / "validator.sqlite"
    with closing(sqlite3.connect(live, isolation_level=None)) as database:
        database.executescript((FOLDER / "validator.sql").read_text(encoding="utf-8"))
        (before,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        (people,) = database.execute("SELECT count(*) FROM people").fetchone()

    close(make_app(folder, ROUTER))
    close(make_app(folder, ROUTER))

    (copy,) = folder.glob("validator.before-*.sqlite")
    assert before in copy.name
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)
    live.unlink()
    app = make_app(folder, ROUTER)
    restored = run(app, "restore", copy)
    close(app)
    assert f"{people} people" in restored.output


def test_a_worker_that_waited_keeps_the_copy_of_the_first(tmp_path: Path) -> None:
    """Two processes start at once: the copy is the database from before the upgrade."""
    live = tmp_path / "validator.sqlite"
    with closing(sqlite3.connect(live, isolation_level=None)) as database:
        database.executescript((FOLDER / "validator.sql").read_text(encoding="utf-8"))
        (before,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    lock = live.with_name("validator.sqlite.lock")
    workers = [threading.Thread(target=Database(f"sqlite:///{live}").upgrade) for _ in range(2)]
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        waits = f":{lock.stat().st_ino} "
        for worker in workers:
            worker.start()
        wait_for(lambda: sum("->" in one and waits in one for one in locks()) == len(workers))
    for worker in workers:
        worker.join()

    (copy,) = tmp_path.glob("validator.before-*.sqlite")
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)


def locks() -> list[str]:
    """All locks of this machine, and who waits for one (marked by ->)."""
    return Path("/proc/locks").read_text(encoding="ascii").splitlines()


def test_a_database_of_a_newer_version_is_not_copied(tmp_path: Path) -> None:
    """Each start would copy it again."""
    database = Database(f"sqlite:///{tmp_path}/validator.sqlite")
    database.upgrade()
    database.close()
    _newer(tmp_path / "validator.sqlite")

    with pytest.raises(UnusableDatabaseError, match="newer version"):
        Database(f"sqlite:///{tmp_path}/validator.sqlite").upgrade()

    assert not list(tmp_path.glob("*before*"))


def test_copies_are_deleted_after_seven_days(tmp_path: Path) -> None:
    """Only copies of this database, and only when their time is over."""
    old = ("validator.before-upgrade-of-0008.sqlite", ".validator.sqlite.restored-wal")
    names = (*old, "validator.sqlite", "mine.before-0008.sqlite")
    for name in names:
        (tmp_path / name).touch()
    live = tmp_path / "validator.sqlite"
    made = (tmp_path / names[0]).stat().st_mtime

    assert delete_old_copies(live, made + KEEP_COPIES_S - 1) == 0
    assert delete_old_copies(live, made + KEEP_COPIES_S + 1) == len(old)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[len(old) :])
    assert delete_old_copies(None, made) == 0


def test_postgresql_is_referred_to_its_own_programs() -> None:
    """Its file is elsewhere: the settings name none, and the commands name pg_dump and pg_restore."""
    environ = {"ESCV_SECRET_KEY": KEY, "ESCV_DATABASE_URL": "postgresql://esc:pass@db.test/esc"}

    assert Settings.from_env(environ).database_file is None
    assert "pg_dump" in _POSTGRESQL["backup"]
    assert "pg_restore" in _POSTGRESQL["restore"]

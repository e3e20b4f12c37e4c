"""The commands `flask --app wsgi backup` and `… restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from validator.backup import (
    BackupError,
    Contents,
    copy_beside,
    copy_database,
    inspect,
    restore_database,
    restore_time,
)
from validator.database import Database
from validator.plain_errors import plainly
from validator.services import services

if TYPE_CHECKING:
    from flask import Flask

_POSTGRESQL = {
    "backup": (
        "The database is PostgreSQL: use its own program, for example  "
        "pg_dump --format=custom --file=FILE DATABASE  as a user that may read it."
    ),
    "restore": (
        "The database is PostgreSQL: stop the service and use PostgreSQL’s own program, for example  "
        "pg_restore --clean --if-exists --single-transaction --dbname=DATABASE FILE."
    ),
}
_OTHER_KEY = (
    "The audit log does not match ESCV_SECRET_KEY: set the key of the time of the backup, or put it into "
    "ESCV_OLD_SECRET_KEYS. Then run “log verify”."
)
_file = click.argument("file", type=click.Path(path_type=Path))


def init_app(app: Flask) -> None:
    """Add both commands to the flask command."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)


@click.command("backup")
@_file
@with_appcontext
def backup(file: Path) -> None:
    """Write a copy of the database to the new FILE. The service may run meanwhile.

    The copy is checked before this reports it. ESCV_SECRET_KEY is not in it: keep that elsewhere.
    """
    with plainly():
        found = copy_database(_database("backup"), file)
    click.echo(f"{file}: {_described(found)}. The copy was opened and checked.")
    click.echo("ESCV_SECRET_KEY is not in this file. Keep the key in another place: a restore needs both.")


@click.command("restore")
@_file
@click.option("--replace", is_flag=True, help="Replace people, devices and checks that are here now.")
@with_appcontext
def restore(file: Path, *, replace: bool) -> None:
    """Put the backup FILE in the place of the database. Stop the service first.

    The backup may be from an earlier version. All people sign in again. With --replace, a copy of the
    database that was here is kept beside it for seven days.
    """
    with plainly():
        live = _database("restore")
        inspect(file)
        now = inspect(live)
        if not (now.is_empty or replace):
            raise BackupError(f"This service has {_described(now)}: add --replace to replace them.")
        # Its own connections: a restore needs the database for itself.
        services().database.close()
        if not now.is_empty:
            click.echo(f"The database that was here is kept as {copy_beside(live, restore_time()).name}.")
        found = restore_database(file, live, _upgrade)
        click.echo(f"Restored: {_described(found)}. All sessions have ended.")
        faults = services().audit_log.verify().faults
        if faults:
            raise click.ClickException(_OTHER_KEY)
        services().retention.purge()
    click.echo("Check “user list” and “device list”: access that was ended after the backup is back.")
    click.echo("Erase again each card that was erased after the backup.")


def _database(command: str) -> Path:
    path = services().settings.database_file
    if path is None:
        raise BackupError(_POSTGRESQL[command])
    return path


def _upgrade(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    try:
        database.upgrade()
        database.settle()
    finally:
        database.close()


def _described(found: Contents) -> str:
    return f"{found.people} people, {found.devices} devices, {found.entries} entries of the audit log"

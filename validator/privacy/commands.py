"""The commands `flask --app wsgi card …`, `… log …` and `… purge`."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from offline_cache import StoreError
from scanner import parse_payload
from scanner.refused import Refused
from validator.accounts import upkeep
from validator.accounts.sign_in import accounts
from validator.checks.head import Since
from validator.services import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from scanner.escn import Escn
    from validator.checks.sealed import Head

NOT_COMPARED = 3
MOST_SHOWN = 100_000
AGAIN = "Somebody was reading, so bytes may be left behind. Run the command again."
card = AppGroup("card", help="What is kept about one card. The number is asked for, never an argument.")
log = AppGroup("log", help="The check log.")


def init_app(app: Flask) -> None:
    """Add the commands to the flask command."""
    for command in (card, log, purge):
        app.cli.add_command(command)


@contextmanager
def _plainly() -> Iterator[None]:
    """A store that cannot be used ends the command with a sentence and exit code 1."""
    try:
        yield
    except (StoreError, SQLAlchemyError) as error:
        raise click.ClickException(f"The data cannot be used now ({type(error).__name__}). {AGAIN}") from None


def _asked_for() -> Escn:
    """The number from a prompt or the first line of standard input: arguments stay in the shell's history."""
    text = click.prompt("Card number") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return parse_payload(text).escn
    except Refused:
        raise click.ClickException(
            "That is no European Student Card number: type its 32 digits and letters, or paste its address."
        ) from None


@card.command("export")
def export_card() -> None:
    """Print as JSON everything that is kept about a card."""
    escn = _asked_for()
    with _plainly():
        found = services().privacy.cards.export(escn)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))


@card.command("erase")
def erase_card() -> None:
    """Erase everything that is kept about a card, here and on devices with their next sync."""
    escn = _asked_for()
    kept = services()
    with _plainly():
        done = kept.privacy.cards.erase(escn)
        if not kept.database.settle():
            raise click.ClickException(AGAIN)
    click.echo(
        f"{escn.masked} is erased: {done.answers} remembered answers, {done.late_checks} late checks, "
        f"and its hash in {done.entries} entries of the check log. Devices drop it with their next sync."
    )


@log.command("verify")
@click.option("--since", metavar="HEAD", help="A head noted earlier: the log must go on from it.")
def verify_log(since: str | None) -> None:
    """Look for entries that were changed, removed, moved or added.

    Exit code 1: something was found, now or earlier. Exit code 3: what there is is as it was written, but the
    entry of HEAD was deleted at its end and cannot be compared.
    """
    with _plainly():
        try:
            found = services().privacy.log.verify(since)
        except ValueError:
            raise click.BadParameter(
                "is not a head that “log verify” printed: copy all of it.", param_hint="--since"
            ) from None
    for fault in found.faults:
        click.echo(str(fault), err=True)
    if found.faults:
        raise click.ClickException(
            "The check log is not as it was written. If ESCV_SECRET_KEY was changed, put the earlier one "
            "into ESCV_OLD_SECRET_KEYS and run this again; if not, somebody has written to the database. "
            "Incidents stay in this list for good."
        )
    if found.head is not None and found.head.anchor_seq:
        click.echo(f"Entries up to {found.head.anchor_seq} were deleted at their end{_written(found.head)}.")
    if found.since is Since.DELETED:
        click.echo(
            f"The head {since} can no longer be compared: its entry was deleted at its end. What is left "
            f"is as it was written. Note this head instead: {found.head}",
            err=True,
        )
        click.get_current_context().exit(NOT_COMPARED)
    click.echo(f"The check log is as it was written. Note its head elsewhere: {found.head}")


def _written(head: Head) -> str:
    """When the last one that was deleted was written, where that is known."""
    if not head.anchor_at:
        return ""
    return f"; the last of them was written at {datetime.fromtimestamp(head.anchor_at, UTC).isoformat()}"


@log.command("show")
@click.option(
    "--last", type=click.IntRange(1, MOST_SHOWN), default=20, show_default=True, help="How many entries."
)
def show_log(last: int) -> None:
    """Print the newest entries: number, time, event, reason or alert, source, and who checked."""
    with _plainly():
        entries = services().privacy.log.latest(last)
    for one in reversed(entries):
        who = f"{one.kind} {one.name or 'unknown'}"
        click.echo("\t".join((str(one.seq), one.at.isoformat(), one.event, one.word, one.source or "-", who)))


@click.command("purge")
@click.option("--all-answers", is_flag=True, help="Forget every remembered answer, not only those past use.")
@with_appcontext
def purge(*, all_answers: bool) -> None:
    """Delete now what is past its end; a running server does so once an hour."""
    kept = services()
    with _plainly():
        answers = kept.answers.forget_all() if all_answers else kept.answers.purge()
        if all_answers and kept.answers.changes is not None:
            kept.answers.changes.begin_anew()
        kept.checker.limits.purge()
        upkeep.purge(accounts())
        if not kept.privacy.purge():
            raise click.ClickException(AGAIN)
    click.echo(f"Deleted {answers} remembered answers, and whatever else was past its end.")

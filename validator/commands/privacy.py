"""The commands `flask --app wsgi card …`, `… log …` and `… purge`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup, with_appcontext

from scanner import parse_payload
from scanner.errors import Refused
from validator.audit.head_store import Continuity
from validator.backup import delete_old_copies
from validator.plain_errors import AGAIN, plainly
from validator.privacy.card_data import Steps, truncate_wal
from validator.services import services

if TYPE_CHECKING:
    from flask import Flask

    from scanner.escn import Escn
    from validator.audit.head import Head

EXIT_NOT_COMPARED = 3
MAX_SHOWN = 100_000
card = AppGroup("card", help="What is kept about one card. The number is asked for, never an argument.")
log = AppGroup("log", help="The check log.")


def init_app(app: Flask) -> None:
    """Add the commands to the flask command."""
    for command in (card, log, purge):
        app.cli.add_command(command)


def _exit_on_failures(failures: tuple[str, ...], what: str) -> None:
    """Exit with code 1 where a step failed."""
    if failures:
        raise click.ClickException(f"{what}: {'; '.join(failures)}. {AGAIN}")


def _read_number() -> Escn:
    """The number from a prompt or from standard input: an argument would stay in the shell's history."""
    try:
        text = click.prompt("Card number") if sys.stdin.isatty() else sys.stdin.readline()
        return parse_payload(text).escn
    except (Refused, UnicodeError):
        raise click.ClickException(
            "That is no European Student Card number: type its 32 digits and letters, or paste its address."
        ) from None


@card.command("export")
def export_card() -> None:
    """Print as JSON everything that is kept about a card."""
    escn = _read_number()
    with plainly():
        found = services().card_data.export(escn)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))


@card.command("erase")
def erase_card() -> None:
    """Erase everything that is kept about a card, here and on devices with their next sync."""
    escn = _read_number()
    with plainly():
        done = services().card_data.erase(escn)
    _exit_on_failures(done.failures, f"Not finished for {escn.masked}")
    click.echo(
        f"{escn.masked} is erased: {done.answers} remembered answers, {done.late_checks} late checks, "
        f"{done.rows} rows of the offline pack, and its hash in {done.entries} entries of the check log. "
        "Devices drop their packs with their next sync. A check that a device has not delivered yet is kept "
        "there, and comes in as a new check within a day: run the command again tomorrow."
    )


@log.command("verify")
@click.option("--since", metavar="HEAD", help="A head noted earlier: the log must continue from it.")
def verify_log(since: str | None) -> None:
    """Find entries that were changed, removed, moved or added.

    Exit code 1: something was found, now or earlier. Exit code 3: the log is as it was written, but the
    entry of HEAD was deleted after its retention and cannot be compared.
    """
    with plainly():
        try:
            found = services().audit_log.verify(since)
        except ValueError:
            raise click.BadParameter(
                "is not a head that “log verify” printed: copy all of it.", param_hint="--since"
            ) from None
    for fault in found.faults:
        click.echo(str(fault), err=True)
    if found.faults:
        raise click.ClickException(
            "The check log is not as it was written. If ESCV_SECRET_KEY was changed, put the earlier one "
            "into ESCV_OLD_SECRET_KEYS and run this again; if not, the database was changed from outside. "
            "Incidents stay in this list for good."
        )
    if found.head is not None and found.head.anchor_seq:
        click.echo(
            f"Entries up to {found.head.anchor_seq} were deleted at their end{_deleted_until(found.head)}."
        )
    if found.continuity is Continuity.DELETED:
        click.echo(
            f"The head {since} can no longer be compared: its entry was deleted at its end. What is left "
            f"is as it was written. Note this head instead: {found.head}",
            err=True,
        )
        click.get_current_context().exit(EXIT_NOT_COMPARED)
    click.echo(f"The check log is as it was written. Note its head elsewhere: {found.head}")


def _deleted_until(head: Head) -> str:
    """The time of the last deleted entry, where it is known."""
    if not head.anchor_at:
        return ""
    return f"; the last of them was written at {datetime.fromtimestamp(head.anchor_at, UTC).isoformat()}"


@log.command("show")
@click.option(
    "--last", type=click.IntRange(1, MAX_SHOWN), default=20, show_default=True, help="How many entries."
)
def show_log(last: int) -> None:
    """Print the newest entries: number, time, event, reason or alert, source, and who checked."""
    with plainly():
        entries = services().audit_log.latest(last)
    for one in reversed(entries):
        who = f"{one.kind} {one.name or 'unknown'}"
        click.echo("\t".join((str(one.seq), one.at.isoformat(), one.event, one.word, one.source or "-", who)))


@click.command("purge")
@click.option("--all-answers", is_flag=True, help="Forget every remembered answer, not only those past use.")
@with_appcontext
def purge(*, all_answers: bool) -> None:
    """Delete now what is past its retention; a running server does so once an hour."""
    found, steps = services(), Steps()
    if all_answers:
        steps.run("devices keep their packs, and rows may still be in the pack", found.pack.clear)
    else:
        steps.run("rows past their end may still be in the pack", found.pack.purge)
    forget = found.answers.forget_all if all_answers else found.answers.purge
    answers = steps.run("answers may still be remembered", forget)
    steps.run("counts of the limits may still be there", found.checker.limits.purge)
    steps.run("old sessions and sign-ins may still be there", _purge_sign_ins)
    steps.run("checks past their end may still be there", found.retention.purge)
    steps.run("old copies of the database may still be there", _purge_copies)
    steps.run("deleted bytes may still be in the database’s files", lambda: truncate_wal(found.database))
    _exit_on_failures(steps.failures, "Not finished")
    click.echo(f"Deleted {answers} remembered answers, and whatever else was past its end.")


def _purge_copies() -> None:
    delete_old_copies(services().settings.database_file, services().clock().timestamp())


def _purge_sign_ins() -> None:
    services().accounts.purge()
    services().login_throttle.purge()

"""The command `flask --app wsgi doctor`. It works where the service does not start."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from validator.doctor.examine import examine
from validator.doctor.finding import State, exit_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from validator.doctor.finding import Finding

_COLOURS = {State.OK: "green", State.WARNING: "yellow", State.FAILED: "red", State.SKIPPED: "bright_black"}
_WORDS = {State.OK: "ok", State.WARNING: "warning", State.FAILED: "failed", State.SKIPPED: "not checked"}
_WIDTH = 12
_WITH_VALUE = frozenset({"-A", "--app", "-e", "--env-file"})


def init_app(app: Flask) -> None:
    """Add the command to the flask command."""
    app.cli.add_command(doctor)


def is_asked_for(arguments: Sequence[str]) -> bool:
    """Whether these arguments of the flask command name this command."""
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word == doctor.name
    return False


def _address(url: str | None) -> str | None:
    """This address; raises BadParameter for other text."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise click.BadParameter("must be an address such as https://cards.example.org/")
    return url


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, for monitors.")
@click.option("--url", callback=lambda *given: _address(given[-1]), help="The address that people use.")
@click.option("--quick", is_flag=True, help="Start no process that reads pictures; for frequent runs.")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool, url: str | None, quick: bool) -> None:
    """Check this installation, and say what to do about each fault.

    Run it as the user of the service, with the same ESCV_ variables. It changes nothing, and ends within
    10 seconds.

    Exit code 0: everything works. 1: there are warnings. 2: something failed, or the command was used
    wrongly.
    """
    findings = examine(os.environ, url, reads_pictures=not quick)
    if as_json:
        click.echo(json.dumps(_as_json(findings), indent=2, ensure_ascii=False))
    else:
        for one in findings:
            _print(one)
        for mail in {one.mail for one in findings if one.mail}:
            click.echo(f"\nA mail to the Router’s helpdesk, ready to send:\n\n{mail}")
    context.exit(exit_code(findings))


def _as_json(findings: Sequence[Finding]) -> dict[str, object]:
    lines = [
        {
            "check": one.check,
            "id": one.id,
            "state": one.state,
            "text": one.text,
            "next": one.next,
            "mail": one.mail,
        }
        for one in findings
    ]
    return {"exit_code": exit_code(findings), "findings": lines}


def _print(one: Finding) -> None:
    mark = click.style(f"{_WORDS[one.state]:<{_WIDTH}}", fg=_COLOURS[one.state])
    click.echo(f"{mark} {one.label}: {one.text}")
    if one.next:
        click.echo(f"{'':<{_WIDTH}} What to do: {one.next}")

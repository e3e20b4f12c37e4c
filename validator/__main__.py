"""The command `esc-validator` (or `python -m validator`): the server, the demo, the operator's commands."""

from __future__ import annotations

import os
import sys

import click
from flask import Flask
from flask.cli import FlaskGroup

from scanner.sandbox import hide_memory
from validator import commands, logging
from validator.version import VERSION

GUNICORN = ("-m", "gunicorn", "-c", "python:validator.gunicorn_config")


class _Commands(FlaskGroup):
    """All commands are known without settings: help and `doctor` work where the service does not start."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted(self.commands)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command; it loads the application when it runs."""
        return self.commands.get(name)


def _application() -> Flask:
    # Here, because this import reads all settings and opens the database.
    from validator.wsgi import app  # noqa: PLC0415

    return app


@click.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("gunicorn_options", nargs=-1, type=click.UNPROCESSED)
def run(gunicorn_options: tuple[str, ...]) -> None:
    """Start the server: gunicorn with the settings of the environment.

    HOST and PORT say where it listens, 127.0.0.1:8000 by default. Options after “run” are given to gunicorn.
    """
    from validator import gunicorn_config  # noqa: F401, PLC0415 - ends with a sentence where a value cannot be used

    arguments = [sys.executable, *GUNICORN, *gunicorn_options, "validator.wsgi:app"]
    os.execv(sys.executable, arguments)  # noqa: S606 - the server takes the place of this process


@click.command("demo")
@click.pass_context
def demo(context: click.Context) -> None:
    """Start a simulated Router and the server with invented cards, until Ctrl-C.

    HTTPS=1 in the environment serves it to phones, too. The data is in data/demo of the current folder.
    """
    from validator.demo.__main__ import main as run_demo  # noqa: PLC0415 - only this command needs it

    context.exit(run_demo())


def _all() -> FlaskGroup:
    """The group of all commands."""
    group = _Commands(
        name="esc-validator",
        create_app=_application,
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
        set_debug_flag=False,
        help="Checks European Student Cards. Settings are environment variables: ESCV_….",
    )
    # Flask's own options choose another application or its debug mode.
    group.params = []
    holder = Flask("validator", static_folder=None)
    commands.init_app(holder)
    for command in (run, demo, *holder.cli.commands.values()):
        group.add_command(command)
    return click.version_option(VERSION, prog_name="esc-validator", message="%(prog)s %(version)s")(group)


cli = _all()


def main() -> None:
    """Run the command that the arguments name."""
    hide_memory()
    logging.configure()
    cli.main(prog_name="esc-validator")


if __name__ == "__main__":
    main()

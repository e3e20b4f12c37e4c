"""What gunicorn serves and the commands work with: `validator.wsgi:app`.

Exit code 2 for unusable settings, and for a data folder or database that cannot be opened and written to; one
sentence on standard error says what to do. The command `doctor` works then, too.
"""

from __future__ import annotations

import os
import sys

import click
import structlog
from flask import Flask

from scanner.sandbox import hide_memory
from validator import create_app, logging
from validator.commands import doctor
from validator.environment import unknown
from validator.plain_errors import known
from validator.settings import Settings, SettingsError


def application() -> Flask:
    """The application with the settings of the environment, or the end of this process with exit code 2."""
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - logs are not configured yet, and a person reads this
        raise SystemExit(2) from None
    try:
        made = create_app(settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator reads a sentence
        if (reason := known(error)) is None:
            structlog.get_logger("validator").critical("uncaught", exc_info=error)
            reason = "This is a fault of the program: report it with the line above."
        print(f"ESC Validator cannot start: {reason}", file=sys.stderr)  # noqa: T201 - for a person, as above
        raise SystemExit(2) from None
    for name in unknown(os.environ, Settings.model_fields):
        structlog.get_logger(__name__).warning("unknown_setting", setting=name, hint="correct or remove it")
    return made


def doctor_only() -> Flask:
    """An application without services: the command finds out why the real one does not start."""
    logging.configure()
    made = Flask(__name__, static_folder=None)
    doctor.init_app(made)
    return made


hide_memory()
is_command = click.get_current_context(silent=True) is not None
app = doctor_only() if is_command and doctor.is_asked_for(sys.argv[1:]) else application()

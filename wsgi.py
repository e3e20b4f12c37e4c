"""What gunicorn serves and the flask command works with: `wsgi:app`.

Exit code 2 for unusable settings, and for a data folder or database that cannot be opened and written to; one
sentence on standard error says what to do.
"""

from __future__ import annotations

import os
import sys

import structlog

from scanner.sandbox import hide_memory
from validator import create_app
from validator.plain_errors import known
from validator.settings import Settings, SettingsError, unknown

hide_memory()
try:
    settings = Settings.from_env(os.environ)
except SettingsError as error:
    print(error, file=sys.stderr)  # noqa: T201 - logs are not configured yet, and a person reads this
    raise SystemExit(2) from None

try:
    app = create_app(settings)
except Exception as error:  # noqa: BLE001 - whatever it is, the operator reads a sentence
    if (reason := known(error)) is None:
        structlog.get_logger("validator").critical("uncaught", exc_info=error)
        reason = "This is a fault of the program: report it with the line above."
    print(f"ESC Validator cannot start: {reason}", file=sys.stderr)  # noqa: T201 - for a person, as above
    raise SystemExit(2) from None
for name in unknown(os.environ):
    structlog.get_logger(__name__).warning("unknown_setting", setting=name, hint="check the spelling")

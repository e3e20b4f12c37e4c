"""What gunicorn serves and the flask command works with: `wsgi:app`. Exit code 2 for unusable settings."""

from __future__ import annotations

import os
import sys

import structlog

from validator import create_app
from validator.settings import Settings, SettingsError, unknown

try:
    settings = Settings.from_env(os.environ)
except SettingsError as error:
    print(error, file=sys.stderr)  # noqa: T201 - logs are not configured yet, and a person reads this
    raise SystemExit(2) from None

app = create_app(settings)
for name in unknown(os.environ):
    structlog.get_logger(__name__).warning("unknown_setting", name=name, hint="check the spelling")

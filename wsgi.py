"""What gunicorn serves and the flask command works with: `wsgi:app`.

Exit code 2 for unusable settings, and for a data folder or database that cannot be opened and written to.
"""

from __future__ import annotations

import os
import sys

import structlog
from sqlalchemy.exc import SQLAlchemyError

from scanner.confinement import hide_memory
from validator import create_app
from validator.migrations.upgrade import UnusableDatabaseError
from validator.settings import Settings, SettingsError, unknown

hide_memory()
try:
    settings = Settings.from_env(os.environ)
except SettingsError as error:
    print(error, file=sys.stderr)  # noqa: T201 - logs are not configured yet, and a person reads this
    raise SystemExit(2) from None

try:
    app = create_app(settings)
except UnusableDatabaseError as error:
    print(f"ESC Validator cannot start: {error}", file=sys.stderr)  # noqa: T201 - for a person, as above
    raise SystemExit(2) from None
except (OSError, SQLAlchemyError) as error:
    print(  # noqa: T201 - for a person, as above
        f"ESC Validator cannot start: its data cannot be opened and written to ({type(error).__name__}). "
        "Check that the folder of ESCV_DATA_DIR exists on a disk with room and that this "
        "user may write to it, and that the database of ESCV_DATABASE_URL answers.",
        file=sys.stderr,
    )
    raise SystemExit(2) from None
for name in unknown(os.environ):
    structlog.get_logger(__name__).warning("unknown_setting", setting=name, hint="check the spelling")

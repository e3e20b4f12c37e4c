"""How gunicorn serves the application in a checkout: validator/gunicorn_config.py."""

from validator.gunicorn_config import *  # noqa: F403 - gunicorn reads all names of this file

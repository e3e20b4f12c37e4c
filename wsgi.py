"""What gunicorn serves and the flask command works with: `wsgi:app`. The code is in validator/wsgi.py."""

from validator.wsgi import app

__all__ = ["app"]

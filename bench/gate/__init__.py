"""Figures of the whole scanner's page, signed in, under gunicorn, in a real Chromium before a film."""

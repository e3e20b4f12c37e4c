"""The version of this program. pyproject.toml, pages, `/readyz`, commands and the Router's client use it."""

VERSION = "0.2.0"
PRODUCT = f"esc-validator/{VERSION}"

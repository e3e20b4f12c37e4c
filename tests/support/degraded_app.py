"""A complete application with a scripted Router, for tests that break one part after another."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.support.app_factory import PASSWORD, close, make_app
from tests.support.fault_router import FaultRouter
from tests.support.html_page import parse_page
from tests.support.server_process import every_card, new_number
from validator.health.parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from tests.support.router_scripts import Script


class DegradedApp:
    """A till checks cards, Mia opens the managers' page, a monitor requests /readyz."""

    def __init__(self, app: Flask, router: FaultRouter) -> None:
        self.app, self.router = app, router
        token = self._run("device", "add", "till").split()[-1]
        self._till = {"Authorization": f"Bearer {token}"}
        self._run("user", "add", "mia", "--role", "manager", given=f"{PASSWORD}\n")
        self.mia: FlaskClient = app.test_client()
        signed_in = self.mia.post("/login", data={"username": "mia", "password": PASSWORD})
        assert signed_in.status_code == 302, signed_in.text

    def check(self, number: str | None = None) -> dict[str, Any]:
        """The till's verdict for this card; without a number, for a new card."""
        began = time.monotonic()
        answer = self.app.test_client().post(
            "/api/v1/validations", json={"input": number or new_number()}, headers=self._till
        )
        assert answer.status_code == 200, answer.text
        assert time.monotonic() - began <= 3.0
        verdict: dict[str, Any] = answer.get_json()
        return verdict

    def ready(self) -> dict[str, Any]:
        """The report of /readyz; its HTTP status must agree with it."""
        answer = self.app.test_client().get("/readyz")
        said: dict[str, Any] = answer.get_json()
        assert answer.status_code == (200 if said["ready"] else 503)
        return said

    def page(self) -> dict[str, str]:
        """The faults on the managers' page, each with its text."""
        page = parse_page(self.mia.get("/manage/health"))
        lines = page.all("tr", data_testid="health-part")
        assert len(lines) == len(PARTS)
        return {str(line.attrs["data-trouble"]): line.text for line in lines if line.attrs["data-trouble"]}

    def _run(self, *args: str, given: str = "") -> str:
        ran = self.app.test_cli_runner().invoke(args=list(args), input=given)
        assert ran.exit_code == 0, ran.output
        return ran.output


@contextmanager
def degraded_app(folder: Path, script: Script = every_card, **changes: str) -> Iterator[DegradedApp]:
    """Run the application with this data folder until the block ends."""
    with FaultRouter(script) as router:
        app = make_app(folder, router.url, **changes)
        try:
            yield DegradedApp(app, router)
        finally:
            close(app)

"""The settings: faults, misspelt names, and values that are for tests only. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.doctor.finding import Check, Finding, failed, ok, warning
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from validator.settings import Settings


def judge_faults(faults: Sequence[str]) -> list[Finding]:
    """The findings about settings that keep the service from starting."""
    text = _("The service does not start with these settings.")
    return [failed(Check.SETTINGS, "settings_wrong", text, fault) for fault in faults]


def judge_settings(settings: Settings, unknown: Iterable[str]) -> list[Finding]:
    """The findings about settings that can be used."""
    found = [_unknown(name) for name in unknown]
    if settings.demo:
        text = _("The demo mode is on: all cards are invented, and anyone can read the demo cards.")
        found.append(_setting("demo_mode", text, _("Remove ESCV_DEMO to check real cards.")))
    if settings.limits == "off":
        text = _("The limits on guessing card numbers are off.")
        found.append(_setting("limits_off", text, _("Remove ESCV_LIMITS: “off” is for load tests.")))
    if not settings.secure_cookies and not settings.demo:
        text = _("Session cookies are also sent without encryption.")
        found.append(
            _setting("cookies_open", text, _("Remove ESCV_SECURE_COOKIES, and serve by https only."))
        )
    return found or [ok(Check.SETTINGS, _("All settings can be used."))]


def _unknown(name: str) -> Finding:
    text = _("There is no setting %(name)s, so it has no effect.", name=name)
    return _setting("setting_unknown", text, _("Correct it, or remove it."))


def _setting(cause: str, text: str, advice: str) -> Finding:
    return warning(Check.SETTINGS, cause, text, advice)

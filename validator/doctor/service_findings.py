"""What the answer of one of the Router's services means: facts → finding. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.doctor.finding import Check, Finding, State, ok, skipped
from validator.health.status import Trouble
from validator.health.words import TROUBLES
from validator.i18n import N_
from validator.i18n import gettext as _
from validator.router.answers import Cause
from validator.router.config import Endpoint

if TYPE_CHECKING:
    from validator.router.answers import RouterFailure
    from validator.router.probe import EndpointProbe

CHECKS = {Endpoint.STATUS_V2: Check.ROUTER_STATUS, Endpoint.VERIFIER: Check.ROUTER_VERIFIER}
_NOT_FOUND = 404
_REDIRECTS = range(300, 400)
# What is no refusal, although it may come as a web page.
_OWN_PAGES = frozenset({Cause.REFUSED, Cause.BUSY, Cause.ERROR})
_WAIT = N_("Wait, then run this check again. If this lasts, look for the Router’s own news.")
_WORDS = {
    "router_html": (
        N_("In place of an answer came a web page (HTML, status %(status)s): not the Router answered."),
        N_(
            "Look whether the network shows a sign-in page, or a web proxy its own page, to this server. "
            "Check the spelling of ESCV_ROUTER_URL."
        ),
    ),
    "router_redirects": (
        N_("The Router refers to another address (status %(status)s), which this service never follows."),
        N_(
            "Check the spelling of ESCV_ROUTER_URL, and whether the network shows a sign-in page to this "
            "server."
        ),
    ),
    "router_path_missing": (
        N_("Status 404 without the Router’s error code: there is no such service at this address."),
        N_("Check ESCV_ROUTER_URL: it is the address of the Router alone, without the path of a service."),
    ),
    "router_busy": (N_("The Router is busy (status %(status)s)."), _WAIT),
    "router_error": (N_("The Router reports an error of its own (status %(status)s)."), _WAIT),
    "router_answer_unusable": (
        N_("The answer cannot be used (%(detail)s)."),
        N_("Look for a newer version of this service, and ask the Router’s operators what has changed."),
    ),
}


def judge_service(probe: EndpointProbe, mail: str | None, *, is_reached: bool, is_enough: bool) -> Finding:
    """The finding about one service; only a warning if the other one answers (`is_enough`)."""
    check = CHECKS[probe.endpoint]
    if not is_reached:
        return skipped(check, _("The Router was not reached."))
    if probe.failure is None:
        return ok(check, _meaning(probe.status))
    cause, text, advice = _fault(probe, probe.failure)
    state = State.WARNING if is_enough else State.FAILED
    return Finding(check, cause, state, text, advice, mail if cause == Trouble.ROUTER_REFUSES else None)


def _meaning(status: int | None) -> str:
    if status == _NOT_FOUND:
        return _("It answers: status 404 with the Router’s error code, as expected for an invented number.")
    return _("It answers (status %(status)s).", status=status)


def _fault(probe: EndpointProbe, failure: RouterFailure) -> tuple[str, str, str]:
    """The cause, what was found, and what to do."""
    cause, status = failure.cause, probe.status
    if cause is Cause.REFUSED and status not in _REDIRECTS:
        return (
            Trouble.ROUTER_REFUSES,
            _("The Router does not let this server ask (status %(status)s).", status=status),
            _(
                "Send the mail to the Router’s helpdesk. Where ESCV_ROUTER_TOKEN is set, check it: questions "
                "about cards need none."
            ),
        )
    if cause is Cause.SLOW or status is None:
        trouble = Trouble.ROUTER_SLOW if cause is Cause.SLOW else Trouble.ROUTER_ROUTE
        words = TROUBLES[trouble]
        return trouble, _(words.happened, detail=failure.detail), _(words.next)
    name = _name(probe, cause)
    happened, advice = _WORDS[name]
    return name, _(happened, status=status, detail=failure.detail), _(advice)


def _name(probe: EndpointProbe, cause: Cause) -> str:
    if cause is Cause.REFUSED:
        return "router_redirects"
    if probe.is_html and cause not in _OWN_PAGES:
        return "router_html"
    if probe.is_path_missing:
        return "router_path_missing"
    return {Cause.BUSY: "router_busy", Cause.ERROR: "router_error"}.get(cause, "router_answer_unusable")

"""The way to the Router and its two services: facts → findings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from validator.doctor.certificate import judge_certificate
from validator.doctor.finding import Check, Finding, failed, ok, skipped, warning
from validator.doctor.mail import refusal_mail
from validator.doctor.service_findings import judge_service
from validator.health.parts import span
from validator.health.status import CLOCK_WRONG_S, Trouble
from validator.health.words import CLOCK_SLOW, TROUBLES
from validator.i18n import gettext as _
from validator.router.answers import Cause

if TYPE_CHECKING:
    from datetime import datetime

    from validator.router.answers import RouterFailure
    from validator.router.probe import RouterProbe
    from validator.router.route import Proxy

_STEPS = {
    Cause.PROXY: (Check.ROUTER_PROXY, Trouble.ROUTER_PROXY),
    Cause.NAME: (Check.ROUTER_NAME, Trouble.ROUTER_NAME),
    Cause.ROUTE: (Check.ROUTER_CONNECTION, Trouble.ROUTER_ROUTE),
    Cause.CERTIFICATE: (Check.ROUTER_CERTIFICATE, Trouble.ROUTER_CERTIFICATE),
}


@dataclass(frozen=True, slots=True)
class RouterFacts:
    """What was found on the way to the Router, and when by our clock."""

    probe: RouterProbe
    now: datetime


def judge_router(facts: RouterFacts) -> list[Finding]:
    """The findings from the name to the answers of both services, and about the clock."""
    way = _way(facts)
    return [*way, *_services(facts, is_reached=_obstacle(facts.probe) is None), _clock(facts.probe)]


def _obstacle(probe: RouterProbe) -> RouterFailure | None:
    """What kept every request from reaching the Router; None if it was reached, or perhaps reached."""
    failures = [one.failure for one in probe.endpoints if one.failure and one.status is None]
    found = [one for one in failures if one.cause in _STEPS]
    return found[0] if len(found) == len(probe.endpoints) else None


def _way(facts: RouterFacts) -> list[Finding]:
    """One finding for each step; steps after an obstacle were not reached."""
    obstacle, found, is_passed = _obstacle(facts.probe), list[Finding](), False
    needed = facts.probe.needed_proxy
    for cause, step in _steps(facts).items():
        check = _STEPS[cause][0]
        if needed is not None and cause is not Cause.PROXY:
            found.append(skipped(check, _("This server has no direct way to the Router.")))
        elif needed is not None:
            found.append(_proxy_needed(needed))
        elif obstacle is not None and obstacle.cause is cause:
            found.append(_failed_step(facts, obstacle))
            is_passed = True
        elif is_passed:
            found.append(skipped(check, _("An earlier step failed.")))
        else:
            found.append(ok(check, step))
    return found


def _steps(facts: RouterFacts) -> dict[Cause, str]:
    """The steps of this way in their order, each with its words for success."""
    config = facts.probe.config
    rest = {Cause.ROUTE: _("A connection to the Router is possible.")}
    if config.base_url.startswith("https:"):
        rest[Cause.CERTIFICATE] = _("The Router’s certificate is accepted.")
    if config.proxy is not None:
        proxy = _("The web proxy %(address)s connects to the Router.", address=config.proxy.public_address)
        return {Cause.PROXY: proxy, **rest}
    return {
        Cause.PROXY: _("No web proxy is set."),
        Cause.NAME: _("The Router’s name can be resolved."),
        **rest,
    }


def _proxy_needed(proxy: Proxy) -> Finding:
    address = proxy.public_address
    return failed(
        Check.ROUTER_PROXY,
        "proxy_needed",
        _(
            "The Router cannot be reached directly, but it can through the web proxy %(address)s "
            "(named by %(source)s).",
            address=address,
            source=proxy.variable,
        ),
        _("Set ESCV_ROUTER_PROXY=%(address)s, with a name and a password if it needs them.", address=address),
    )


def _failed_step(facts: RouterFacts, obstacle: RouterFailure) -> Finding:
    check, trouble = _STEPS[obstacle.cause]
    if obstacle.cause is Cause.CERTIFICATE and facts.probe.certificate is not None:
        return judge_certificate(facts.probe.certificate, facts.now)
    words = TROUBLES[trouble]
    return failed(check, trouble, _(words.happened, detail=obstacle.detail), _(words.next))


def _services(facts: RouterFacts, *, is_reached: bool) -> list[Finding]:
    """One finding for each of the two services; a refused one gets the mail to the helpdesk."""
    probe = facts.probe
    has_answer = any(one.failure is None for one in probe.endpoints)
    mail = refusal_mail(probe, facts.now)
    return [judge_service(one, mail, is_reached=is_reached, is_enough=has_answer) for one in probe.endpoints]


def _clock(probe: RouterProbe) -> Finding:
    known = [one.ahead_s for one in probe.endpoints if one.ahead_s is not None]
    if not known:
        return skipped(
            Check.CLOCK, _("The Router’s time is not known, because it sent no reply with a date.")
        )
    ahead_s = median(known)
    if abs(ahead_s) < CLOCK_WRONG_S:
        return ok(Check.CLOCK, _("It agrees with the Router’s."))
    words = TROUBLES[Trouble.CLOCK_WRONG]
    text = _(CLOCK_SLOW if ahead_s < 0 else words.happened, time=span(abs(ahead_s)))
    return warning(Check.CLOCK, Trouble.CLOCK_WRONG, text, _(words.next))

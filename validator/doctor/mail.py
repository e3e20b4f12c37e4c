"""The mail to the Router's helpdesk where it refuses this server. Pure; holds no secret and no card."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from validator.router.answers import Cause

if TYPE_CHECKING:
    from datetime import datetime

    from validator.router.probe import EndpointProbe, RouterProbe

HELPDESK = "ESC.support@nttdata.com"
_FILL_IN = "(please fill in: your network team knows it)"
# Not in the catalogue: the helpdesk reads English.
_MAIL = """\
To: {helpdesk}
Subject: The ESC Router refuses our server

Dear ESC support team,

our institution checks European Student Cards with the program ESC Validator. The Router refuses its requests.
Please let us know whether our address must be admitted, or what else we have to change.

Institution and PIC: (please fill in)
Router: {router}
Time: {time} UTC
{answers}
Public address of our server: {address}
Web proxy on our side: {proxy}
Access token sent: {token}
User-Agent: {agent}

The number in these requests was invented for the test: it is no card.

Kind regards
"""


def refusal_mail(probe: RouterProbe, now: datetime) -> str | None:
    """The mail; None if no service refuses this server."""
    if not any(one.failure and one.failure.cause is Cause.REFUSED for one in probe.endpoints):
        return None
    config = probe.config
    return _MAIL.format(
        helpdesk=HELPDESK,
        router=config.identity,
        time=now.strftime("%Y-%m-%d %H:%M:%S"),
        answers="\n".join(_answer(one) for one in probe.endpoints),
        address=_public(probe),
        proxy=config.proxy.public_address if config.proxy else "none",
        token="yes" if config.token else "no",
        agent=config.user_agent,
    )


def _answer(one: EndpointProbe) -> str:
    return f"Answer of the service {one.endpoint}: {one.status or 'none'}"


def _public(probe: RouterProbe) -> str:
    """Our address if it is one of the Internet and no proxy hides it."""
    if probe.source is None or probe.config.proxy is not None:
        return _FILL_IN
    return probe.source if ipaddress.ip_address(probe.source.partition("%")[0]).is_global else _FILL_IN

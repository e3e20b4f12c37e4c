"""Why the Router's certificate is not accepted: facts → finding. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.doctor.finding import Check, Finding, failed
from validator.i18n import N_
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from datetime import datetime

    from validator.router.server_certificate import ServerCertificate

# OpenSSL's numbers (X509_V_ERR_…).
_OTHER_HOST = frozenset({62, 64})
_CLOCK = N_(
    "Check this server’s clock first. If it is right, another server may show this certificate in the "
    "Router’s name: ask your network team."
)
_WORDS = {
    "certificate_expired": (
        N_(
            "The certificate ended on %(ends)s, and this server’s clock shows %(now)s. It was issued by: "
            "%(issuer)s."
        ),
        _CLOCK,
    ),
    "certificate_not_yet_valid": (
        N_(
            "The certificate begins on %(starts)s, and this server’s clock shows %(now)s. It was issued by: "
            "%(issuer)s."
        ),
        _CLOCK,
    ),
    "certificate_other_host": (
        N_("The certificate is one of another host. It was issued by: %(issuer)s."),
        N_(
            "Check the spelling of ESCV_ROUTER_URL, then ask your network team what answers in the Router’s "
            "name."
        ),
    ),
    "certificate_private_authority": (
        N_("The certificate is from an authority that is not trusted here: %(issuer)s."),
        N_(
            "If the network opens TLS connections, or the Router’s authority is a private one, ask for the "
            "authority’s certificate (PEM), put it in a file, and name the file in ESCV_ROUTER_CA_FILE. "
            "Otherwise another server may pretend to be the Router: ask your network team."
        ),
    ),
}


def judge_certificate(found: ServerCertificate, now: datetime) -> Finding:
    """The finding about a certificate that was not accepted."""
    cause = _cause(found, now)
    happened, advice = _WORDS[cause]
    starts, ends, today = (moment.strftime("%Y-%m-%d") for moment in (found.starts, found.ends, now))
    text = _(happened, starts=starts, ends=ends, now=today, issuer=found.issuer)
    return failed(Check.ROUTER_CERTIFICATE, cause, text, _(advice))


def _cause(found: ServerCertificate, now: datetime) -> str:
    if now > found.ends:
        return "certificate_expired"
    if now < found.starts:
        return "certificate_not_yet_valid"
    return "certificate_other_host" if found.code in _OTHER_HOST else "certificate_private_authority"

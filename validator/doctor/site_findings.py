"""HTTPS in front of the service, forwarded headers and host names: facts → findings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.doctor.finding import Check, Finding, failed, ok, skipped, warning
from validator.i18n import gettext as _

if TYPE_CHECKING:
    from validator.settings import Settings

_OK = 200


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """The public address as it answers. `fault` is the type of the error if it does not.

    `status` is that of /livez. `policies` counts the Content-Security-Policy headers of a page.
    `passes_prefix` and `passes_scheme`: the server in front passes these headers of a client.
    """

    url: str
    is_certificate_accepted: bool = True
    fault: str | None = None
    status: int = _OK
    policies: int = 1
    is_seen_as_https: bool = True
    passes_prefix: bool = False
    passes_scheme: bool = False
    answers_other_hosts: bool = False


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """One request to a manager's page, as it came in. `forwarded_for` counts the addresses in the header."""

    is_https: bool
    is_loopback: bool
    has_forwarded: bool
    forwarded_for: int


def judge_site(facts: SiteFacts, settings: Settings) -> list[Finding]:
    """The findings about the address that people use."""
    obstacle = _obstacle(facts)
    if obstacle is not None:
        return [obstacle]
    return [_https(facts), _forwarded(facts), _headers(facts), _hosts(facts, settings)]


def _obstacle(facts: SiteFacts) -> Finding | None:
    """Why nothing else can be said about the address."""
    if not facts.is_certificate_accepted:
        return failed(
            Check.HTTPS,
            "site_certificate",
            _("The certificate of %(url)s is not accepted here.", url=facts.url),
            _(
                "Renew it, or let the server in front send its whole chain. If the authority is a private "
                "one, name its file in SSL_CERT_FILE for this check; phones need it, too."
            ),
        )
    if facts.fault is not None:
        return failed(
            Check.HTTPS,
            "site_not_reached",
            _("%(url)s does not answer (%(fault)s).", url=facts.url, fault=facts.fault),
            _("Check that the service and the server in front of it run, and their addresses and firewalls."),
        )
    if facts.status != _OK:
        return failed(
            Check.HTTPS,
            "site_other_answer",
            _("%(url)s answers with the status %(status)s.", url=facts.url, status=facts.status),
            _(
                "400: add this host to ESCV_TRUSTED_HOSTS. 404: correct the path in the server in front. 502 "
                "or 504: start the service, or correct its address there."
            ),
        )
    return None


def _https(facts: SiteFacts) -> Finding:
    if not facts.url.startswith("https:"):
        return warning(
            Check.HTTPS,
            "not_https",
            _("The address is one without https: browsers permit no camera and no installed app there."),
            _("Put a server with a certificate in front, such as Caddy or nginx."),
        )
    if not facts.is_seen_as_https:
        return failed(
            Check.HTTPS,
            "https_not_seen",
            _("The service takes its https address for an http one."),
            _(
                "Set ESCV_PROXY_HOPS to the number of servers in front, and let them send X-Forwarded-Proto "
                "and X-Forwarded-Host."
            ),
        )
    return ok(
        Check.HTTPS, _("The certificate is accepted, and the service knows that it is reached by https.")
    )


def _forwarded(facts: SiteFacts) -> Finding:
    passed = ["X-Forwarded-Prefix"] * facts.passes_prefix + ["X-Forwarded-Proto"] * facts.passes_scheme
    if passed:
        return failed(
            Check.FORWARDED,
            "headers_of_clients",
            _("The server in front passes on what clients write: %(headers)s.", headers=", ".join(passed)),
            _("Let it set these headers itself in every request, to nothing where there is no prefix."),
        )
    return ok(Check.FORWARDED, _("Forwarded headers of clients are not passed on."))


def _headers(facts: SiteFacts) -> Finding:
    if facts.policies == 1:
        return ok(Check.HEADERS, _("The security headers of the pages arrive unchanged."))
    text = _("The pages arrive without their Content-Security-Policy.")
    if facts.policies:
        text = _("The pages arrive with several Content-Security-Policy headers, which exclude each other.")
    advice = _("Let the server in front leave this header as it is.")
    return warning(Check.HEADERS, "headers_changed", text, advice)


def _hosts(facts: SiteFacts, settings: Settings) -> Finding:
    if facts.answers_other_hosts and not settings.trusted_hosts:
        return _any_host()
    if facts.answers_other_hosts:
        # The server in front may have replaced the name by its own.
        return ok(Check.HOSTS, _("Only the hosts of ESCV_TRUSTED_HOSTS are answered by the service itself."))
    return ok(Check.HOSTS, _("Requests for other host names are refused."))


def _any_host() -> Finding:
    return warning(
        Check.HOSTS,
        "any_host",
        _("Requests for any host name are answered."),
        _("Name the public host in ESCV_TRUSTED_HOSTS."),
    )


def site_unknown() -> list[Finding]:
    """The finding if no public address was given."""
    return [skipped(Check.HTTPS, _("Give the address that people use: doctor --url https://…"))]


def judge_request(facts: RequestFacts, settings: Settings) -> list[Finding]:
    """The findings about https and headers, from one request through the servers in front."""
    hosts = _any_host() if not settings.trusted_hosts and not facts.is_loopback else None
    return [
        _request_https(facts),
        _request_forwarded(facts, settings.proxy_hops),
        *([hosts] if hosts else []),
    ]


def _request_https(facts: RequestFacts) -> Finding:
    if facts.is_https:
        return ok(Check.HTTPS, _("This page came by https."))
    if facts.is_loopback:
        return ok(Check.HTTPS, _("This page came from this machine itself, where https is not needed."))
    return warning(
        Check.HTTPS,
        "https_not_seen",
        _("This page came without https, or the service does not know of it."),
        _("Serve by https only, and set ESCV_PROXY_HOPS to the number of servers in front."),
    )


def _request_forwarded(facts: RequestFacts, hops: int) -> Finding:
    if facts.has_forwarded and not hops:
        return warning(
            Check.FORWARDED,
            "forwarded_ignored",
            _("A server in front sends forwarded headers, which the service ignores."),
            _("Set ESCV_PROXY_HOPS to the number of servers in front."),
        )
    if facts.forwarded_for < hops:
        return failed(
            Check.FORWARDED,
            "too_many_hops",
            _(
                "ESCV_PROXY_HOPS is %(hops)s, but this request passed %(count)s servers in front: clients "
                "can write their own address.",
                hops=hops,
                count=facts.forwarded_for,
            ),
            _("Set ESCV_PROXY_HOPS to the number of servers in front, and let each send X-Forwarded-For."),
        )
    return ok(Check.FORWARDED, _("Forwarded headers and ESCV_PROXY_HOPS agree."))

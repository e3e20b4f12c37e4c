"""What is said about HTTP errors, on pages and in the API: what happened, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from validator.i18n import N_

_START_AGAIN = N_("Go back to the scanner and start again.")


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """One error: `code` for programs, the rest for people."""

    code: str
    text: str
    next_step: str


_BY_STATUS = {
    400: ErrorWords("bad_request", N_("That request could not be understood."), _START_AGAIN),
    401: ErrorWords(
        "sign_in_required", N_("Please sign in."), N_("Sign in, or send a device token, then go on.")
    ),
    403: ErrorWords(
        "not_allowed",
        N_("This account or device may not do that."),
        N_("Sign in as a person who may, or ask IT support."),
    ),
    404: ErrorWords(
        "not_found", N_("There is no such page."), N_("Check the address, or go to the scanner.")
    ),
    405: ErrorWords("method_not_allowed", N_("That address does not work like this."), _START_AGAIN),
    408: ErrorWords(
        "too_slow",
        N_("The request did not arrive in time."),
        N_("Check the network connection, then send it again."),
    ),
    411: ErrorWords(
        "length_required",
        N_("The request does not say how long it is."),
        N_("Send it with a Content-Length header."),
    ),
    413: ErrorWords(
        "too_large",
        N_("That was too large to read."),
        N_("Send less text, or a smaller photo: cut it down to the code."),
    ),
    415: ErrorWords(
        "unsupported_type",
        N_("That kind of file cannot be read here."),
        N_("Use a JPEG, PNG or WebP picture, or type the card number."),
    ),
    429: ErrorWords(
        "too_many_requests", N_("Too many tries in a short time."), N_("Wait a minute, then try again.")
    ),
    431: ErrorWords(
        "headers_too_large",
        N_("The browser sent too much beside the request."),
        N_("Delete this site’s cookies in the browser, then try again."),
    ),
    500: ErrorWords(
        "server_error",
        N_("Something went wrong on our server."),
        N_("No card was judged. Try again in a moment. If this continues, tell IT support."),
    ),
    503: ErrorWords(
        "busy",
        N_("The server is busy."),
        N_("No card was judged. Wait a few seconds, then send it again."),
    ),
}

OTHER_SITE = ErrorWords(
    "other_site",
    N_("This was not sent from a page of this service, so nothing was changed."),
    N_(
        "Open the scanner and do it there. If this happens again, update the browser and switch off "
        "add-ons that hide addresses, or tell IT support."
    ),
)


def words_for(status: int) -> ErrorWords:
    """The words for this HTTP status; an unlisted one gets those of its class."""
    return _BY_STATUS.get(status) or _BY_STATUS[500 if status >= 500 else 400]  # noqa: PLR2004 - the first server error

"""What is said about HTTP errors, on pages and in the API: what happened, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

_START_AGAIN = "Go back to the scanner and start again."


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """One error: `code` for programs, the rest for people."""

    code: str
    text: str
    next_step: str


_BY_STATUS = {
    400: ErrorWords("bad_request", "That request could not be understood.", _START_AGAIN),
    401: ErrorWords("sign_in_required", "Please sign in.", "Sign in, or send a device token, then go on."),
    403: ErrorWords(
        "not_allowed",
        "This account or device may not do that.",
        "Sign in as somebody who may, or ask whoever looks after this service.",
    ),
    404: ErrorWords("not_found", "There is no such page.", "Check the address, or go to the scanner."),
    405: ErrorWords("method_not_allowed", "That address does not work like this.", _START_AGAIN),
    408: ErrorWords(
        "too_slow",
        "The request did not arrive in time.",
        "Check the network connection, then send it again.",
    ),
    411: ErrorWords(
        "length_required",
        "The request does not say how long it is.",
        "Send it with a Content-Length header.",
    ),
    413: ErrorWords(
        "too_large",
        "That was too large to read.",
        "Send less text, or a smaller photo: cut it down to the code.",
    ),
    415: ErrorWords(
        "unsupported_type",
        "That kind of file cannot be read here.",
        "Use a JPEG, PNG or WebP picture, or type the card number.",
    ),
    429: ErrorWords("too_many_requests", "Too many tries in a short time.", "Wait a minute, then go on."),
    431: ErrorWords(
        "headers_too_large",
        "The browser sent too much beside the request.",
        "Delete this site’s cookies in the browser, then try again.",
    ),
    500: ErrorWords(
        "server_error",
        "Something went wrong on our server.",
        "No card was judged. Try again in a moment. If it stays so, tell whoever looks after this service.",
    ),
    503: ErrorWords(
        "busy",
        "The server is very busy just now.",
        "No card was judged. Wait a few seconds, then send it again.",
    ),
}

OTHER_SITE = ErrorWords(
    "other_site",
    "This was not sent from a page of this service, so nothing was changed.",
    "Open the scanner and do it there. If this happens again, update the browser and switch off add-ons that "
    "hide addresses, or tell whoever looks after this service.",
)


def words_for(status: int) -> ErrorWords:
    """The words for this HTTP status; an unlisted one gets those of its class."""
    return _BY_STATUS.get(status) or _BY_STATUS[500 if status >= 500 else 400]  # noqa: PLR2004 - the first server error

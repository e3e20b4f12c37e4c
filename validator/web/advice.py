"""The texts of an answer, by its reason. Every sentence says what to do next and accuses no person.

The same sentences are in static/js/result/advice.js; tests/vectors/shown.json holds both to each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from validator.i18n import N_
from validator.i18n import gettext as _
from validator.verdict import Outcome, Reason

DIGITAL_TYPES = frozenset({"SMART_PASSIVE", "SMART_PASSIVE_EMULATION"})
CHIP_TYPES = frozenset({"SMART_NO_CDZ", "SMART_CDZ", "SMART_MAY_SP"})

# INACTIVE is called suspended: the issuer can lift it at any time (protocol.md, 3.4).
NAMES: dict[Outcome | Reason, str] = {
    Outcome.VALID: N_("VALID"),
    Outcome.NOT_VALID: N_("NOT VALID"),
    Outcome.COULD_NOT_CHECK: N_("COULD NOT CHECK"),
    Reason.EXPIRED: N_("NOT VALID: EXPIRED"),
    Reason.INACTIVE: N_("NOT VALID: SUSPENDED"),
    Reason.UNKNOWN_CARD: N_("NOT VALID: NOT REGISTERED"),
}
DETAILS = {
    Reason.EXPIRED: N_("EXPIRED"),
    Reason.INACTIVE: N_("SUSPENDED"),
    Reason.UNKNOWN_CARD: N_("NOT REGISTERED"),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened, what to do next, and `whose` it is to repair where a check was not possible."""

    happened: str
    next: str
    whose: str | None = None

    def translated(self) -> Advice:
        """The same in the language of this request."""
        return Advice(_(self.happened), _(self.next), self.whose and _(self.whose))


COMPARE = N_("Compare the photo and the name on the card with the person.")
COMPARE_DIGITAL = N_("Ask to see the card in its app, and compare the photo and the name with the person.")

ABOUT_THE_CARD = {
    Reason.ACTIVE: Advice(
        N_("The card register knows this card as active."),
        COMPARE,
    ),
    Reason.EXPIRED: Advice(
        N_("The card has expired."),
        N_(
            "The student can ask the university that issued it to renew it. A renewed card often "
            "keeps its number, and is then valid at the next check."
        ),
    ),
    Reason.INACTIVE: Advice(
        N_("The issuer has suspended this card."),
        N_("The student can ask the university that issued it, which can activate it again."),
    ),
    Reason.UNKNOWN_CARD: Advice(
        N_("The card register has no card with this number."),
        N_(
            "This is common: many cards are registered only when the student asks for it, and a "
            "replaced card is removed. If the number was typed, compare it with the card once more. "
            "The student can ask their international office to register the card."
        ),
    ),
}

NO_ANSWER = {
    Reason.ROUTER_TIMEOUT: Advice(
        N_("The card register took too long to answer."),
        N_(
            "Check again in a moment. If it stays like this, follow your own rule for when a check "
            "is not possible."
        ),
        N_("The card register"),
    ),
    Reason.ROUTER_UNREACHABLE: Advice(
        N_("Our server could not reach the card register."),
        N_(
            "Check again in a minute. If it stays like this, follow your own rule for when a check "
            "is not possible."
        ),
        N_("The connection between our server and the card register"),
    ),
    Reason.ROUTER_REFUSED: Advice(
        N_("The card register does not accept requests from our server."),
        N_(
            "Tell IT support; checking again will not help until they have fixed it. Until then, "
            "follow your own rule for when a check is not possible."
        ),
        N_("Our server’s access to the card register"),
    ),
    Reason.ROUTER_BUSY: Advice(
        N_("The card register is busy and asks us to wait."),
        N_(
            "Check again in a minute. If it stays like this, follow your own rule for when a check "
            "is not possible."
        ),
        N_("The card register"),
    ),
    Reason.ROUTER_ERROR: Advice(
        N_("The card register has a fault at the moment."),
        N_(
            "Check again in a minute. If it stays like this, follow your own rule for when a check "
            "is not possible."
        ),
        N_("The card register"),
    ),
    Reason.ROUTER_ANSWER_UNUSABLE: Advice(
        N_("The card register answered, but its answer cannot be used."),
        N_("Check again. If it stays like this, follow your own rule for when a check is not possible."),
        N_("The card register"),
    ),
    Reason.DEVICE_OFFLINE: Advice(
        N_("This device has no connection, and this card was not checked here before."),
        N_(
            "Check the device’s network, then check the card again. If it stays like this, follow "
            "your own rule for when a check is not possible."
        ),
        N_("This device"),
    ),
    Reason.TOO_MANY_CHECKS: Advice(
        N_("Too many checks at once: our server is limiting its requests to the card register."),
        N_(
            "Wait a minute, then check again. If it happens often, ask a manager, who can see why. "
            "Until then, follow your own rule for when a check is not possible."
        ),
        N_("Our server"),
    ),
}

# Why a remembered answer is shown.
STANDS_IN = {
    Reason.ROUTER_TIMEOUT: N_(
        "The card register took too long to answer. This is its last answer, remembered here. It "
        "will be confirmed at the next check."
    ),
    Reason.ROUTER_UNREACHABLE: N_(
        "Our server could not reach the card register. This is its last answer, remembered here. It "
        "will be confirmed at the next check."
    ),
    Reason.ROUTER_REFUSED: N_(
        "The card register does not accept requests from our server. This is its last answer, "
        "remembered here. It will be confirmed at the next check."
    ),
    Reason.ROUTER_BUSY: N_(
        "The card register is busy. This is its last answer, remembered here. It will be confirmed "
        "at the next check."
    ),
    Reason.ROUTER_ERROR: N_(
        "The card register has a fault at the moment. This is its last answer, remembered here. It "
        "will be confirmed at the next check."
    ),
    Reason.ROUTER_ANSWER_UNUSABLE: N_(
        "The card register’s new answer cannot be used. This is its last answer, remembered here. It "
        "will be confirmed at the next check."
    ),
    Reason.DEVICE_OFFLINE: N_(
        "This device has no connection. This is the card register’s last answer, remembered here. It "
        "will be confirmed at the next check."
    ),
    Reason.TOO_MANY_CHECKS: N_(
        "Our server is limiting its requests to the card register. This is its last answer, "
        "remembered here. It will be confirmed at the next check."
    ),
}
STANDS_IN_PLAIN = N_(
    "The card register was not asked this time. This is its last answer, remembered here. It will be "
    "confirmed at the next check."
)

WARNINGS = {
    "sandbox_card": N_(
        "The code belongs to the card register’s test system. Cards in real use normally have "
        "another address; the student’s international office can tell you more."
    ),
    "unknown_qr_host": N_(
        "The code has a web address that we do not know. Only the card number in it was used; the "
        "address was not visited."
    ),
    "unusual_number": N_(
        "The number has an unusual form. Some issuers use such numbers; the card register decides."
    ),
}
# The same on the face of the answer, inside its colour: one line that says where to look.
FACE_WARNINGS = {
    "sandbox_card": N_("The code belongs to the test system. Check the card in another way."),
    "unknown_qr_host": N_("The code’s address is unknown. Look closely at the card itself."),
    "unusual_number": N_("The number is unusual. Look closely at the card itself."),
}


def name_of(outcome: Outcome, reason: Reason) -> str:
    """An answer as one names it: NOT VALID: EXPIRED."""
    return _(NAMES.get(reason) or NAMES[outcome])


def level_name(level: str | None) -> str | None:
    """The academic level in words; None for a level that has none yet."""
    levels = {"BACHELOR": _("Bachelor"), "MASTER": _("Master"), "DOCTORATE": _("Doctorate")}
    return levels.get(level or "")


def card_type_name(card_type: str | None) -> str | None:
    """The type of a card in words; None for a type that has none yet."""
    if card_type in DIGITAL_TYPES:
        return _("Digital card, on a phone")
    if card_type in CHIP_TYPES:
        return _("Plastic card with a chip")
    return _("Plastic card") if card_type == "PASSIVE" else None

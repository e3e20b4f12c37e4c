"""What a verdict says in words. Every sentence says what to do next and accuses nobody."""

from __future__ import annotations

from dataclasses import dataclass

from validator.verdict import Outcome, Reason, Source

PRODUCT = "ESC Validator"

OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.VALID: "VALID",
    Outcome.NOT_VALID: "NOT VALID",
    Outcome.COULD_NOT_CHECK: "COULD NOT CHECK",
}

# INACTIVE is called suspended: the issuer can lift it at any time (protocol.md, 3.4).
DETAIL_WORDS: dict[Reason, str] = {
    Reason.EXPIRED: "EXPIRED",
    Reason.INACTIVE: "SUSPENDED",
    Reason.UNKNOWN_CARD: "NOT REGISTERED",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened, what to do next, and `whose` it is to mend where a check was not possible."""

    happened: str
    next: str
    whose: str | None = None


COMPARE = "Compare the photo and the name on the card with the person."
COMPARE_DIGITAL = "Ask to see the card in its app, and compare the photo and the name with the person."

ABOUT_THE_CARD: dict[Reason, Advice] = {
    Reason.ACTIVE: Advice("The European Student Card Router knows this card as active.", COMPARE),
    Reason.EXPIRED: Advice(
        "The card’s time has run out.",
        "The student can ask the university that issued it to renew it. A renewed card often keeps its "
        "number, and is then seen as valid at the next check.",
    ),
    Reason.INACTIVE: Advice(
        "The issuer has this card switched off for now.",
        "The student can ask the university that issued it, which can switch it on again.",
    ),
    Reason.UNKNOWN_CARD: Advice(
        "The Router has no card with this number.",
        "That is common: many cards are registered only when the student asks for it, and a replaced card is "
        "taken out. If the number was typed, please compare it once more with the card. "
        "The student can ask their international office to register the card.",
    ),
}

OWN_RULE = "If it stays like this, follow your own rule for when a check is not possible."
_TELL_OPERATOR = "Please tell whoever looks after this service; checking again will not help until then. "

NO_ANSWER: dict[Reason, Advice] = {
    Reason.ROUTER_TIMEOUT: Advice(
        "The Router took too long to answer.", f"Check again in a moment. {OWN_RULE}", "The Router"
    ),
    Reason.ROUTER_UNREACHABLE: Advice(
        "Our server could not reach the Router.",
        f"Check again in a minute. {OWN_RULE}",
        "The connection between our server and the Router",
    ),
    Reason.ROUTER_REFUSED: Advice(
        "The Router does not let our server ask.", _TELL_OPERATOR + OWN_RULE, "Our server’s access"
    ),
    Reason.ROUTER_BUSY: Advice(
        "The Router is busy and asks us to wait.", f"Check again in a minute. {OWN_RULE}", "The Router"
    ),
    Reason.ROUTER_ERROR: Advice(
        "The Router has a fault of its own just now.", f"Check again in a minute. {OWN_RULE}", "The Router"
    ),
    Reason.ROUTER_ANSWER_UNUSABLE: Advice(
        "The Router answered, but not in a way that can be relied on.",
        f"Check again. {OWN_RULE}",
        "The Router",
    ),
    Reason.DEVICE_OFFLINE: Advice(
        "This device has no connection, and this card was not checked here before.",
        f"Look at the device’s network, then check again. {OWN_RULE}",
        "This device",
    ),
    Reason.TOO_MANY_CHECKS: Advice(
        "So many cards are being checked that our server is holding back, to be kind to the Router.",
        f"Wait a minute, then check again. If it goes on, ask a manager, who can see why. {OWN_RULE}",
        "Our server",
    ),
}

LAST_DAY = "The card’s last day was {day}."
WITH_DETAIL = "{word}: {detail}"
AS_OF = "{title}, as of {age}"
SAYS_NOTHING = "This says nothing about the card."

# Why a remembered answer stands in; the sentence goes on with "so …".
STANDS_IN: dict[Reason, str] = {
    Reason.ROUTER_TIMEOUT: "The Router took too long to answer",
    Reason.ROUTER_UNREACHABLE: "Our server could not reach the Router",
    Reason.ROUTER_REFUSED: "The Router does not let our server ask just now",
    Reason.ROUTER_BUSY: "The Router is busy",
    Reason.ROUTER_ERROR: "The Router has a fault of its own just now",
    Reason.ROUTER_ANSWER_UNUSABLE: "The Router’s new answer could not be relied on",
    Reason.DEVICE_OFFLINE: "This device has no connection",
    Reason.TOO_MANY_CHECKS: "Our server is holding back, to be kind to the Router",
}
STANDS_IN_PLAIN = "The Router was not asked this time"
NOT_ASKED_AGAIN = "This card was checked here not long ago, so the Router was not asked again."
STANDS_IN_TAIL = ", so this is its last answer, remembered here. It will be confirmed at the next check."

WARNINGS: dict[str, str] = {
    "sandbox_card": "The code belongs to the Router’s test system. Cards in real use normally carry another "
    "address; the student’s international office can tell more.",
    "unknown_qr_host": "The code holds an address that is not known to us. Only the card number in it was "
    "used; the address was not visited.",
    "unusual_number": "The number is formed in an unusual way. Some issuers do so; the Router decides.",
}

# The same on the face of the answer, inside its colour: one line that says where to look.
FACE_WARNINGS: dict[str, str] = {
    "sandbox_card": "The code belongs to the test system. Check the card in another way.",
    "unknown_qr_host": "The code’s address is unknown. Look closely at the card itself.",
    "unusual_number": "The number is unusual. Look closely at the card itself.",
}
# In place of VALID where the code belongs to the Router’s test system.
TEST_CARD = "TEST CARD"
TEST_CARD_NOTE = "The Router has its number as valid."

# Each takes the age of the answer: "just now", "3 h ago".
SOURCES: dict[Source, str] = {
    Source.ROUTER: "The Router, {age}",
    Source.CACHE: "The Router, {age}, remembered here",
    Source.DEVICE: "The Router, {age}, remembered on this device",
}

LABELS = {
    "checked": "Checked",
    "check_code": "Check code",
    "name": "Name on the card",
    "issuer": "Issued by",
    "valid_until": "Card valid until",
    "expiry": "Expiry date",
    "level": "Academic level",
    "type": "Type of card",
    "from": "Answer from",
    "asked": "Asked",
    "counts_until": "Counts at most until",
    "number": "Card number",
    "pic": "Issuer code (PIC)",
    "issued": "Issued on",
}
INSTITUTION = "Institution {pic} (PIC)"

LEVELS = {"BACHELOR": "Bachelor", "MASTER": "Master", "DOCTORATE": "Doctorate"}

_CHIP = "Plastic card with a chip"
_DIGITAL = "Digital card, on a phone"
CARD_TYPES = {
    "PASSIVE": "Plastic card",
    "SMART_NO_CDZ": _CHIP,
    "SMART_CDZ": _CHIP,
    "SMART_MAY_SP": _CHIP,
    "SMART_PASSIVE": _DIGITAL,
    "SMART_PASSIVE_EMULATION": _DIGITAL,
}
DIGITAL_TYPES = frozenset({"SMART_PASSIVE", "SMART_PASSIVE_EMULATION"})

HOLOGRAM_OR_LOGO = (
    "A genuine card bears the older hologram or the new European Student Card logo. "
    "Both count until 31 December 2027."
)
LOGO_ONLY = (
    "A genuine card bears the new European Student Card logo. "
    "The older hologram alone stopped counting on 31 December 2027."
)

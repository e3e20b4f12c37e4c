"""What a demo card is, and what may be foretold of it for a given day. Frozen values and pure functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from validator.verdict import Reason


class Form(StrEnum):
    """What the card's code says; `{escn}` stands for the number."""

    CURRENT = "https://s.esc-r.eu/{escn}"
    OLD = "http://esc.gg/{escn}"
    OLD_HTTPS = "https://esc.gg/{escn}"
    OLD_SANDBOX = "http://pp.esc.gg/{escn}"
    REGIONAL = "http://esc.bwcard.de/{escn}"
    OWN_HOST = "https://card.lind.example/{escn}"
    BARE = "{escn}"


class CardType(StrEnum):
    """The Router's words for card types; those with PASSIVE after SMART are digital."""

    UNKNOWN = "UNKNOWN"
    PASSIVE = "PASSIVE"
    SMART_NO_CDZ = "SMART_NO_CDZ"
    SMART_CDZ = "SMART_CDZ"
    SMART_MAY_SP = "SMART_MAY_SP"
    SMART_PASSIVE = "SMART_PASSIVE"
    SMART_PASSIVE_EMULATION = "SMART_PASSIVE_EMULATION"

    @property
    def digital(self) -> bool:
        """Whether such a card lives on a phone."""
        return self in {CardType.SMART_PASSIVE, CardType.SMART_PASSIVE_EMULATION}

    @property
    def chip(self) -> bool:
        """Whether such a card is plastic with a chip."""
        return not self.digital and self.name.startswith("SMART")


class Level(StrEnum):
    """The Router's words for academic levels."""

    BACHELOR = "BACHELOR"
    MASTER = "MASTER"
    DOCTORATE = "DOCTORATE"


class Mark(StrEnum):
    """What proves the card to the eye: the hologram (until 31 December 2027) or the new logo."""

    HOLOGRAM = "hologram"
    NEW_LOGO = "new_logo"


class Standing(StrEnum):
    """How the card stands in the stand-in's register; the first three are the Router's own words."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    EXPIRED = "EXPIRED"
    NOT_REGISTERED = "NOT_REGISTERED"


class Fault(StrEnum):
    """How the stand-in misbehaves when it is asked about the card."""

    SLOW = "slow"
    SILENT = "silent"
    ERROR = "error"
    REFUSED = "refused"
    HTML_PAGE = "html_page"
    WRONG_CARD = "wrong_card"


@dataclass(frozen=True, slots=True)
class Institution:
    """An invented issuer; every PIC seen in the wild begins with 9, these begin with 1.

    `ground` is the colour of its cards, dark enough for white words.
    """

    name: str
    pic: str
    ground: str


@dataclass(frozen=True, slots=True)
class DemoCard:
    """One card of the deck. `ends_in_days` counts from today; addresses hold the `slug`, never the number."""

    slug: str
    holder: str
    story: str
    institution: Institution
    escn: str = field(repr=False)
    form: Form = Form.CURRENT
    inverted: bool = False
    card_type: CardType = CardType.SMART_PASSIVE
    level: Level | None = Level.BACHELOR
    mark: Mark = Mark.NEW_LOGO
    standing: Standing = Standing.ACTIVE
    ends_in_days: int = 300
    fault: Fault | None = None

    @property
    def payload(self) -> str:
        """What the card's code says."""
        return self.form.format(escn=self.escn)

    def expires_on(self, today: date) -> date:
        """The card's last day."""
        return today + timedelta(days=self.ends_in_days)

    def issued_on(self, today: date) -> date:
        """The day on which the card was issued: a little over three years before its last."""
        return self.expires_on(today) - timedelta(days=1_150)


_OF_FAULT = {
    Fault.SILENT: Reason.ROUTER_TIMEOUT,
    Fault.ERROR: Reason.ROUTER_ERROR,
    Fault.REFUSED: Reason.ROUTER_REFUSED,
    Fault.HTML_PAGE: Reason.ROUTER_ANSWER_UNUSABLE,
    Fault.WRONG_CARD: Reason.ROUTER_ANSWER_UNUSABLE,
}
_OF_STANDING = {
    Standing.INACTIVE: Reason.INACTIVE,
    Standing.EXPIRED: Reason.EXPIRED,
    Standing.NOT_REGISTERED: Reason.UNKNOWN_CARD,
}


def expected(card: DemoCard) -> Reason:
    """The reason of the verdict that a first check of the card gives."""
    if card.fault in _OF_FAULT:
        return _OF_FAULT[card.fault]
    if card.standing is Standing.ACTIVE:
        return Reason.ACTIVE if card.ends_in_days >= 0 else Reason.EXPIRED
    return _OF_STANDING[card.standing]

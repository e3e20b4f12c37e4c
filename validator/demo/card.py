"""Demo cards, and the expected result of a check on a given day. Frozen values and pure functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from validator.verdict import Reason


class CodeForm(StrEnum):
    """The text of the card's code; `{escn}` is replaced by the number."""

    CURRENT = "https://s.esc-r.eu/{escn}"
    OLD = "http://esc.gg/{escn}"
    OLD_HTTPS = "https://esc.gg/{escn}"
    OLD_SANDBOX = "http://pp.esc.gg/{escn}"
    REGIONAL = "http://esc.bwcard.de/{escn}"
    OWN_HOST = "https://card.lind.example/{escn}"
    BARE = "{escn}"


class CardType(StrEnum):
    """The card types of the Router; those with PASSIVE after SMART are digital."""

    UNKNOWN = "UNKNOWN"
    PASSIVE = "PASSIVE"
    SMART_NO_CDZ = "SMART_NO_CDZ"
    SMART_CDZ = "SMART_CDZ"
    SMART_MAY_SP = "SMART_MAY_SP"
    SMART_PASSIVE = "SMART_PASSIVE"
    SMART_PASSIVE_EMULATION = "SMART_PASSIVE_EMULATION"

    @property
    def digital(self) -> bool:
        """Whether the card is on a phone."""
        return self in {CardType.SMART_PASSIVE, CardType.SMART_PASSIVE_EMULATION}

    @property
    def chip(self) -> bool:
        """Whether the card is plastic with a chip."""
        return not self.digital and self.name.startswith("SMART")


class Level(StrEnum):
    """The academic levels of the Router."""

    BACHELOR = "BACHELOR"
    MASTER = "MASTER"
    DOCTORATE = "DOCTORATE"


class Mark(StrEnum):
    """The visible security mark: the hologram (until 31 December 2027) or the new logo."""

    HOLOGRAM = "hologram"
    NEW_LOGO = "new_logo"


class RegisterStatus(StrEnum):
    """The status of the card in the demo register; the first three are words of the Router."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    EXPIRED = "EXPIRED"
    NOT_REGISTERED = "NOT_REGISTERED"


class Fault(StrEnum):
    """The fault that the simulated Router shows for the card."""

    SLOW = "slow"
    SILENT = "silent"
    ERROR = "error"
    REFUSED = "refused"
    HTML_PAGE = "html_page"
    WRONG_CARD = "wrong_card"


@dataclass(frozen=True, slots=True)
class Institution:
    """An invented issuer. All known PICs start with 9, these start with 1.

    `colour`: of its cards, dark enough for white text.
    """

    name: str
    pic: str
    colour: str


@dataclass(frozen=True, slots=True)
class DemoCard:
    """One demo card. `ends_in_days` counts from today. URLs contain the `slug`, never the number."""

    slug: str
    holder: str
    story: str
    institution: Institution
    escn: str = field(repr=False)
    form: CodeForm = CodeForm.CURRENT
    inverted: bool = False
    card_type: CardType = CardType.SMART_PASSIVE
    level: Level | None = Level.BACHELOR
    mark: Mark = Mark.NEW_LOGO
    status: RegisterStatus = RegisterStatus.ACTIVE
    ends_in_days: int = 300
    fault: Fault | None = None

    @property
    def payload(self) -> str:
        """The text of the card's code."""
        return self.form.format(escn=self.escn)

    def expires_on(self, today: date) -> date:
        """The last day of validity."""
        return today + timedelta(days=self.ends_in_days)

    def issued_on(self, today: date) -> date:
        """The day of issue: a little over three years before the last day."""
        return self.expires_on(today) - timedelta(days=1_150)


_REASONS_OF_FAULTS = {
    Fault.SILENT: Reason.ROUTER_TIMEOUT,
    Fault.ERROR: Reason.ROUTER_ERROR,
    Fault.REFUSED: Reason.ROUTER_REFUSED,
    Fault.HTML_PAGE: Reason.ROUTER_ANSWER_UNUSABLE,
    Fault.WRONG_CARD: Reason.ROUTER_ANSWER_UNUSABLE,
}
_REASONS_OF_STATUS = {
    RegisterStatus.INACTIVE: Reason.INACTIVE,
    RegisterStatus.EXPIRED: Reason.EXPIRED,
    RegisterStatus.NOT_REGISTERED: Reason.UNKNOWN_CARD,
}


def expected(card: DemoCard) -> Reason:
    """The reason of the verdict of a first check of the card."""
    if card.fault in _REASONS_OF_FAULTS:
        return _REASONS_OF_FAULTS[card.fault]
    if card.status is RegisterStatus.ACTIVE:
        return Reason.ACTIVE if card.ends_in_days >= 0 else Reason.EXPIRED
    return _REASONS_OF_STATUS[card.status]

"""The demo cards: about two dozen invented cards of invented people with memorable names.

The numbers are fixed. All but two have the official form (prefix and PIC as the last twelve digits). The end
dates are relative to today.
"""

from __future__ import annotations

from validator.demo.card import CardType, CodeForm, DemoCard, Fault, Institution, Level, Mark, RegisterStatus
from validator.i18n import N_

LINDENBURG = Institution("University of Lindenburg", "120304051", "#1f4e79")
VALMOREE = Institution("Université de Valmorée", "130517244", "#6b2d5c")
PUERTO_CLARO = Institution("Universidad de Puerto Claro", "141820963", "#8a3b12")
ZLOTOBRZEG = Institution("Politechnika Złotobrzeska", "152637480", "#7a1f2b")
NORDVIK = Institution("Høgskolen i Nordvikfjord", "163049275", "#17545c")
TANNENBACH = Institution("Hochschule Tannenbach", "174528316", "#355e1f")
PIETRALBA = Institution("Università di Pietralba Alta", "185263907", "#4a4a68")

CHECKED = (
    DemoCard(
        slug="anna-active",
        holder="Anna Active",
        story=N_("The usual case: a digital card with the current code."),
        institution=LINDENBURG,
        escn="93be43d0-4a6d-103c-ab04-001120304051",
        level=Level.MASTER,
    ),
    DemoCard(
        slug="bruno-darkmode",
        holder="Bruno Darkmode",
        story=N_("A digital card with inverted colours: light squares on a dark ground."),
        institution=NORDVIK,
        escn="501efda0-64b0-103d-9c0d-000163049275",
        inverted=True,
        card_type=CardType.SMART_PASSIVE_EMULATION,
    ),
    DemoCard(
        slug="clara-hologram",
        holder="Clara Hologram",
        story=N_("An older plastic card with a chip, the hologram and the old address."),
        institution=VALMOREE,
        escn="20bd8120-877e-103e-ae61-001130517244",
        form=CodeForm.OLD,
        card_type=CardType.SMART_MAY_SP,
        level=Level.DOCTORATE,
        mark=Mark.HOLOGRAM,
    ),
    DemoCard(
        slug="diego-plastic",
        holder="Diego Plastic",
        story=N_("Plain plastic without a chip; the old address with https."),
        institution=PUERTO_CLARO,
        escn="7a42a6d0-82c4-103e-8910-000141820963",
        form=CodeForm.OLD_HTTPS,
        card_type=CardType.PASSIVE,
        mark=Mark.HOLOGRAM,
    ),
    DemoCard(
        slug="ewa-newlogo",
        holder="Ewa Newlogo",
        story=N_("A plastic card with a chip and the new logo."),
        institution=ZLOTOBRZEG,
        escn="73651d10-5c9c-103d-a2bf-002152637480",
        card_type=CardType.SMART_CDZ,
        level=Level.MASTER,
    ),
    DemoCard(
        slug="felix-regional",
        holder="Felix Regional",
        story=N_("A regional issuer with an address of its own."),
        institution=TANNENBACH,
        escn="93e772d0-442f-103c-9042-007174528316",
        form=CodeForm.REGIONAL,
        card_type=CardType.SMART_NO_CDZ,
    ),
    DemoCard(
        slug="greta-number",
        holder="Greta Number",
        story=N_("The code says the bare number, without an address."),
        institution=LINDENBURG,
        escn="33c72ff0-6a06-103d-94a9-001120304051",
        form=CodeForm.BARE,
        level=Level.MASTER,
    ),
    DemoCard(
        slug="henri-sandbox",
        holder="Henri Sandbox",
        story=N_("The address of the old sandbox, printed on a card by mistake: shown as a test card."),
        institution=VALMOREE,
        escn="8c048c60-8820-103e-9139-002130517244",
        form=CodeForm.OLD_SANDBOX,
        card_type=CardType.PASSIVE,
        mark=Mark.HOLOGRAM,
    ),
    DemoCard(
        slug="ida-ownhost",
        holder="Ida Ownhost",
        story=N_("An address of the issuer, unknown to the app: checked, with a remark."),
        institution=LINDENBURG,
        escn="c8100970-76d0-103e-a90d-000120304051",
        form=CodeForm.OWN_HOST,
        level=None,
    ),
    DemoCard(
        slug="jan-lastday",
        holder="Jan Lastday",
        story=N_("Expires today, and is good until the day ends."),
        institution=NORDVIK,
        escn="61385270-8846-103e-81f0-002163049275",
        level=Level.DOCTORATE,
        ends_in_days=0,
    ),
    DemoCard(
        slug="kira-expired",
        holder="Kira Expired",
        story=N_("Expired last month."),
        institution=PUERTO_CLARO,
        escn="4ff87a80-5665-103d-922e-000141820963",
        card_type=CardType.SMART_CDZ,
        mark=Mark.HOLOGRAM,
        form=CodeForm.OLD,
        status=RegisterStatus.EXPIRED,
        ends_in_days=-30,
    ),
    DemoCard(
        slug="luca-yesterday",
        holder="Luca Yesterday",
        story=N_("The Router still says ACTIVE, but the last day was yesterday: counts as expired."),
        institution=ZLOTOBRZEG,
        escn="2ece9eb0-49c4-103c-a6ef-000152637480",
        ends_in_days=-1,
    ),
    DemoCard(
        slug="maya-suspended",
        holder="Maya Suspended",
        story=N_("Suspended by the issuer."),
        institution=VALMOREE,
        escn="c0bccff0-5a6b-103d-b668-001130517244",
        level=Level.MASTER,
        status=RegisterStatus.INACTIVE,
    ),
    DemoCard(
        slug="noor-nightowl",
        holder="Noor Nightowl",
        story=N_("Expired, and in inverted colours."),
        institution=TANNENBACH,
        escn="a4313e40-7917-103e-a601-007174528316",
        inverted=True,
        status=RegisterStatus.EXPIRED,
        ends_in_days=-200,
    ),
    DemoCard(
        slug="olga-unregistered",
        holder="Olga Unregistered",
        story=N_("A card that its issuer never registered, as happens innocently."),
        institution=PUERTO_CLARO,
        escn="ed4f0a80-5ff0-103d-820e-000141820963",
        card_type=CardType.PASSIVE,
        status=RegisterStatus.NOT_REGISTERED,
    ),
    DemoCard(
        slug="pablo-random",
        holder="Pablo Random",
        story=N_("A random number (version 4), as one issuer’s software made them: checked, with a remark."),
        institution=PUERTO_CLARO,
        escn="47f979a1-5db6-46ec-a53b-dd6a5c74bbfb",
        card_type=CardType.UNKNOWN,
        level=None,
    ),
    DemoCard(
        slug="queenie-network",
        holder="Queenie Network",
        story=N_("A number that ends in the address of a network card: checked, with a remark."),
        institution=NORDVIK,
        escn="93671c00-75a0-11ef-affa-5e5b0577d348",
        card_type=CardType.SMART_NO_CDZ,
    ),
)

TROUBLED = (
    DemoCard(
        slug="rosa-slow",
        holder="Rosa Slow",
        story=N_("The Router takes two seconds, and then answers well."),
        institution=ZLOTOBRZEG,
        escn="2e5ad0c0-6af7-103d-9fa6-001152637480",
        fault=Fault.SLOW,
    ),
    DemoCard(
        slug="sven-silent",
        holder="Sven Silent",
        story=N_("The Router never answers."),
        institution=NORDVIK,
        escn="e8c2c8b0-48fb-103c-8631-001163049275",
        fault=Fault.SILENT,
    ),
    DemoCard(
        slug="tara-error",
        holder="Tara Error",
        story=N_("The Router has a fault of its own (500)."),
        institution=VALMOREE,
        escn="7c71ed10-84ec-103e-abbf-002130517244",
        fault=Fault.ERROR,
    ),
    DemoCard(
        slug="ugo-refused",
        holder="Ugo Refused",
        story=N_("The Router refuses this server (403)."),
        institution=PIETRALBA,
        escn="8860faf0-7f7c-103e-8c7b-000185263907",
        fault=Fault.REFUSED,
    ),
    DemoCard(
        slug="vera-webpage",
        holder="Vera Webpage",
        story=N_("A gateway answers with a web page instead of an answer."),
        institution=TANNENBACH,
        escn="ce1f69e0-568e-103d-9593-007174528316",
        card_type=CardType.SMART_CDZ,
        fault=Fault.HTML_PAGE,
    ),
    DemoCard(
        slug="wanda-mixedup",
        holder="Wanda Mixedup",
        story=N_("The Router answers about another card."),
        institution=PIETRALBA,
        escn="14b28130-79f2-103e-917f-001185263907",
        fault=Fault.WRONG_CARD,
    ),
)

DECK: tuple[DemoCard, ...] = CHECKED + TROUBLED
BY_SLUG = {card.slug: card for card in DECK}
BY_NUMBER = {card.escn: card for card in DECK}

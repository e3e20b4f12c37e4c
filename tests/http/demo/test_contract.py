"""Checks the simulated Router against the Router's OpenAPI document, for the two public operations.

Of the document's 18 operations the others are left out by naming these two. The copy in tests/support is the
Router's document as it was published, byte for byte.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from validator.demo.deck import DECK

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema

    from tests.support.demo_router import DemoRouter
    from validator.demo.card import DemoCard

CONTEXT = "/esc-rest"
SERVED = ["status", "getQRCode"]
DOCUMENT = json.loads((Path(__file__).parents[2] / "support" / "esc-router-v2.json").read_text("utf-8"))
# The document calls the parameters plain strings; what they may be stands in its prose only.
PROSE = {
    "Accept": {"enum": ["image/svg+xml", "text/plain"]},
    "orientation": {"enum": ["vertical", "horizontal"]},
    "colours": {"enum": ["normal", "inverted"]},
    "size": {"enum": ["XS", "S", "M"]},
}
few = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

load_all_checks()
(accepts_what_is_right,) = CHECKS.get_by_names(["positive_data_acceptance"])
# A server passes over a parameter that it does not know, and takes a request without Accept.
(refuses_what_is_wrong,) = CHECKS.get_by_names(["negative_data_rejection"])


def _prose_as_schema(document: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(document)
    for parameter in document["paths"]["/api/v2/cards/{escn}/qr"]["get"]["parameters"]:
        parameter["schema"] |= PROSE.get(parameter["name"], {"pattern": "^[0-9a-f-]{1,43}$"})
    return document


def _served(document: dict[str, Any]) -> BaseSchema:
    return schemathesis.openapi.from_dict(document).include(operation_id=SERVED)


document = _served(DOCUMENT)
prose = _served(_prose_as_schema(DOCUMENT))
prose.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE])


@document.parametrize()
@few
def test_every_answer_conforms_to_the_document(case: Any, router: DemoRouter) -> None:
    """Status, media type and body are documented for any request, and wrong methods are refused."""
    case.call_and_validate(
        router.url + CONTEXT, excluded_checks=[accepts_what_is_right, refuses_what_is_wrong]
    )


@prose.parametrize()
@few
def test_every_documented_request_is_served(case: Any, router: DemoRouter) -> None:
    """Every request that the document describes is served."""
    case.call_and_validate(router.url + CONTEXT)


@pytest.mark.parametrize("card", [card for card in DECK if card.fault is None], ids=lambda card: card.slug)
def test_every_well_behaved_card_answers_in_the_documents_shape(router: DemoRouter, card: DemoCard) -> None:
    """Each demo card, not only generated numbers, against the same document."""
    operation = document["/api/v2/cards/{escn}/status"]["GET"]

    operation.Case(path_parameters={"escn": card.escn}).call_and_validate(router.url + CONTEXT)

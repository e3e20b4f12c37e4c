"""The keys derived from ESCV_SECRET_KEY never change: else everything stored under them would be lost."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from validator.keys import Purpose, base64url, derive

SECRET = "ZkT3vQ9mXr7LpW2nYc8HsB5dGf4JaK6e"
# As version 0.1 derived them.
KEYS = {
    "CARD_HASHES": "8c7d31014f33ec95206609b4b65f310cdf9caec88703cf0314eca2f526f3e627",
    "AUDIT_LOG": "b6bf6c7a5215dbc32207f3fed8a979d3700f8694e04458635bb13f90e26e1087",
    "FINGERPRINTS": "1d2c0f58ede889051173858e7d5506a3001d80ac70cd3e25eb93f3f67ca52c86",
    "REDIS_NAMES": "310e868d8c3344e9d150fe7411ffc1ed136aa00994d327fd73caa520cac05a26",
    "PACK_CURSORS": "58f6bf82760322863cdab1d1fbb3ac35a248297e82f04542c1bdc14dd4e728a8",
    "DEFERRED_CHECKS": "4c7b12be928ad31fd6c7e7fa847a895663da5c0afb744af768b7c4b280a63f35",
    "DEVICE_COOKIES": "b59830994a955fab097308584e4de94bb3b64ec36c6cbb483af151cf477a5669",
    "SIGN_IN_FAILURES": "b2d17ac7b4e39ed64e745b611c8ccddf1925846b931d2b8d2692a9a98dd07752",
    "SECOND_FACTORS": "63ae443cece77fa7ada9860e7ad518081a7917eda1dc9ad65aedddf5546391ac",
}


@pytest.mark.parametrize("purpose", Purpose)
def test_a_derived_key_is_that_of_version_0_1(purpose: Purpose) -> None:
    """A new label would make card hashes, the audit log, second factors and cursors unreadable."""
    assert derive(SECRET, purpose).hex() == KEYS[purpose.name]


def test_no_two_purposes_share_a_key() -> None:
    """What one part of the application keeps says nothing about what another part keeps."""
    assert len({derive(SECRET, purpose) for purpose in Purpose}) == len(Purpose) == len(KEYS)


def test_the_key_of_a_queue_belongs_to_one_account() -> None:
    """The label of this purpose ends with the account's name."""
    label = b"esc-validator late checks of person:7"

    key = derive(SECRET, Purpose.DEFERRED_CHECKS, "person:7")

    assert key == hmac.digest(SECRET.encode(), label, hashlib.sha256)


def test_base64url_has_no_padding() -> None:
    """RFC 4648, section 5, without `=`: safe in addresses and cookies."""
    assert base64url(b"\xfb\xff\xfe\x00") == "-__-AA"

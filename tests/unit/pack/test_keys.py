"""The pack's keys: what a device holds, and what it does not open."""

from __future__ import annotations

import base64
import hashlib
import hmac

from scanner.escn import Escn
from tests.support.cards import ANNA, BRUNO
from validator.pack.keys import base64url, card_hash, key_id, pack_key
from validator.verification import card_key, site_key

SECRET = "a secret of the site"


def test_a_hash_is_what_a_device_can_compute() -> None:
    """The first 16 bytes of HMAC-SHA256 over the canonical number, in base64url without padding."""
    key = pack_key(SECRET)
    wanted = hmac.new(key, ANNA.encode(), hashlib.sha256).digest()[:16]

    found = card_hash(key, Escn.parse(ANNA.upper()))

    assert found == base64.urlsafe_b64encode(wanted).decode().rstrip("=")
    assert len(found) == 22


def test_the_key_on_devices_is_not_the_key_of_the_server() -> None:
    """Who takes the key from a device can look up nothing in the server's own memory."""
    escn = Escn.parse(ANNA)

    assert pack_key(SECRET) != site_key(SECRET)
    assert card_hash(pack_key(SECRET), escn) != base64url(bytes.fromhex(card_key(site_key(SECRET), escn)))


def test_cards_and_sites_differ() -> None:
    """Two cards have two hashes; two sites share no key and no key's name."""
    one, two = pack_key("one"), pack_key("two")

    assert card_hash(one, Escn.parse(ANNA)) != card_hash(one, Escn.parse(BRUNO))
    assert card_hash(one, Escn.parse(ANNA)) != card_hash(two, Escn.parse(ANNA))
    assert key_id(one) != key_id(two)
    assert key_id(one) == key_id(pack_key("one"))
    assert one.hex()[:16] != key_id(one)

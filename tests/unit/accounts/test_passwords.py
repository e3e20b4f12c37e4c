"""Passwords: which are accepted, and hashing that never fills the memory."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.accounts.errors import BadPasswordError, TooBusyError
from validator.accounts.password_queue import TRUSTED, HashingQueue
from validator.accounts.passwords import Busy, Passwords, _is_common, validated

GOOD = "correct horse battery"


@pytest.mark.parametrize(
    "good", [GOOD, "äpfel birnen zug", "x9!Tq#2mLw$8", "正确的马电池订书钉很好用吧", "a b c d " * 16]
)
def test_a_password_that_is_hard_to_guess_is_accepted(good: str) -> None:
    """Twelve to 128 characters of any script, spaces too, with no rules of composition."""
    assert validated(good, "maria") == good


@pytest.mark.parametrize("bad", ["", "short", "elevenchars", "12345678901"])
def test_a_short_password_is_refused_with_what_to_do(bad: str) -> None:
    """Under twelve characters the refusal says how many it takes."""
    with pytest.raises(BadPasswordError, match="12 characters or more"):
        validated(bad, "maria")


def test_a_longer_password_than_128_characters_is_refused() -> None:
    """129 are too many, and the message says so."""
    with pytest.raises(BadPasswordError, match="128 characters at most"):
        validated("a b c d " * 16 + "e", "maria")


@pytest.mark.parametrize(
    "common",
    [
        "password1234", "Password1234!", "123456789012", "!!!!!!!!!!!!", "Welcome-2026!", "qwertyuiop12",
        "1q2w3e4r5t6y", "abababababab", "maria1234567", "MARIAMARIA99", "adminadmin123", "passwordpassword",
        "student university 1",
    ],
)  # fmt: skip
def test_a_common_password_is_refused_with_what_to_do(common: str) -> None:
    """Common words, rows of keys, figures alone and the own name, however they are put together."""
    with pytest.raises(BadPasswordError, match="three words") as refused:
        validated(common, "maria")

    assert common not in str(refused.value)


@pytest.mark.parametrize("name", ["qw", "abc", "a", ".*", "("])
def test_no_choice_of_name_makes_the_check_slow_or_break(name: str) -> None:
    """The name is taken as it is, and a text of endlessly many readings is read once."""
    assert not _is_common("qwabc" * 20 + "ö is different", name)


def test_hashes_meet_the_owasp_floor() -> None:
    """OWASP asks for 19 MiB and two passes. A process of its own: other tests hash at a lower price."""
    program = "from validator.accounts.passwords import Passwords; print(Passwords().hash('three words'))"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert made.stdout.startswith("$argon2id$v=19$m=32768,t=2,p=1$")


def test_the_right_password_matches_and_another_does_not(passwords: Passwords) -> None:
    """What was hashed is recognised, and only that."""
    kept = passwords.hash(GOOD)

    assert passwords.matches(GOOD, kept) is True
    assert passwords.matches(GOOD + "s", kept) is False
    assert GOOD not in kept


def test_the_same_letters_match_however_they_are_composed(passwords: Passwords) -> None:
    """One keyboard sends é as one character, another as two, a third writes wide letters."""
    kept = passwords.hash("caf\u00e9 am morgen")

    assert passwords.matches("cafe\u0301 am morgen", kept) is True
    assert passwords.matches("\uff43af\u00e9 am morgen", kept) is True


def test_each_hash_has_its_own_salt(passwords: Passwords) -> None:
    """Two people with the same password have different hashes."""
    assert passwords.hash(GOOD) != passwords.hash(GOOD)


@pytest.mark.parametrize("kept", [None, "", "no hash at all"])
def test_nothing_matches_where_nothing_usable_was_kept(passwords: Passwords, kept: str | None) -> None:
    """An unknown person or a broken row is a plain no."""
    assert passwords.matches(GOOD, kept) is False


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_breaks_a_comparison(passwords: Passwords, text: str) -> None:
    """Whatever a form or a terminal sends is compared or refused, never an error."""
    assert passwords.matches(text, passwords._dummy_hash) is False


def test_without_a_turn_nothing_is_hashed_and_the_answer_says_so() -> None:
    """Two are hashed at a time; a third waits no longer than the bound, and the answer says when to retry."""
    queue = HashingQueue(max_wait_s=0.01)
    passwords = Passwords(queue)
    with queue.slot(TRUSTED):
        assert passwords.matches(GOOD, None) is False
        with queue.slot(TRUSTED):
            assert passwords.matches(GOOD, None) == Busy(retry_after_s=5)
            with pytest.raises(TooBusyError, match="try again"):
                passwords.hash(GOOD)

    assert passwords.matches(GOOD, None) is False

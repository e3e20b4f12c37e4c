"""Whether a password is among those that are guessed first.

zxcvbn knows 30 000 common passwords, as many common words and names, rows of keys, dates, repetitions, and
how people put them together. It is loaded only when somebody chooses a password: it takes 15 MB and 0.15 s.
"""

from __future__ import annotations

# A password that falls to fewer guesses is refused. With the delays at sign-in so many take 2 500 years; the
# margin is for a stolen database.
FEWEST_GUESSES = 10**8
# What zxcvbn reads at most; more characters only make a password harder.
_READ = 72
# With more different ones of these, each of which may stand for a letter, zxcvbn reads for seconds; and
# nobody's common password has them.
_SIGNS = frozenset("@({[<!|$+%")
_MOST_SIGNS = 3


def falls_early(password: str, username: str) -> bool:
    """Whether this password, of somebody with this name, falls to fewer than FEWEST_GUESSES guesses."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - see above

    text = password[:_READ]
    if len(_SIGNS.intersection(text)) > _MOST_SIGNS:
        return False
    return int(zxcvbn(text, user_inputs=[username, "esc validator"])["guesses"]) < FEWEST_GUESSES

"""What a device says beside the answer: while it waits, when its connection fails, about foreign codes."""

from __future__ import annotations

from validator.web.words import OWN_RULE, Advice

# On the panel, in every look. `{figure}` is an age in large type.
PANEL = {
    "as_of": "as of {figure} ago",
    "whose": "Where the trouble is:",
    "ladder": "How far this check came",
    "more": "Card number and more",
    "guide": "What genuine cards look like",
    "again": "Check again",
    "clear": "Clear",
    "change": "Change and check again",
    "held": "Held: tap to clear",
    "checked": "Checked {time}",
}

# How an answer comes about. `{before}` and `{now}` are words of answers: "VALID", "NOT VALID: EXPIRED".
PHASES = {
    "asking": "Asking the Router …",
    "asking_note": "The next card can be scanned meanwhile.",
    "reading": "Our server is reading the photo …",
    "confirming": "Being confirmed with the Router …",
    "confirmed": "Confirmed now",
    "changed": "Changed: {before} before, now {now}",
}

# Whose trouble it is where a device got no answer and remembers none.
TROUBLES: dict[str, Advice] = {
    "offline": Advice(
        "This device has no connection, and no answer for this card is remembered on it.",
        f"Look at the device’s network, then check again. {OWN_RULE}",
        "This device’s connection",
    ),
    "slow": Advice(
        "No answer came in time, and none for this card is remembered here.",
        f"Check again, or go where the signal is better. {OWN_RULE}",
        "The connection or our server",
    ),
    "server_fault": Advice(
        "Our server has a fault just now, and no answer for this card is remembered on this device.",
        f"Check again in a minute, and tell whoever looks after this service. {OWN_RULE}",
        "Our server",
    ),
    "signed_out": Advice(
        "This device is signed out, so our server gives it no answers.",
        "Sign in again, then check the card again.",
        "This device’s sign-in",
    ),
}

# Why a device shows the answer it remembers.
REMEMBERED_HERE = {
    "offline": "This device has no connection, so this is the Router’s last answer, remembered here. "
    "It will be confirmed when the connection is back.",
    "slow": "No answer came in time, so this is the Router’s last answer, remembered here. "
    "It will be confirmed when an answer comes.",
    "server_fault": "Our server has a fault just now, so this is the Router’s last answer, remembered here. "
    "It will be confirmed when the server is back.",
    "signed_out": "This device is signed out, so this is the Router’s last answer, remembered here. "
    "Sign in again to have it confirmed.",
}

# What takes the place of an answer when something else than one card is presented: a heading by code, and
# what to do by kind or by code. Never what the code says.
FOREIGN_HEADINGS = {
    "not_an_esc_code": "Not a student card code",
    "esi_not_escn": "This is the student’s identifier (ESI)",
    "lookalike_host": "This code imitates a card’s",
    "several_codes": "More than one student card in view",
}
FOREIGN = {
    "web_address": "It is a web address. Look beside the student card logo.",
    "wifi": "It is a Wi-Fi code. Look beside the student card logo.",
    "contact": "It is a contact. Look beside the student card logo.",
    "campus_login": "A campus login code, not a European Student Card code. "
    "Look beside the student card logo. If there is no code, the student’s university can issue one.",
    "barcode": "It is the library’s bar code. Please scan the QR code next to the card logo.",
    "number": "It is a number of another kind. Look beside the student card logo.",
    "other": "Look beside the student card logo.",
    "esi_not_escn": "It was not kept. Please use the card’s code.",
    "lookalike_host": "Do not accept it. Please check in another way.",
    "several_codes": "Please show one at a time.",
}

# What to do where a code is there and cannot be read.
HINTS = {
    "idle": "The camera rests to save the battery. Tap, or hold up a card.",
    "closer": "Hold the code closer, about a hand’s width away.",
    "farther": "Hold the code a little farther away.",
    "too_close": "Too close to focus: hold the card a hand’s length away.",
    "beside": "Another code is in view: cover it, or hold the card’s own code closer.",
    "still": "Hold still for a moment.",
    "glare": "Tilt it a little, so that it does not shine.",
    "torch": "It is dark here: turn on the light.",
    "zoom": "The code is small: zoom in, or hold it closer.",
    "no_pixels": "This browser hides the camera’s picture from pages. In Firefox: allow “Extract canvas "
    "data” beside the address, or switch off privacy.resistFingerprinting. Or take a photo of the code.",
    "server": "Our server is reading it …",
    "type": "Does it not work? Type the number instead.",
    "only_server": "This browser reads codes only with the server’s help.",
    "cannot_read": "This browser cannot read codes, and the server cannot help now. Type the number.",
}

# Lines that come later, about a card that has gone. `{number}` is masked.
NOTICES = {
    "changed": "Changed: card {number} was shown as {before}. It is {now}.",
    "late": "The answer for card {number} came later: {now}.",
    "contradiction": "Card {number}, checked without a connection on {time}, was shown as {before}. "
    "The later answer is {now}. It is kept for the managers.",
    "noted": "Noted",
}

# The status line. `{age}` is that of the device's memory, `{count}` the checks that wait.
STATUS = {
    "live": "Live",
    "slow": "Slow: remembered answers first",
    "slow_empty": "Slow: answers take a moment",
    "slow_network": "Weak signal: remembered answers first",
    "slow_network_empty": "Weak signal: answers take a moment",
    "slow_server": "Our server is slow: remembered answers first",
    "slow_server_empty": "Our server is slow: answers take a moment",
    "slow_register": "The card register is slow: remembered answers first",
    "slow_register_empty": "The card register is slow: answers take a moment",
    "offline": "Offline: answering from memory of {age} ago",
    "offline_empty": "Offline: nothing remembered on this device. "
    "Cards can be checked again when the connection is back",
    "offline_no_age": "Offline: this device’s clock was changed, so remembered answers are not used. "
    "Connect once to go on",
    "queued_one": "1 check waiting to be confirmed",
    "queued_many": "{count} checks waiting to be confirmed",
    "dropped_one": "1 check could not be confirmed within a day and was deleted",
    "dropped_many": "{count} checks could not be confirmed within a day and were deleted",
    "contradiction_one": "1 later answer differs from what was shown. Please look at it",
    "contradiction_many": "{count} later answers differ from what was shown. Please look at them",
    "seconds": "less than a minute",
    "minutes": "{count} min",
    "hours": "{count} h",
    "days_one": "1 day",
    "days_many": "{count} days",
    "wake_on": "The screen stays on while you scan.",
    "wake_off": "The screen stays on once the camera runs.",
    "wake_refused": "The screen may go dark: this device saves power just now.",
    "wake_unsupported": "The screen may go dark: set it to stay on in the device’s own settings.",
}

# At a door the visitor reads the screen alone.
KIOSK = {
    "asking": "One moment, please.",
    "valid": "Thank you.",
    "not_valid": "Please ask at the desk. They can help.",
    "could_not_check": "This is not about your card. Please ask at the desk.",
    "foreign": "This is another code. Please show the one beside the student card logo.",
    "several": "Please show one card at a time.",
    "lookalike": "This code cannot be accepted. Please ask at the desk.",
    "test_card": "This card is of a test system. Please ask at the desk.",
}

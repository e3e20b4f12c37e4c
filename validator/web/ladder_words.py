"""What the four marks of the ladder are called, and what each can say."""

from __future__ import annotations

NAMES = {"number": "Number", "issuer": "Issuer", "memory": "Memory", "router": "Router"}
SAID = {
    "well_formed": "well formed",
    "unusual_form": "unusual form",
    "named": "named by the Router",
    "in_number": "code in the number",
    "not_in_number": "not in the number",
    "used": "used",
    "nothing_usable": "nothing usable",
    "not_needed": "not needed",
    "no_answer": "no answer now",
    "not_asked": "not asked again",
    "answered": "answered now",
}

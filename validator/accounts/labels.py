"""What a browser is called on the page of one's sessions: "Chrome on Android", no version, no model."""

from __future__ import annotations

# In this order: most browsers also name those that they descend from.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def label_of(user_agent: str) -> str:
    """One of a few dozen labels; nothing of the header itself."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "Another browser")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "another system")
    return f"{browser} on {system}"

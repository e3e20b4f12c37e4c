"""Rules for every page that a test fetches: `parse_page(answer)` parses and checks it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

_VOID = {"meta", "link", "input", "br", "img", "hr"}
# SVG's own elements may stand alone.
_SVG_LEAVES = {"path", "circle", "rect", "use", "line"}
_UNREAD = {"title", "script", "style"}
_NO_LABEL = {"hidden", "submit"}
# A page contains the masked number only, never the whole one. The one exception is the number field in the
# answer to a submitted form.
WHOLE_NUMBER = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
_TYPED = re.compile(r'(?P<field><input [^>]*name="number"[^>]*) value="[^"]*"')


@dataclass
class Element:
    """One element: its name, its attributes and the text inside it."""

    tag: str
    attrs: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text with white space collapsed."""
        return " ".join("".join(self.parts).split())


class HtmlPage(HTMLParser):
    """A parsed page; `faults` lists invalid HTML that a browser would repair."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{element.tag}> is never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        self.handle_data(element.attrs.get("alt", ""))
        if tag not in _VOID | _SVG_LEAVES:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SVG_LEAVES:
            return
        if not self._open or self._open.pop().tag != tag:
            self.faults.append(f"</{tag}> closes what is not open")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def all(self, tag: str = "", **attrs: str) -> list[Element]:
        """The elements with this tag and these attributes; `data_testid` finds `data-testid`."""
        wanted = {name.replace("_", "-"): value for name, value in attrs.items()}
        return [e for e in self.elements if tag in {"", e.tag} and wanted.items() <= e.attrs.items()]

    def one(self, tag: str = "", **attrs: str) -> Element:
        """The only element of this kind."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag} {attrs}"
        return found[0]

    @property
    def text(self) -> str:
        """The text of the whole body."""
        return self.one("body").text


def parse_page(answer: TestResponse, *, has_numbers: bool = False) -> HtmlPage:
    """The parsed page of this answer, after checking the rules for every page.

    Set `has_numbers` only for the page of the demo cards, whose numbers are invented.
    """
    assert answer.mimetype == "text/html", answer.mimetype
    is_typed = answer.request.method == "POST" and "no-store" in answer.headers.get("Cache-Control", "")
    return check_html(answer.text, has_numbers=has_numbers, is_typed=is_typed)


def check_html(html: str, *, has_numbers: bool = False, is_typed: bool = False) -> HtmlPage:
    """The parsed page, after the same checks; with `is_typed` its number field may hold a number."""
    page = HtmlPage(html)
    faults = [*page.faults, *_head(page), *_structure(page), *_content(page)]
    readable = _TYPED.sub(r"\g<field>", page.html) if is_typed else page.html
    if not has_numbers and WHOLE_NUMBER.search(readable):
        faults.append("the page contains a whole card number")
    assert not faults, faults
    return page


def _head(page: HtmlPage) -> list[str]:
    title, heading = page.one("title").text, page.one("h1").text
    checks = {
        "no doctype": page.html.startswith("<!doctype html>"),
        "no lang": bool(page.one("html").attrs.get("lang")),
        f"title {title!r} does not begin with h1 {heading!r}": title.startswith(heading) and heading,
        "title does not end with the product": title.endswith(" ESC Validator"),
        "zoom is restricted": page.one("meta", name="viewport").attrs["content"]
        == "width=device-width, initial-scale=1",
    }
    return [fault for fault, holds in checks.items() if not holds]


def _structure(page: HtmlPage) -> list[str]:
    ids = [e.attrs["id"] for e in page.elements if "id" in e.attrs]
    labelled = {label.attrs.get("for") for label in page.all("label")}
    faults = [f"id {name} is used twice" for name in set(ids) if ids.count(name) > 1]
    for e in page.elements:
        for name in ("aria-describedby", "aria-labelledby", "for"):
            faults += [
                f"{name} refers to no element: {ref}"
                for ref in e.attrs.get(name, "").split()
                if ref not in ids
            ]
        if e.tag == "input" and e.attrs.get("type") not in _NO_LABEL and e.attrs.get("id") not in labelled:
            faults.append(f"input {e.attrs.get('name')} has no label")
        if e.tag == "img" and "alt" not in e.attrs:
            faults.append("img has no alt")
        if e.tag == "form" and not {"action", "method"} <= e.attrs.keys():
            faults.append("form without action or method")
        if e.tag in {"a", "button"} and not e.text:
            faults.append(f"{e.tag} without text")
    return faults


def _is_inline(e: Element) -> bool:
    return e.tag == "style" or (e.tag == "script" and (not e.attrs.get("src") or bool(e.text)))


def _content(page: HtmlPage) -> list[str]:
    faults = [f"<{e.tag}> is inline style or script" for e in page.elements if _is_inline(e)]
    for e in page.elements:
        faults += [f"<{e.tag}> has {name}" for name in e.attrs if name == "style" or name.startswith("on")]
        faults += [
            f"{name} leaves the site: {e.attrs[name]}"
            for name in ("href", "src", "action")
            if re.match(r"([a-z]+:)?//", e.attrs.get(name, ""))
        ]
    words = page.one("title").text + page.text
    faults += [
        f"straight quote in {words[max(0, m.start() - 20) : m.end() + 20]!r}"
        for m in re.finditer("[\"']", words)
    ]
    return faults

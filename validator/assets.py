"""Static files under an address that names their version, so that no page ever mixes files of two versions.

`/static/<version>/…` may be kept by browsers for good: other content has another version. The version also
covers the templates and the messages, since the pages that an installed app keeps are part of it.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import brotli
import structlog
from flask import Flask, Response, abort, current_app, request

from validator.http.access import Access, access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

log = structlog.get_logger(__name__)
STATIC = "static"
ROOT = Path(__file__).parent
FOLDER = ROOT / "static"
WORKER = "js/sw/worker.js"
# The scripts that pages and browsers start; every other script is imported by one of these.
STARTED = frozenset(
    {WORKER, *(f"js/pages/{page}.js" for page in ("start", "scan", "lookup", "kiosk", "plain"))}
)
# What is compressed already, or only there for the tools of developers.
COMPRESSED = (".br", ".gz")
VENDOR = "vendor"
# Static imports only: a file of a later import(…) is not needed for the first visit.
_IMPORT = re.compile(r"""^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s*)?["'](\.[^"']+)["']""", re.MULTILINE)
# Also later imports, workers and wasm files: each is the relative address of a file in a string.
_ADDRESS = re.compile(r"""["'](\.{1,2}/[^"'\s]+\.(?:js|wasm))["']""")
_COMMENT = re.compile(rb"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/[ \t]*$|//[^\n]*$)", re.MULTILINE)
_PACKED = {".png", ".jpg", ".webp", ".woff2"}
_TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json"}


class Assets:
    """The static files as they were at the start, and their common version.

    `missing` names the files that scripts ask for and that do not exist, as after a set-up without npm.
    """

    def __init__(self, folder: Path, *, salt: str = "") -> None:
        self.folder = folder
        self.files = frozenset(_served(folder))
        self.version = _version(salt)
        scripts = {name: _script(folder / name) for name in self.files if name.endswith(".js")}
        imported = {name: imports(name, source) for name, source in scripts.items()}
        needed = {name: closure(name, lambda one: imported.get(one, ())) for name in scripts}
        self._modules = {name: files for name, files in needed.items() if self.files.issuperset(files)}
        asked = STARTED | {target for name, source in scripts.items() for target in addresses(name, source)}
        self.missing = tuple(sorted(asked - self.files))

    def modules(self, entry: str) -> tuple[str, ...] | None:
        """What this script imports, at any depth; None if the script or one of these files is missing."""
        return self._modules.get(entry)


@cache
def _loaded(folder: Path, salt: str) -> Assets:
    return Assets(folder, salt=salt)


def installed(*, demo: bool) -> Assets:
    """The static files of this installation, read once a process."""
    return _loaded(FOLDER, f"demo {demo}")


def init_app(app: Flask) -> None:
    """Serve the static files; `url_for("static", filename=…)` adds their version."""
    kept: Assets = app.extensions["validator"].assets
    if kept.missing:
        names = ", ".join(kept.missing)
        log.warning("static_files_missing", missing_files=names, hint="run make setup, then start again")
    app.add_url_rule("/static/<version>/<path:filename>", STATIC, _static)

    @app.url_defaults
    def _name_version(endpoint: str, values: dict[str, Any]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "version"):
            values.setdefault("version", kept.version)


@access(Access.PUBLIC, why="style, scripts and pictures are the same for everybody")
def _static(version: str, filename: str) -> Response:
    """The file of this version; a page of another version gets 404, so that versions never mix."""
    kept: Assets = current_app.extensions["validator"].assets
    if version != kept.version or filename not in kept.files:
        abort(404)
    found = kept.folder / filename
    try:
        body, encoding = _body(found)
    except OSError:
        abort(404)  # it existed at the start and was removed, as during a new set-up
    response = Response(body, mimetype=_type(found))
    response.vary.add("Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _body(path: Path) -> tuple[bytes, str | None]:
    """The smallest encoding that the browser accepts: made at set-up for large files, else at first use."""
    accepted = request.accept_encodings
    for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
        ready = path.with_name(path.name + suffix)
        if accepted[encoding] and ready.exists():
            return ready.read_bytes(), encoding
        if accepted[encoding] and path.suffix not in _PACKED:
            return _compressed(path, encoding), encoding
    return _plain(path), None


@lru_cache(maxsize=512)
def _compressed(path: Path, encoding: str) -> bytes:
    if encoding == "br":
        packed: bytes = brotli.compress(_plain(path))
        return packed
    return gzip.compress(_plain(path), mtime=0)


def _plain(path: Path) -> bytes:
    data = path.read_bytes()
    return without_comments(data) if path.suffix == ".js" and VENDOR not in path.parts else data


def without_comments(script: bytes) -> bytes:
    """The script without comments on their own lines, a third of its compressed size.

    Every line keeps its number. A test shows for each of our scripts that the program stays the same.
    """
    return _COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), script)


def _script(path: Path) -> str:
    return without_comments(path.read_bytes()).decode(errors="replace")


def _type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _served(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.name
        if path.is_file() and not name.startswith(".") and not name.endswith((*COMPRESSED, ".d.ts")):
            yield path.relative_to(folder).as_posix()


def _version(salt: str) -> str:
    """Twelve hexadecimal digits over every file and template: the same on every worker and host."""
    seen = hashlib.sha256(salt.encode())
    for path in sorted(path for path in ROOT.rglob("*") if path.is_file() and _counts(path)):
        seen.update(path.relative_to(ROOT).as_posix().encode())
        seen.update(hashlib.sha256(path.read_bytes()).digest())
    return seen.hexdigest()[:12]


def _counts(path: Path) -> bool:
    return path.suffix != ".pyc" and (
        path.is_relative_to(FOLDER)
        or path.is_relative_to(ROOT / "templates")
        or path.suffix in {".py", ".po"}
    )


def imports(name: str, source: str) -> tuple[str, ...]:
    """The static files that this script imports at once, in its order."""
    return _resolved(name, _IMPORT.findall(source))


def addresses(name: str, source: str) -> tuple[str, ...]:
    """All static files that this script may ask for. `source` has no comments: types are named in them."""
    return _resolved(name, _ADDRESS.findall(source))


def closure(entry: str, imports_of: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The static files that this script imports, at any depth, the nearest first; without itself."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        for target in imports_of(waiting.pop(0)):
            if target not in found and target != entry:
                found[target] = None
                waiting.append(target)
    return tuple(found)


def _resolved(name: str, targets: list[str]) -> tuple[str, ...]:
    return tuple(_resolve(PurePosixPath(name).parent, target) for target in targets)


def _resolve(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)

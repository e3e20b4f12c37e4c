"""Forbidden in our code: running text as code, building queries from text, own cryptography."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = [ROOT / "validator", ROOT / "scanner", ROOT / "offline_cache"]
FILES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))
SCRIPTS = sorted(path for path in PACKAGES[0].glob("static/js/**/*.js"))
# What turns data into code or objects of any kind.
RUNS = {"eval", "exec", "compile", "__import__", "render_template_string", "Markup", "os.system", "os.popen"}
READS_ANYTHING = {"pickle", "marshal", "shelve", "xml", "yaml", "dill", "jsonpickle"}
FOREIGN_CRYPTOGRAPHY = {"Crypto", "Cryptodome", "nacl", "jwt", "passlib", "bcrypt", "rsa"}
PATTERNS = {f"re.{word}" for word in ("compile", "match", "fullmatch", "search", "sub", "findall", "split")}
QUERIES = ("execute", "executemany", "executescript", "exec_driver_sql", "text")
# Own texts with placeholders, in lower-case names; `parts` is passed through re.escape one by one.
OUR_TEXTS = {"said.happened", "self.form", "parts"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def calls() -> tuple[tuple[str, str, ast.Call], ...]:
    """Every call: where it stands, what is called as written, and the call itself."""
    return tuple(
        (f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)[:90]}", ast.unparse(node.func), node)
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
    )


@cache
def imported(path: Path) -> frozenset[str]:
    """The top-level names that a module imports."""
    nodes = list(ast.walk(tree_of(path)))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    whole = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return frozenset(name.split(".")[0] for name in plain | whole)


@cache
def in_functions() -> frozenset[ast.AST]:
    """Everything that runs later than at import, when there is something from outside."""
    functions = (
        node for path in FILES for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)
    )
    return frozenset(inner for function in functions for inner in ast.walk(function))


def is_ours(text: ast.expr) -> bool:
    """Whether we wrote a text: a literal, by its capitals a constant or a part of one, or made of such."""
    if isinstance(text, ast.JoinedStr):
        return all(is_ours(part.value) for part in text.values if isinstance(part, ast.FormattedValue))
    while isinstance(text, ast.Subscript):
        text = text.value
    name = ast.unparse(text)
    return isinstance(text, ast.Constant) or name in OUR_TEXTS or name.rsplit(".", 1)[-1].strip("_").isupper()


def test_no_text_is_run_as_code() -> None:
    """No eval and its kin, no template of a text, no shell, no reader that makes objects of any kind."""
    run = [where for where, name, _ in calls() if name in RUNS]
    shells = [where for where, _, call in calls() if any(given.arg == "shell" for given in call.keywords)]

    assert FILES
    assert run == []
    assert shells == []
    assert {path.name: bad for path in FILES if (bad := imported(path) & READS_ANYTHING)} == {}


def test_no_query_is_built_from_text() -> None:
    """What goes to a database is a constant or an expression of SQLAlchemy; values travel beside it."""
    built = [
        where
        for where, name, call in calls()
        if name.rsplit(".", 1)[-1] in QUERIES and call.args
        if isinstance(call.args[0], (ast.JoinedStr, ast.BinOp)) or ".format(" in ast.unparse(call.args[0])
        # SQLite takes no parameters after PRAGMA, nor PostgreSQL a name for a lock.
        if not is_ours(call.args[0]) and not re.match(r"f.PRAGMA ", ast.unparse(call.args[0]))
    ]

    assert built == []


def test_no_pattern_and_no_form_comes_from_outside() -> None:
    """Regular expressions and format strings are literals or constants."""
    patterns = [
        where
        for where, name, call in calls()
        if name in PATTERNS and call in in_functions() and not is_ours(call.args[0])
    ]
    forms = [
        where
        for where, _, call in calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "format"
        and not is_ours(call.func.value)
    ]

    assert patterns == []
    assert forms == []


def test_cryptography_is_the_standard_librarys_argon2s_and_pycas() -> None:
    """SHA-256, HMAC, PBKDF2 by OpenSSL, random values by the system, argon2, Fernet, AES-GCM, SHA-1."""
    weak = re.compile(r"\b(md4|md5|sha1|sha224|blake2s)\b")
    found = {path.name for path in FILES if weak.search(path.read_text(encoding="utf-8"))}

    assert {path.name: bad for path in FILES if (bad := imported(path) & FOREIGN_CRYPTOGRAPHY)} == {}
    assert found <= {"two_factor.py"}
    assert {path.name for path in FILES if "cryptography" in imported(path)} == {
        "two_factor.py",
        "pack_rows.py",
        "server_certificate.py",  # reads X.509 only
        "certificate.py",  # the demo's certificate authority, with HTTPS=1
    }
    # Nothing that must stay unguessed: how long the breaker stays open.
    assert {path.name for path in FILES if "random" in imported(path)} <= {"runtime.py"}


@pytest.mark.parametrize("word", ["__proto__", ".prototype", "setPrototypeOf"])
def test_no_script_touches_a_prototype(word: str) -> None:
    """Nothing that comes from outside can change what all objects share."""
    assert SCRIPTS
    assert [path.name for path in SCRIPTS if word in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("word", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("])
def test_no_script_turns_text_into_markup_or_code(word: str) -> None:
    """Texts become text nodes."""
    assert [path.name for path in SCRIPTS if word in path.read_text(encoding="utf-8")] == []

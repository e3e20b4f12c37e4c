"""Change one thing at a time in the modules that decide, and see whether a test notices.

    .venv/bin/python scripts/mutants.py [part of a module's path …]

Each mutant lives in a forked process's memory only: no file is touched. Exit code 1 below BOUND. Not mutated:
annotations, documentation, decorators and what is imported for types only, for they decide nothing.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib.machinery
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
BOUND = 0.90
LIMIT_S = 60  # the slowest of these selections takes 12 s unhurt; a mutant that hangs is noticed
TESTS = {
    "scanner/escn.py": ["tests/unit/scanner_text"],
    "scanner/payload.py": ["tests/unit/scanner_text"],
    "validator/verdict.py": ["tests/unit/checking/test_verifier.py", "tests/unit/test_verdict.py"],
    "validator/checking/verifier.py": ["tests/unit/checking/test_verifier.py", "tests/unit/test_verdict.py"],
    "offline_cache/policy.py": ["tests/unit/offline_cache/test_policy.py", "tests/unit/offline_cache"],
    "validator/router/circuit_breaker.py": [
        "tests/unit/router/test_circuit_breaker.py",
        "tests/unit/router/test_circuit_breaker_model.py",
    ],
    **{
        # The decisions; the stores have tests of their own against real stores.
        f"validator/rate_limiting/{name}.py": [
            "tests/unit/rate_limiting/test_rules.py",
            "tests/unit/rate_limiting",
        ]
        for name in ("rules", "thresholds", "fingerprints", "state", "windows", "login_throttle")
    },
    "validator/token_bucket.py": ["tests/unit/rate_limiting/test_rules.py", "tests/unit/rate_limiting"],
    "validator/rate_limiting/guess_limiter.py": [
        "tests/unit/rate_limiting/test_guess_limiter.py",
        "tests/http/test_rate_limits.py",
    ],
}
SWAPS: dict[type, list[type]] = {
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE], ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn], ast.NotIn: [ast.In], ast.And: [ast.Or], ast.Or: [ast.And],
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult], ast.Mod: [ast.Mult], ast.Pow: [ast.Mult], ast.BitOr: [ast.BitAnd],
    ast.BitAnd: [ast.BitOr],
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the tree that has it, its line, and what it is in words."""

    tree: ast.Module
    line: int
    what: str


def replacements(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place, each one a different program."""
    match node:
        case ast.Constant(value=value):
            yield from map(ast.Constant, _other_values(value))
        case ast.stmt():
            yield from _other_statements(node)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Call(keywords=given):
            for at in range(len(given)):
                yield ast.Call(node.func, node.args, [*given[:at], *given[at + 1 :]])
        case ast.expr():
            yield from _other_operators(node)


def _other_operators(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                for other in SWAPS.get(type(op), []):
                    yield ast.Compare(node.left, [*ops[:at], other(), *ops[at + 1 :]], node.comparators)
        case ast.BoolOp(op=op, values=values):
            yield from (ast.BoolOp(SWAPS[type(op)][0](), values), *values)
        case ast.BinOp(op=op) if type(op) in SWAPS:
            yield ast.BinOp(node.left, SWAPS[type(op)][0](), node.right)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand


def _other_values(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1, value - 1]
        case str():
            return [f"mutant{value}"]
    return []


def _other_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.If() | ast.While():
            yield type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield ast.Pass()


def _deciding(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Every place below a node that may hold another node, as (parent, field, index)."""
    skipped = {"annotation", "returns", "decorator_list", "op", "ops", "ctx", "type_params"}
    for field, value in ast.iter_fields(node):
        if field in skipped:
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _decides_nothing(child):
                yield node, field, at
                yield from _deciding(child)


def _decides_nothing(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its lines as far as they nest."""
    tree = ast.parse(source)
    for parent, field, at in _deciding(tree):
        held = getattr(parent, field)
        old = held if at is None else held[at]
        for new in replacements(old):
            put = ast.copy_location(copy.copy(new), old)
            setattr(parent, field, put if at is None else [*held[:at], put, *held[at + 1 :]])
            mutant = ast.fix_missing_locations(copy.deepcopy(tree))
            setattr(parent, field, held)
            line = getattr(old, "lineno", 0)
            yield Mutant(mutant, line, f"{_brief(old)}  →  {_brief(new)}")


def _brief(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:70]


def passes(path: Path, tree: ast.Module | None, tests: list[str]) -> bool:
    """Whether all tests pass with this tree in the module's place; a fork runs them, so nothing stays."""
    child = os.fork()
    if child == 0:
        signal.alarm(LIMIT_S)
        os.setsid()
        os._exit(_run(path, tree, tests))
    status = os.waitpid(child, 0)[1]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests started
    return status == 0


def _run(path: Path, tree: ast.Module | None, tests: list[str]) -> int:
    loader = importlib.machinery.SourceFileLoader
    genuine = loader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> object:
        if tree is not None and Path(self.path) == path:
            return compile(tree, str(path), "exec")
        return genuine(self, fullname)

    loader.get_code = get_code  # type: ignore[assignment,method-assign]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:playwright"]
    # Hypothesis is loaded already, for all forks at once.
    return int(pytest.main([*quiet, "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests]))


def score(path: Path, tests: list[str]) -> tuple[int, int]:
    """(noticed, all) of one module; says each mutant that nobody noticed."""
    if not passes(path, None, tests):
        raise SystemExit(f"{path}: its tests fail even without a mutant; mend them first")
    every = list(mutants(path.read_text(encoding="utf-8")))
    missed = [one for one in every if passes(path, one.tree, tests)]
    for one in missed:
        print(f"  {path.relative_to(ROOT)}:{one.line}: {one.what}", flush=True)
    return len(every) - len(missed), len(every)


def main(parts: list[str]) -> int:
    """Score the modules whose path holds one of these parts, or all of them."""
    os.chdir(ROOT)
    os.nice(10)
    sys.path.insert(0, str(ROOT))
    # No shrinking and no database: only whether a test fails matters, not how beautifully, nor the next time.
    hypothesis.settings.register_profile(
        "mutants", database=None, derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate], deadline=None,
    )  # fmt: skip
    hypothesis.settings.load_profile("mutants")
    below = False
    for pattern, tests in TESTS.items():
        for path in sorted(ROOT.glob(pattern)):
            name, started = str(path.relative_to(ROOT)), time.monotonic()
            if path.name == "__init__.py" or (parts and not any(part in name for part in parts)):
                continue
            noticed, every = score(path, [test for test in tests if (ROOT / test).exists()])
            share = noticed / every if every else 1.0
            below = below or share < BOUND
            took = time.monotonic() - started
            print(f"{name}: {share:.1%} ({noticed} of {every} noticed, {took:.0f} s)", flush=True)
    return int(below)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

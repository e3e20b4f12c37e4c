"""The wheel is whole: installed outside this tree, its server checks a card."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.demo_site import ROOT
from tests.support.documented import documented, run_documented
from tests.support.installed import Installation, build_wheel, running
from validator.demo.deck import BY_SLUG
from validator.version import VERSION

# Only for the tools of developers.
LEFT_OUT = (".pyc", ".mako", ".d.ts")
WASM = "static/vendor/zxing-wasm/zxing_reader.wasm"
EXPECTED = {"anna-active": "valid", "kira-expired": "not_valid"}


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def environment(folder: Path) -> Path:
    """A new environment without packages; the path of its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    return folder / "bin" / "python"


def install(python: Path, *what: str) -> None:
    """Install packages with uv, which needs no pip in the environment."""
    command = [str(ROOT / ".venv/bin/uv"), "pip", "install", "--quiet", "--python", str(python), *what]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def checks_cards(installed: Installation) -> None:
    """The server of this installation gives the right answers, pages and files."""
    with running(installed) as site:
        for slug, outcome in EXPECTED.items():
            verdict = site.check(BY_SLUG[slug].escn)
            assert (verdict["outcome"], verdict["source"]) == (outcome, "router")
        page = site.ask("GET", "/demo/cards")[1].decode()
        assert f"ESC Validator {VERSION}</p>" in page
        status, body = site.ask("GET", "/readyz")
        assert (status, b'"files":true' in body, VERSION.encode() in body) == (200, True, True)


def test_the_wheel_holds_every_file_of_the_program(wheel: Path) -> None:
    """Templates, catalogue, migrations, static files, and what browsers load from other projects."""
    with zipfile.ZipFile(wheel) as packed:
        held = set(packed.namelist())
    files = {
        str(path.relative_to(ROOT))
        for package in ("validator", "scanner", "offline_cache")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(LEFT_OUT)
    }

    assert f"validator/{WASM}" in files
    assert files - held == set()
    assert {name for name in held - files if ".dist-info/" not in name} == set()
    assert [name for name in held if name.endswith("licenses/LICENSE")]


def test_an_installed_wheel_checks_cards(wheel: Path, tmp_path: Path) -> None:
    """The other packages are those of the tests: soak installs all of them."""
    python = environment(tmp_path / "env")
    install(python, "--no-deps", "--no-index", str(wheel))
    ours = Path(sysconfig.get_path("purelib"))
    (site,) = (tmp_path / "env/lib").glob("python*/site-packages")
    (site / "packages.pth").write_text(f"{ours}\n")
    installed = Installation(str(python.parent), str(tmp_path / "data"))

    found = installed.run("python", "-c", "import validator; print(validator.__file__)")
    assert found.stdout.startswith(str(site)), found.stderr
    assert installed.run("esc-validator", "--version").stdout == f"esc-validator {VERSION}\n"
    checks_cards(installed)


def test_the_command_explains_what_keeps_the_server_from_starting() -> None:
    """One sentence also for WEB_CONCURRENCY, of which gunicorn alone would print a traceback."""
    ended = subprocess.run(
        [sys.executable, "-m", "validator", "run"],
        cwd=ROOT,
        env=os.environ | {"WEB_CONCURRENCY": "x"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr == "ESC Validator cannot start: WEB_CONCURRENCY must be a number from 1 to 256.\n"


@pytest.mark.soak
def test_a_wheel_in_an_empty_environment_checks_cards(wheel: Path, tmp_path: Path) -> None:
    """Installed by docs/operate.md, with the locked versions."""
    (tmp_path / "dist").mkdir()
    shutil.copy(wheel, tmp_path / "dist")
    (tmp_path / "requirements").symlink_to(ROOT / "requirements")
    text = documented("docs/operate.md", "wheel").replace("/opt/esc-validator", f"{tmp_path}/env")
    printed = run_documented(text, tmp_path, PYTHONPATH="")
    assert printed.splitlines()[-1] == f"esc-validator {VERSION}"

    checks_cards(Installation(f"{tmp_path}/env/bin", str(tmp_path / "data")))


def lowest(folder: Path) -> Path:
    """A list of packages with the lowest version of each direct dependency, also of the extras."""
    lock = folder / "lowest.txt"
    options = ["--resolution=lowest-direct", "--all-extras", "--python-version=3.11", "--quiet"]
    command = [str(ROOT / ".venv/bin/uv"), "pip", "compile", *options, "pyproject.toml", "-o", str(lock)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert "gunicorn==27.0.0" in lock.read_text()
    return lock


@pytest.mark.soak
def test_a_wheel_with_the_lowest_versions_checks_cards(wheel: Path, tmp_path: Path) -> None:
    """The bounds in pyproject.toml are true."""
    python = environment(tmp_path / "env")
    install(python, "-r", str(lowest(tmp_path)))
    install(python, "--no-deps", "--no-index", str(wheel))

    checks_cards(Installation(str(python.parent), str(tmp_path / "data")))


@pytest.mark.soak
def test_a_wheel_checks_cards_on_debian_13(wheel: Path, tmp_path: Path) -> None:
    """With its Python 3.13 and the locked versions, in a root that debootstrap makes."""
    if os.getuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root and debootstrap")
    root = Path(os.environ.get("BARE_TRIXIE") or tmp_path / "trixie")
    environ = os.environ | {"BARE_SUITE": "trixie", "BARE_ROOT": str(root)}
    bare = str(ROOT / "scripts/bare_debian")
    subprocess.run([bare, "python3", "-m", "venv", "--clear", "/srv/env"], env=environ, check=True)
    shutil.copy(wheel, root / "srv" / wheel.name)
    for what in (["--require-hashes", "-r", "requirements/app.txt"], [f"/srv/{wheel.name}"]):
        pip = ["/srv/env/bin/pip", "install", "--quiet", "--no-deps", *what]
        subprocess.run([bare, *pip], env=environ, check=True)
    shutil.rmtree(root / "srv/data", ignore_errors=True)
    installed = Installation("/srv/env/bin", "/srv/data", ("chroot", str(root)))

    assert installed.run("python", "--version").stdout.startswith("Python 3.13")
    checks_cards(installed)

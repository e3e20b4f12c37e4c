"""The image of deploy/Dockerfile, built by buildah on a bare Debian 12, and run without any rights."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.app_factory import SECRET
from tests.support.demo_site import ROOT
from tests.support.fault_router import FaultRouter
from tests.support.polling import wait_for
from tests.support.server_process import every_card, new_number

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "docker.io/library/debian:12.12-slim"
NAME = "esc-validator"
# Settings of package clients, which a build behind a company's proxy needs.
CLIENTS = re.compile(
    r"pip_(?!find_links)|npm_config_|(http|https|no)_proxy$|ssl_cert_|node_extra_ca|requests_ca",
    re.IGNORECASE,
)
APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
# The root of a container: nothing to write but /tmp, /dev/shm and /data; no capability, no way to new ones.
ENTER = """
root=$1 data=$2
shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs tmpfs "$root/tmp"
mount --bind "$data" "$root/data"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" setpriv --reuid=10001 --regid=10001 --clear-groups --bounding-set=-all --inh-caps=-all \\
    --no-new-privs env -C /opt/esc-validator "$@"
"""


@dataclass(frozen=True, slots=True)
class Image:
    """A built image: its configuration, its unpacked root, and its layers as they are sent."""

    config: dict[str, Any]
    root: Path
    compressed_bytes: int
    folder: Path

    def start(self, *command: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command as a container would, with the data folder of this test."""
        data = self.folder / "data"
        if not data.exists():
            data.mkdir(mode=0o700)
            os.chown(data, 10001, 10001)
        inside = ["bash", "-euc", ENTER, "enter", str(self.root), str(data)]
        return subprocess.Popen(
            [*APART, *inside, *command],
            env=dict(each.split("=", 1) for each in self.config["Env"]) | environ,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, **environ: str) -> tuple[int, str]:
        """Exit code and output of a command that ends by itself."""
        started = self.start(*command, **environ)
        output = started.communicate(timeout=120)[0]
        return started.returncode, output


def buildah(folder: Path, *arguments: str) -> str:
    """The output of a command of buildah that must succeed; its store is in the folder."""
    program = shutil.which("buildah")
    assert program, "buildah is missing: apt-get install buildah"
    place = ["--root", str(folder / "store"), "--runroot", str(folder / "run"), "--storage-driver=vfs"]
    command = [program, *place, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, (arguments, ran.stdout[-2_000:], ran.stderr[-2_000:])
    return ran.stdout.strip()


def import_base(folder: Path) -> None:
    """A bare Debian 12 under the Dockerfile's base name, with this machine's way to packages."""
    base = folder / "base"
    made = {"BARE_ROOT": str(base), "BARE_PACKAGES": "ca-certificates"}
    command = [str(ROOT / "scripts/bare_debian"), "true"]
    subprocess.run(command, env=os.environ | made, check=True, capture_output=True)
    for unneeded in ("srv/esc-validator", "var/lib/apt/lists", "var/cache/apt"):
        shutil.rmtree(base / unneeded)
    container = buildah(folder, "from", "scratch")
    buildah(folder, "copy", container, str(base), "/")
    for name in filter(CLIENTS.match, os.environ):
        buildah(folder, "config", "--env", f"{name}={os.environ[name]}", container)
    buildah(folder, "commit", "--quiet", container, BASE)
    buildah(folder, "rm", container)


@pytest.fixture(name="image", scope="module")
def _image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """Build it once."""
    assert os.getuid() == 0, "this needs root"
    folder = tmp_path_factory.mktemp("image")
    import_base(folder)
    how = ["--isolation=chroot", "--format=docker", "--pull-never", "--layers=false"]
    buildah(folder, "bud", *how, "--file=deploy/Dockerfile", f"--tag={NAME}", ".")
    buildah(folder, "push", "--quiet", NAME, f"oci-archive:{folder}/image.tar")
    with tarfile.open(folder / "image.tar") as archive:
        compressed = sum(member.size for member in archive.getmembers())
    config = json.loads(buildah(folder, "inspect", "--type=image", NAME))["Docker"]["config"]
    container = buildah(folder, "from", "--pull-never", NAME)
    root = Path(buildah(folder, "mount", container))
    try:
        yield Image(config, root, compressed, folder)
    finally:
        buildah(folder, "umount", container)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(image: Image) -> Iterator[dict[str, str]]:
    """The image's own command, until the block ends; gives its settings."""
    with FaultRouter(every_card) as router:
        port = _free_port()
        settings = {"ESCV_SECRET_KEY": SECRET, "ESCV_ROUTER_URL": router.url, "PORT": str(port)}
        server = image.start(*image.config["Cmd"], **settings)
        try:
            wait_for(lambda: server.poll() is None and _status(port, "/readyz") == 200, 60)
            yield settings
        finally:
            _stop(server)


def _stop(server: subprocess.Popen[str]) -> None:
    """End the command as a container's runtime does; unshare, its parent, waits for it."""
    child = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for pid in child:
        os.kill(int(pid), signal.SIGTERM)
    server.communicate(timeout=60)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.mark.soak
def test_the_image_is_small_enough_and_complete(image: Image) -> None:
    """What a host downloads; the browser's files are in it, the tools of the build are not."""
    unpacked = sum(path.lstat().st_size for path in image.root.rglob("*") if not path.is_symlink())
    print(f"{image.compressed_bytes / 1e6:.0f} MB compressed, {unpacked / 1e6:.0f} MB unpacked")  # noqa: T201

    assert image.compressed_bytes <= 300_000_000
    code = image.root / "opt/esc-validator"
    assert (code / "validator/static/vendor/.done").exists()
    assert [
        each for each in ("node_modules", ".git", "tests", ".venv/bin/node") if (code / each).exists()
    ] == []


@pytest.mark.soak
def test_the_image_serves_on_a_read_only_root_without_rights(image: Image) -> None:
    """It checks a card, its own health check agrees, and it can write nowhere else."""
    with running(image) as settings:
        assert image.run(*image.config["Healthcheck"]["Test"][1:], **settings)[0] == 0
        code, output = image.run(".venv/bin/flask", "--app", "wsgi", "device", "add", "tablet", **settings)
        assert code == 0
        connection = http.client.HTTPConnection("127.0.0.1", int(settings["PORT"]), timeout=30)
        headers = {"Authorization": f"Bearer {output.split()[-1]}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/validations", json.dumps({"input": new_number()}), headers)
        assert json.loads(connection.getresponse().read())["outcome"] == "valid"
        connection.close()
        for place in ("/opt/esc-validator", "/etc", "/usr", "/var/lib"):
            assert image.run("touch", f"{place}/written", **settings)[0] != 0

    assert image.config["User"] == "10001:10001"
    assert image.run(*image.config["Healthcheck"]["Test"][1:], **settings)[0] != 0

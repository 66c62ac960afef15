"""The wheel alone, installed in an empty folder: everything the course needs is packed in, nothing of the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aws14.command import ports

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
JUPYTER = Path(sys.prefix) / "share" / "jupyter"
START_S = 90


def programs(environment: Path) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return next(folder.glob("aws14-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel in an environment of its own, which borrows the packages it depends on from this one."""
    folder = tmp_path_factory.mktemp("wheel") / "env"
    venv.create(folder, with_pip=True)
    python = programs(folder) / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check", wheel],
        check=True, timeout=120,
    )  # fmt: skip
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True, timeout=30).stdout.strip()
    # A path in a .pth file: the .pth files over there, and so the editable checkout, are not followed.
    (Path(own) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """An empty folder to work in."""
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def variables(environment: Path, desk: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    path = os.pathsep.join([str(programs(environment)), kept.get("PATH", "")])
    # Jupyter's own files belong to the environment that the packages are borrowed from
    jupyter = {"JUPYTER_PATH": str(JUPYTER), "JUPYTERLAB_DIR": str(JUPYTER / "lab")}
    return kept | jupyter | {"PATH": path, "AWS14_HOME": str(desk.parent / "home")}


def run(environment: Path, desk: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = str(programs(environment) / command[0])
    return subprocess.run(
        [program, *command[1:]],
        cwd=desk, env=variables(environment, desk), capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


def test_it_holds_the_course_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packed = ["_data/prices.csv", "_notebooks/00_start_here.ipynb", "_diagrams/p01_campaign_site.svg", "py.typed"]
    assert [name for name in packed if f"aws14/{name}" not in names] == []
    assert any(name.endswith("/data/share/jupyter/lab/settings/overrides.json") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"aws14"}


def test_data_notebooks_and_drawings_come_from_the_package(environment: Path, desk: Path) -> None:
    code = (
        "import aws14, pathlib\n"
        "from aws14 import catalog, chapters\n"
        "here = pathlib.Path(aws14.__file__).parent\n"
        "assert 'site-packages' in here.parts, here\n"
        "assert chapters.names()[:2] == ('00_start_here', '01_web_systems'), chapters.names()\n"
        "assert chapters.solved('01_web_systems').cells\n"
        "assert catalog.region('ap-northeast-1')\n"
        "assert (here / '_diagrams' / 'p01_campaign_site.svg').read_bytes()\n"
    )
    result = run(environment, desk, "python", "-c", code)
    assert result.returncode == 0, result.stderr


def test_the_doctor_finds_nothing_to_fix(environment: Path, desk: Path) -> None:
    result = run(environment, desk, "aws14", "doctor")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "FIX" not in result.stdout
    assert list(desk.iterdir()) == []


def test_a_chapter_runs(environment: Path, desk: Path) -> None:
    result = run(environment, desk, "aws14", "run", "00", "--out", "pages")
    assert result.returncode == 0, result.stdout + result.stderr
    page = (desk / "pages" / "00_start_here.html").read_text(encoding="utf-8")
    pictures = re.findall(r"<img\b[^>]*>", page)
    assert len(pictures) >= 2, "a drawing and a chart"
    assert [picture[:80] for picture in pictures if not re.search(r'\balt="[^"]{20,}"', picture)] == []
    assert (desk / "pages" / "index.html").exists()


def test_the_tests_are_said_to_be_elsewhere(environment: Path, desk: Path) -> None:
    result = run(environment, desk, "aws14", "test")
    assert result.returncode == 1
    assert "checkout" in result.stderr


@pytest.fixture
def jupyter(environment: Path, desk: Path) -> Iterator[str]:
    """JupyterLab as ``aws14 start`` starts it; its address."""
    port = ports.free_port()
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=", "--ServerApp.password="]
    with (desk.parent / "jupyter.log").open("wb") as log:
        server = subprocess.Popen(
            [programs(environment) / "aws14", "start", *options],
            cwd=desk, env=variables(environment, desk), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def fetch(url: str) -> bytes:
    """The body of a page, once its server is up."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_S
    while True:
        try:
            with opener.open(url, timeout=10) as answer:
                body: bytes = answer.read()
                return body
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_start_serves_the_learners_copies_without_the_news(jupyter: str, desk: Path) -> None:
    page = json.loads(fetch(f"{jupyter}/api/contents/00_start_here.ipynb?content=0"))
    assert page["type"] == "notebook"
    assert b"jupyter-config-data" in fetch(f"{jupyter}/lab/tree/00_start_here.ipynb")
    assert (desk / "work" / "01_web_systems.ipynb").is_file()
    settings = json.loads(fetch(f"{jupyter}/lab/api/settings/@jupyterlab/apputils-extension:notification"))
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"

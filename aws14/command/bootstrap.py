"""Set-up: from bare Python to the locked environment, once; then the verb is handed to the command ``aws14``.

Standard library only: this runs before anything is installed. Two folders beside ``course.py``:

- ``.tools``: a virtual environment that holds uv, made only when uv is not on the path
  (uv cannot live in the environment it fills: it would remove itself);
- ``.venv``: the course's own environment, exactly as ``requirements.lock`` says, hashes checked.

A stamp in ``.venv``, written last, tells a finished set-up from an interrupted one and from that of another
edition of the course. ``AWS14_WHEELHOUSE`` names a folder of wheels to install from without a network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aws14.command.handover import hand_over
from aws14.command.installing import explain, run_step
from aws14.errors import Aws14Error, NotAvailable

ROOT = Path(__file__).resolve().parents[2]
WHEELHOUSE = "AWS14_WHEELHOUSE"
_STAMP = "aws14-setup.json"


@dataclass(frozen=True)
class Place:
    """Where the course and its environment lie.

    Parameters
    ----------
    root : Path
        The folder of ``course.py``.
    interpreter : str
        The Python that the environment is made with.
    """

    root: Path
    interpreter: str

    @property
    def environment(self) -> Path:
        """The course's own virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter of that environment."""
        return program(self.environment, "python")

    @property
    def stamp(self) -> Path:
        """The file that says what the environment was made from."""
        return self.environment / _STAMP

    def lock(self, *, for_tests: bool) -> Path:
        """The lock to install: the course alone, or with what its tests need."""
        return self.root / ("requirements-dev.lock" if for_tests else "requirements.lock")


def program(environment: Path, name: str) -> Path:
    """Where a virtual environment keeps a program, on this system.

    Parameters
    ----------
    environment : Path
        The virtual environment.
    name : str
        The program, without extension.
    """
    return environment / "Scripts" / f"{name}.exe" if os.name == "nt" else environment / "bin" / name


def main(arguments: Sequence[str]) -> int:
    """Set up if need be, then hand the verb on.

    Parameters
    ----------
    arguments : sequence of str
        The verb and what follows it.

    Returns
    -------
    int
        Exit status.
    """
    # Started from inside .venv, the environment could not be remade under its own feet: take the Python below it.
    place = Place(ROOT, getattr(sys, "_base_executable", None) or sys.executable)
    try:
        set_up(place, for_tests=list(arguments[:1]) == ["test"])
    except Aws14Error as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up was interrupted. The next start takes it up again.", file=sys.stderr)
        return 130
    except OSError as error:
        print(explain(str(error), what="set the course up", folder=place.root), file=sys.stderr)
        return 1
    environment = activated(place.environment, os.environ)
    # -P: a file called random.py in the learner's folder must not stand in for Python's own
    command = [str(place.python), "-P", "-m", "aws14.command", *arguments]
    return hand_over(command, environment=environment, folder=Path.cwd())


def activated(environment: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Environment variables with a virtual environment switched on, for whatever is started from here.

    Parameters
    ----------
    environment : Path
        The virtual environment.
    variables : mapping
        The variables to start from.
    """
    changed = {name: value for name, value in variables.items() if name != "PYTHONHOME"}
    folder = str(program(environment, "python").parent)
    changed["PATH"] = os.pathsep.join(part for part in (folder, changed.get("PATH", "")) if part)
    changed["VIRTUAL_ENV"] = str(environment)
    return changed


def set_up(place: Place, *, for_tests: bool) -> None:
    """Bring the environment to what the lock says; nothing is done when it is there already.

    Parameters
    ----------
    place : Place
        Where.
    for_tests : bool
        Whether the packages of the tests are needed too.

    Raises
    ------
    NotAvailable
        When a step fails; says what to do.
    """
    wanted = fingerprint(place, for_tests=for_tests)
    found = _read_stamp(place)
    if _covers(found, wanted):
        return
    started = time.monotonic()
    how = "Bringing .venv up to date" if found else "Setting the course up in .venv: once, about 900 MB"
    print(f"{how} (half a minute to a few minutes).", flush=True)
    uv = find_uv(place)
    if not found or found.get("folder") != wanted["folder"]:
        # Without a stamp the environment is half-made; of another folder, its paths lead there: begin anew.
        _make_environment(place, uv)
    place.stamp.unlink(missing_ok=True)
    _install(place, uv, for_tests=for_tests or bool(found and found.get("tests")))
    _warm(place)
    place.stamp.write_text(json.dumps(wanted | {"tests": for_tests or bool(found.get("tests"))}), encoding="utf-8")
    print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)


def fingerprint(place: Place, *, for_tests: bool) -> dict[str, object]:
    """What a finished environment is made of: this folder, this lock. Any Python that is new enough will do.

    Parameters
    ----------
    place : Place
        Where.
    for_tests : bool
        Whether the packages of the tests are in it.
    """
    files = (place.root / name for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"))
    contents = hashlib.sha256()
    for file in files:
        contents.update(hashlib.sha256(file.read_bytes()).digest())
    return {"folder": str(place.root), "contents": contents.hexdigest(), "tests": for_tests}


def find_uv(place: Place) -> str:
    """The installer: uv from the path, else from ``.tools``, which is made when it is not there.

    Parameters
    ----------
    place : Place
        Where.

    Raises
    ------
    NotAvailable
        When neither is to be had.
    """
    own = program(place.root / ".tools", "uv")
    found = shutil.which("uv") or (str(own) if own.exists() else None)
    if found:
        return found
    tools = own.parents[1]
    shutil.rmtree(tools, ignore_errors=True)
    print("Fetching uv, the installer, into .tools.", flush=True)
    made = run_step([place.interpreter, "-m", "venv", str(tools)], what="make a virtual environment", folder=place.root)
    made.check()
    pip = [str(program(tools, "python")), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run_step([*pip, *_index(), "uv"], what="fetch uv", folder=place.root).check()
    return str(own)


def _index() -> list[str]:
    wheelhouse = os.environ.get(WHEELHOUSE)
    if not wheelhouse:
        return []
    if not Path(wheelhouse).is_dir():
        raise NotAvailable(
            f"{WHEELHOUSE} names '{wheelhouse}', which is not a folder",
            allowed="a folder of wheels",
            cure=f"unset {WHEELHOUSE} to install from the package index",
        )
    return ["--no-index", "--find-links", str(Path(wheelhouse).resolve())]


def _make_environment(place: Place, uv: str) -> None:
    if place.environment.exists():
        print("Making .venv anew: it is not finished, or of another folder.", flush=True)
        shutil.rmtree(place.environment)
    command = [uv, "venv", "-q", "--no-python-downloads", "--python", place.interpreter, str(place.environment)]
    run_step(command, what="make .venv", folder=place.root).check()
    # A learner's %pip needs it. Not by --seed: on older Pythons that asks for more than a wheelhouse has.
    pip = [uv, "pip", "install", "-q", "--python", str(place.python), *_index(), "pip"]
    run_step(pip, what="install pip", folder=place.root).check()


def _install(place: Place, uv: str, *, for_tests: bool) -> None:
    install = [uv, "pip", "install", "--compile-bytecode", "--python", str(place.python), "--no-deps", *_index()]
    lock = place.lock(for_tests=for_tests)
    run_step([*install, "--require-hashes", "-r", str(lock)], what="install the packages", folder=place.root).check()
    run_step([*install, "-q", "-e", str(place.root)], what="install the course", folder=place.root).check()


def _warm(place: Place) -> None:
    print("Compiling the course and its engines.", flush=True)
    # Every start of the embedded AWS would do it again where Python may not write its caches.
    own = [str(place.python), "-m", "compileall", "-q", str(place.root / "aws14")]
    run_step(own, what="compile the course", folder=place.root)
    warmed = run_step([str(place.python), "-P", "-m", "aws14.sim.warm"], what="compile the engines", folder=place.root)
    if warmed.status:
        # Not worth stopping for: they are compiled at first use instead.
        print("The engines could not be compiled now; the first simulation will take longer.", flush=True)


def _read_stamp(place: Place) -> dict[str, object]:
    try:
        stamp = json.loads(place.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and place.python.exists() else {}


def _covers(found: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    same = all(found.get(key) == wanted[key] for key in ("folder", "contents"))
    return same and (bool(found.get("tests")) or not wanted["tests"])

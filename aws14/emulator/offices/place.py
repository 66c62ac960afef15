"""What a learner says of the office, by the control API: ``POST /_aws14/office``.

The folder is that of the embedded AWS's home until the learner names another one. Nothing outside of it is read or
written. What is said is kept in the state of the world, so it comes back with a save.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from aws14.catalog import quota
from aws14.emulator.world import world
from aws14.errors import ScenarioError

__all__ = ["Line", "Office", "declare", "folder", "keep_in", "line", "on_change", "stored_bytes"]

_GIB = 1024**3
_HOMES: list[Path] = []
_HEARING: list[Callable[[], None]] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The office's line to the Internet.

    Parameters
    ----------
    up_mbps, down_mbps : float
        What it carries from and to the office, Mbit/s.
    cut : bool
        Whether it carries nothing now.
    """

    up_mbps: float
    down_mbps: float
    cut: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """What is said of the office; None: as before.

    Parameters
    ----------
    folder : str or None
        Absolute path of the folder that stands for its file server.
    upload_mbps, download_mbps : float or None
        Of its line, Mbit/s.
    cut : bool or None
        Whether the line is cut.
    stored_gib : float or None
        What the file server holds beside the files that are really there, GiB.
    """

    folder: str | None = None
    upload_mbps: float | None = None
    download_mbps: float | None = None
    cut: bool | None = None
    stored_gib: float | None = None


def keep_in(home: Path) -> None:
    """Let the file server be below this folder, unless the learner names another."""
    _HOMES[:] = [home]


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener`, under the world lock, after the line or the folder has become another one."""
    if listener not in _HEARING:
        _HEARING.append(listener)


def line() -> Line:
    """The line as it is now."""
    known: Line | None = world().state.get("office_line")
    if known is not None:
        return known
    return Line(up_mbps=quota("Office", "line, up").value, down_mbps=quota("Office", "line, down").value)


def stored_bytes() -> int:
    """What the file server is said to hold beside real files, bytes."""
    return int(world().state.get("office_stored", 0))


def folder() -> Path:
    """The folder that stands for the file server; the one in the home is made when it is not there.

    Raises
    ------
    ScenarioError
        The folder that was named is gone.
    """
    named: str = world().state.get("office_folder", "")
    if not named:
        own = _HOMES[0] / "files"
        own.mkdir(parents=True, exist_ok=True)
        return own.resolve()
    return _checked(named)


def declare(said: Office) -> dict[str, object]:
    """Take it for true from now on; the world lock is held.

    Returns
    -------
    dict
        ``folder``, ``upload_mbps``, ``download_mbps``, ``cut``, ``stored_gib``: how the office is now.

    Raises
    ------
    ScenarioError
        The folder is none, or one that nobody should give away.
    """
    before = (line(), world().state.get("office_folder", ""))
    if said.folder is not None:
        world().state["office_folder"] = str(_checked(said.folder))
    if said.stored_gib is not None:
        world().state["office_stored"] = round(said.stored_gib * _GIB)
    up, down, cut = (said.upload_mbps, said.download_mbps, said.cut)
    now = line()
    now = replace(now, up_mbps=now.up_mbps if up is None else up, down_mbps=now.down_mbps if down is None else down)
    world().state["office_line"] = now if cut is None else replace(now, cut=cut)
    if before != (line(), world().state.get("office_folder", "")):
        for hear in _HEARING:
            hear()
    now = line()
    rates = {"upload_mbps": now.up_mbps, "download_mbps": now.down_mbps, "cut": now.cut}
    return {"folder": str(folder()), **rates, "stored_gib": stored_bytes() / _GIB}


def _checked(named: str) -> Path:
    """The folder of that name: a whole disk or a home would show more than an office's files."""
    given = Path(named).expanduser()
    found = given.resolve()
    if not given.is_absolute() or not found.is_dir():
        raise ScenarioError(
            f"{named!r} is no folder", allowed="the absolute path of a folder that is there", cure="make it first"
        )
    own = Path.home().resolve()
    if found == own or found in own.parents or found == Path(found.anchor):
        raise ScenarioError(
            f"{found} holds more than an office's files",
            allowed="a folder of its own, below your home",
            cure="make a folder, such as work/office, and name that",
        )
    return found

"""What the embedded AWS is told of the world around it: load on a file system, the office and its line, its people."""

from __future__ import annotations

from typing import Any

from aws14.cloud.place import Control
from aws14.cloud.session import Session
from aws14.errors import NotAvailable

__all__ = ["at_gateway", "load_files", "office"]


def load_files(
    session: Session,
    file_system: str,
    *,
    read_mibps: float = 0.0,
    write_mibps: float = 0.0,
    operations: float = 0.0,
    stored_gib: float | None = None,
    active_gib: float | None = None,
) -> float:
    """Ask a file system of EFS for so much from now on; return AWS time, epoch seconds.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    file_system : str
        Its id.
    read_mibps, write_mibps : float
        What its clients want to read and write, MiB/s.
    operations : float
        File operations a second.
    stored_gib, active_gib : float, optional
        What it holds beside real files, and how much of that is read all the time, GiB; left out: as before.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    EmulatorError
        When there is no such file system, or an amount cannot be.
    """
    control = _control(session, "the load", cure="send real reads and writes: a machine that runs fio on the mount")
    load = {"read_mibps": read_mibps, "write_mibps": write_mibps, "operations": operations}
    held = {"stored_gib": stored_gib, "active_gib": active_gib}
    return control.file_load({"file_system": file_system, **load, **held})


def office(
    session: Session,
    *,
    folder: str | None = None,
    upload_mbps: float | None = None,
    download_mbps: float | None = None,
    cut: bool | None = None,
    stored_gib: float | None = None,
) -> dict[str, Any]:
    """Say what the office is like from now on; what is left out stays. Return how it is now.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    folder : str, optional
        Absolute path of the folder that stands for its file server.
    upload_mbps, download_mbps : float, optional
        What its line carries, Mbit/s.
    cut : bool, optional
        Whether the line carries nothing now.
    stored_gib : float, optional
        What the file server holds beside the files that are really in the folder, GiB: no such bytes are made.

    Returns
    -------
    dict
        ``folder``, ``upload_mbps``, ``download_mbps``, ``cut``, ``stored_gib``.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    EmulatorError
        When there is no such folder, or a rate cannot be.
    """
    control = _control(session, "an office", cure="there your own office and its line are what they are")
    rates = {"upload_mbps": upload_mbps, "download_mbps": download_mbps}
    return control.office({"folder": folder, **rates, "cut": cut, "stored_gib": stored_gib})


def at_gateway(
    session: Session, target: str, do: str = "look", *, path: str = "", text: str = "", gib: float | None = None
) -> dict[str, Any]:
    """Do something with a storage gateway, as somebody in the office; return how it went.

    Parameters
    ----------
    session : Session
        On the embedded AWS.
    target : str
        Name, id or ARN of a share or volume, barcode of a tape.
    do : str
        What is done: ``look``, ``write``, ``read``, and what docs/architecture.md names.
    path, text : str
        Of a file, and what is written.
    gib : float, optional
        How large what is written is said to be, GiB: no such bytes are made.

    Raises
    ------
    NotAvailable
        Outside the embedded AWS.
    EmulatorError
        When there is no such thing, or it refuses.
    """
    control = _control(session, "an office", cure="there the share is mounted by a computer of your office")
    return control.gateway({"do": do, "target": target, "path": path, "text": text, "gib": gib})


def _control(session: Session, what: str, *, cure: str) -> Control:
    if session.place.control is None:
        raise NotAvailable(
            f"{what} is given in the embedded AWS only; this session works on {session.target}", cure=cure
        )
    return session.place.control

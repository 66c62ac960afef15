"""What exercise 3 of pattern 6 asks: a door of its own for the accountants."""

from __future__ import annotations

from aws14.checks import Evidence, gather
from aws14.model import Finding, Report
from aws14.patterns.p06_day import SHARED

PATH, USER = "/books", "2000:2000"
"""The folder that the accountants see, and who they all are."""


def books_are_apart(evidence: Evidence) -> Report:
    """An access point of the shared file system leads to the accountants' folder, and makes everybody one user."""
    doors = {str(node.require("path")): str(node.require("user")) for node in evidence.built.of_kind("access_point")}
    return gather("The accountants have a door of their own", _shows_only(doors), _makes_one_user(doors))


def _shows_only(doors: dict[str, str]) -> Finding:
    return Finding(
        name=f"An access point of '{SHARED}' shows {PATH} and nothing else",
        status="passed" if PATH in doors else "not_yet",
        detail=f"access points show: {', '.join(sorted(doors)) or 'nothing'}",
        hint="RootDirectory of create_access_point: Path, and CreationInfo, as the folder is not there yet",
    )


def _makes_one_user(doors: dict[str, str]) -> Finding:
    user = doors.get(PATH, "")
    return Finding(
        name=f"Whoever comes through it is user and group {USER}",
        status="passed" if user == USER else "not_yet",
        detail=f"it enforces {user}" if user else "it enforces nobody",
        hint="PosixUser of create_access_point",
    )

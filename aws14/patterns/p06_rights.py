"""What exercise 3 of pattern 6 asks: a door of its own for the accountants."""

from __future__ import annotations

from collections.abc import Sequence

from aws14.checks import Evidence, gather
from aws14.model import Finding, Node, Report
from aws14.patterns.p06_day import SHARED

PATH, USER, PRIVATE = "/books", "2000:2000", "700"
"""The folder that the accountants see, who they all are, and what the folder lets whom do."""


def books_are_apart(evidence: Evidence) -> Report:
    """Access points of the shared file system lead to the accountants' folder, and make everybody one user."""
    points = evidence.built.of_kind("access_point")
    doors = tuple(node for node in points if node.require("path") == PATH)
    shown = sorted(str(node.require("path")) for node in points)
    return gather(
        "The accountants have a door of their own", _shows_only(doors, shown), _makes_one_user(doors), _private(doors)
    )


def _shows_only(doors: tuple[Node, ...], shown: Sequence[str]) -> Finding:
    return Finding(
        name=f"An access point of '{SHARED}' shows {PATH} and nothing else",
        status="passed" if doors else "not_yet",
        detail=f"access points show: {', '.join(shown) or 'nothing'}",
        hint="RootDirectory of create_access_point: Path",
    )


def _makes_one_user(doors: tuple[Node, ...]) -> Finding:
    users = sorted({str(node.require("user")) for node in doors})
    told = ", ".join(user or "nobody" for user in users) or "nobody"
    return Finding(
        name=f"Whoever comes through it is user and group {USER}",
        status="passed" if users == [USER] else "not_yet",
        detail=f"it enforces {told}",
        hint="PosixUser of create_access_point; delete an access point that enforces another one",
    )


def _private(doors: tuple[Node, ...]) -> Finding:
    wanted, made = f"{USER} {PRIVATE}", sorted({str(node.require("creates")) for node in doors})
    return Finding(
        name="Its folder comes to be, and nobody but its owner may look in",
        status="passed" if made == [wanted] else "not_yet",
        detail=f"the folder is made as: {', '.join(each or 'nothing, so a mount finds no folder' for each in made)}",
        hint="CreationInfo of create_access_point: OwnerUid, OwnerGid, Permissions; an access point cannot be changed, "
        "so delete the one that is wrong",
    )

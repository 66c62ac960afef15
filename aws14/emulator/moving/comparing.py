"""What an execution moves: files that are new or changed, without those that filters leave out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from aws14.emulator.moving.models import Entry, Execution
from aws14.emulator.moving.sides import Stamp

__all__ = ["Plan", "compared", "differs", "to_verify"]

#: Times are kept to the second at least, by every kind of end.
_ALIKE_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done.

    Parameters
    ----------
    entries : tuple of Entry
        To be moved.
    gone : tuple of str
        To be deleted in the destination.
    known : tuple of Entry
        The whole source.
    skipped : int
        Files that have changed and stay as they are in the destination.
    """

    entries: tuple[Entry, ...]
    gone: tuple[str, ...]
    known: tuple[Entry, ...]
    skipped: int


def compared(
    source: Mapping[str, Stamp], there: Mapping[str, Stamp], *, options: Mapping[str, Any], told: Mapping[str, Any]
) -> Plan:
    """Compare both ends.

    Parameters
    ----------
    source, there : Mapping
        What the source and the destination hold.
    options : Mapping
        Of the execution: ``TransferMode``, ``OverwriteMode``, ``PreserveDeletedFiles``.
    told : Mapping
        Of the task or the execution: ``Includes``, ``Excludes``.
    """
    known = tuple(Entry(path, one.bytes, one.modified) for path, one in sorted(source.items()) if _meant(path, told))
    everything = options["TransferMode"] == "ALL"
    changed = [one for one in known if everything or differs(one, there.get(one.path))]
    kept = [one for one in changed if options["OverwriteMode"] == "NEVER" and one.path in there]
    removes = options["PreserveDeletedFiles"] == "REMOVE"
    gone = tuple(path for path in sorted(there) if removes and path not in source and _meant(path, told))
    entries = tuple(one for one in changed if one not in kept)
    return Plan(entries=entries, gone=gone, known=known, skipped=len(kept))


def differs(one: Entry, there: Stamp | None) -> bool:
    """Whether a file of the source is not there, or has another size or time."""
    return there is None or there.bytes != one.bytes or abs(there.modified - one.modified) >= _ALIKE_S


def _meant(path: str, told: Mapping[str, Any]) -> bool:
    includes, excludes = _patterns(told.get("Includes")), _patterns(told.get("Excludes"))
    return (not includes or _fits(path, includes)) and not _fits(path, excludes)


def _patterns(rules: Iterable[Mapping[str, str]] | None) -> list[str]:
    return [pattern for rule in rules or () for pattern in rule["Value"].split("|") if pattern]


def _fits(path: str, patterns: list[str]) -> bool:
    """A pattern means a file, or a folder with all that is in it."""
    return any(fnmatchcase(path, each) or fnmatchcase(path, f"{each.rstrip('/')}/*") for each in patterns)


def to_verify(execution: Execution) -> tuple[Entry, ...]:
    """What was transferred, or the whole source; what has failed is not told twice."""
    whole = execution.options["VerifyMode"] == "POINT_IN_TIME_CONSISTENT"
    return tuple(each for each in (execution.known if whole else execution.entries) if each.path not in execution.lost)

"""What a check may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aws14.model import Finding, Report, Topology


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The state of a pattern when a check is asked for.

    Parameters
    ----------
    built : Topology
        What was read back a moment ago.
    comparison : Report
        Drawn against built.
    answer : object
        What the learner handed to the check, if anything.
    """

    built: Topology
    comparison: Report
    answer: object = None


CheckFunction = Callable[[Evidence], Report]


def gather(title: str, *findings: Finding) -> Report:
    """Put findings under a title."""
    return Report(title=title, findings=findings)

"""What the exercises of pattern 5 ask."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.checks import CheckFunction, Evidence, drawn_equals_built
from aws14.model import Report
from aws14.patterns.p05_records import records_check


def _built(evidence: Evidence) -> Report:
    """What is kept and what keeps it stand as drawn."""
    return drawn_equals_built("It is built as drawn", evidence)


checks: Mapping[str, CheckFunction] = {"p05-built": _built, "p05-e2": records_check}

"""What the exercises of pattern 6 ask."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.checks import CheckFunction, Evidence, drawn_equals_built
from aws14.model import Report


def _built(evidence: Evidence) -> Report:
    """The file systems stand as drawn."""
    return drawn_equals_built("It is built as drawn", evidence)


checks: Mapping[str, CheckFunction] = {"p06-built": _built}

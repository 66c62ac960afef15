"""What the exercises of pattern 4 ask."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.checks import CheckFunction, Evidence, drawn_equals_built
from aws14.model import Report


def _built_and_reachable(evidence: Evidence) -> Report:
    """Drawn equals built, and a request finds the way in."""
    return drawn_equals_built("The site is built as drawn", evidence)


checks: Mapping[str, CheckFunction] = {"p04-built": _built_and_reachable}

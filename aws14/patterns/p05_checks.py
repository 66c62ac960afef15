"""What the exercises of pattern 5 ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14.checks import CheckFunction, Evidence, drawn_equals_built
from aws14.model import Report
from aws14.patterns.p05_day import AWAY, BUCKET, DATABASE, SERVER, VOLUME
from aws14.patterns.p05_plan import plan_check
from aws14.patterns.p05_records import records_check

_DRAWN = {"internet", "vpc", "igw", "public-a", "private-a", "private-c", SERVER, VOLUME, DATABASE, BUCKET, AWAY}
_DRAWN |= {"office-plan", "office-vault", "office-vault-away"}
_RULES = ("office-plan", "office-vault")
"""The line whose names the exercise changes."""


def _built(evidence: Evidence) -> Report:
    """What is kept and what keeps it stand as drawn; what later blocks put beside it is no mistake."""
    planned = bool(evidence.built.links_of("routes", source=_RULES[0])) if _RULES[0] in evidence.built else False
    regions = {node.id for node in evidence.built.nodes if node.kind in ("region", "az")}
    beside = {node.id for node in evidence.built.nodes} - _DRAWN - regions
    told = tuple(
        each
        for each in evidence.comparison.findings
        if beside.isdisjoint(each.subjects) and not (planned and each.subjects == _RULES)
    )
    return drawn_equals_built(
        "It is built as drawn", replace(evidence, comparison=replace(evidence.comparison, findings=told))
    )


checks: Mapping[str, CheckFunction] = {"p05-built": _built, "p05-e1": plan_check, "p05-e2": records_check}

"""The experiments of pattern 5. Each takes the built topology first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.patterns.p05_bills import bill_of_copies, frontier, rule_by_rule
from aws14.patterns.p05_copies import failures, generations, systems
from aws14.patterns.p05_deeper import DEEPER
from aws14.patterns.p05_drill import drill
from aws14.patterns.p05_walls import why

experiments: Mapping[str, Callable[..., object]] = {
    "bill of copies": bill_of_copies,
    "drill": drill,
    "failures": failures,
    "frontier": frontier,
    "generations": generations,
    "rule by rule": rule_by_rule,
    "systems": systems,
    "why": why,
    **DEEPER,
}

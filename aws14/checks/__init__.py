"""What a checkpoint or an exercise asks of a topology, a trace or a bill. A check reports, it never raises."""

from aws14.checks.evidence import CheckFunction, Evidence, gather
from aws14.checks.outcome import bill_within, failed_share_within, p95_within
from aws14.checks.structure import answered, drawn_equals_built, has_subnet, reachable

__all__ = [
    "CheckFunction",
    "Evidence",
    "answered",
    "bill_within",
    "drawn_equals_built",
    "failed_share_within",
    "gather",
    "has_subnet",
    "p95_within",
    "reachable",
]

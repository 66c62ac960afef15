"""Why a packet was stopped, in the words in which runs count failures."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.sim.reachability import Block

_REASONS: Mapping[str, str] = {
    "BAD_STATE": "instance_not_running",
    "ENI_SG_RULES_MISMATCH": "blocked",
    "NO_POSSIBLE_DESTINATION": "no_such_address",
    "SG_HAS_NO_RULES": "blocked",
    "SUBNET_ACL_RESTRICTION": "blocked",
}
"""Explanation codes of the Reachability Analyzer that do not mean that no route leads there."""


def failure_reason(block: Block) -> str:
    """The key of `aws14.model.trace.FAILURE_REASONS` for what stops a packet."""
    return _REASONS.get(block.code, "no_route")

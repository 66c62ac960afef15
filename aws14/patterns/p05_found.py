"""Found: what the experiments of pattern 5 take from what was read back."""

from __future__ import annotations

from aws14.errors import DesignError
from aws14.model import Node, Topology
from aws14.patterns.p05_day import AWAY
from aws14.sim.backups.generations import Rule, read_rule
from aws14.sim.backups.points import Point, read_point

PLAN = "office-plan"
"""The backup plan of the core."""


def texts(node: Node, name: str) -> tuple[str, ...]:
    """An attribute that holds several texts."""
    value = node.require(name)
    return value if isinstance(value, tuple) else ()


def home_region(built: Topology) -> str:
    """Where the office's systems stand.

    Raises
    ------
    DesignError
        When there is no region but the one of the copies.
    """
    for region in built.of_kind("region"):
        if region.id != AWAY:
            return region.id
    raise DesignError("nothing of the office was read back", cure="run the build cells of this section")


def points_of(built: Topology, of: str, region: str) -> tuple[Point, ...]:
    """Recovery points of a thing in the vaults of a region, the oldest first.

    Raises
    ------
    DesignError
        When there is none.
    """
    found = [
        point
        for vault in built.of_kind("backup_vault")
        if (place := built.container(vault.id, "region")) is not None and place.id == region
        for point in map(read_point, texts(vault, "points"))
        if point.of == of
    ]
    if not found:
        raise DesignError(
            f"no vault in {region} holds a recovery point of {of}", cure="run the cell that advances days"
        )
    return tuple(sorted(found, key=lambda point: point.taken_s))


def rules_of(built: Topology, plan: str = PLAN) -> tuple[Rule, ...]:
    """Rules of a plan that was read back.

    Raises
    ------
    DesignError
        When there is no such plan.
    """
    if plan not in built:
        raise DesignError(f"there is no backup plan {plan}", cure="run the build cells of this section")
    return tuple(read_rule(text) for text in texts(built.node(plan), "rules"))

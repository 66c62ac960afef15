"""Statements: the bills a learner asks for, from what is drawn, built and run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from aws14 import catalog
from aws14.cost.billing import FreeTier, bill
from aws14.cost.metering import HOURS_PER_MONTH, monthly, standing, zone_grace_h
from aws14.cost.traffic import NOTHING_ELSE, Assumptions
from aws14.model import Bill, Node, Topology, Trace, Usage
from aws14.model.kinds import Attribute


def monthly_bill(
    topology: Topology,
    trace: Trace,
    *,
    days: float = 30,
    hours_per_month: float = HOURS_PER_MONTH,
    free_tier: FreeTier = "none",
    assume: Assumptions = NOTHING_ELSE,
    on: date | None = None,
) -> Bill:
    """Bill a month of what is built, under the load of a run.

    Parameters
    ----------
    topology, trace, days, hours_per_month, assume
        As `aws14.cost.monthly`.
    free_tier, on
        As `aws14.cost.bill`.

    Raises
    ------
    DesignError, ScenarioError, DataError
        As `aws14.cost.monthly` and `aws14.cost.bill`.
    """
    return bill(
        monthly(topology, trace, days=days, hours_per_month=hours_per_month, assume=assume),
        title=f"A month of {topology.name} in {trace.region}, {days:g} days like '{trace.scenario}'",
        hours_per_month=hours_per_month,
        free_tier=free_tier,
        on=on,
    )


def quote(topology: Topology, *, hours: float, on: date | None = None) -> Bill:
    """Quote what letting a drawing stand for some hours will cost, before anything is built.

    What a drawing leaves out is taken as AWS makes it when not told otherwise, and the quote says so.

    Parameters
    ----------
    topology : Topology
        Drawn or built.
    hours : float
        How long it will stand.
    on : date, optional
        The day the age of prices is judged by; today when left out.

    Raises
    ------
    DesignError, ScenarioError, DataError
        As `aws14.cost.standing` and `aws14.cost.bill`.
    """
    usual = _as_aws_makes_it()
    nodes = tuple(_completed(node, usual) for node in topology.nodes)
    assumed = sorted(
        f"{node.id}: {name} {whole.attributes[name]}"
        for node, whole in zip(topology.nodes, nodes, strict=True)
        for name in whole.attributes.keys() - node.attributes.keys()
        if name not in ("state", "public_ipv4")
    )
    quoted = bill(
        [_whole_zones(line, hours) for line in standing(replace(topology, nodes=nodes), hours=hours)],
        title=f"Quote: {topology.name} for {hours:g} hours, without traffic",
        period=f"{hours:g} hours",
        on=on,
    )
    note = (f"not drawn, taken as AWS makes it: {'; '.join(assumed)}",) if assumed else ()
    return replace(quoted, notes=(*quoted.notes, *note))


def _as_aws_makes_it() -> Mapping[str, Mapping[str, Attribute]]:
    return {
        "instance": {
            "state": "running",
            "root_gib": int(catalog.quota("EC2", "root volume of the Amazon Linux 2023 AMI").value),
            "root_volume_type": "gp3",
            "public_ipv4_kind": "none",
        },
        "nat_gateway": {"state": "available", "public_ipv4": "one of its own"},
        "volume": {"volume_type": "gp3", "state": "in-use"},
    }


def _whole_zones(line: Usage, hours: float) -> Usage:
    if line.unit != "zone-month" or hours <= zone_grace_h():
        return line
    return replace(line, quantity=math.ceil(line.quantity))


def _completed(node: Node, usual: Mapping[str, Mapping[str, Attribute]]) -> Node:
    return replace(node, attributes={**usual.get(node.kind, {}), **node.attributes})

"""Kinds of resources: how to see whether one is still there, how to delete it, and in which order.

EC2's kinds carry the names that its tags give them (``natgateway``, ``elastic-ip``); what has no tags has a name made
from what it is. One row is one kind.

The order of deletion: usage plans and API keys (8), names (10), the edge (13), APIs (14), alarms (15), groups,
listeners and databases (16), load balancers (18) and their target groups, machines (20) and disks (26 to 32),
certificates (36), ways between networks (38), groups of rules and networks (40 to 90), then what nothing hangs on.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws14.cloud.kinds.apis import APIS
from aws14.cloud.kinds.backups import BACKUPS
from aws14.cloud.kinds.containers import CONTAINERS
from aws14.cloud.kinds.edge import EDGE
from aws14.cloud.kinds.events import EVENTS
from aws14.cloud.kinds.files import FILES
from aws14.cloud.kinds.functions import FUNCTIONS
from aws14.cloud.kinds.gateways import GATEWAYS
from aws14.cloud.kinds.kind import Kind
from aws14.cloud.kinds.machines import MACHINES
from aws14.cloud.kinds.moving import MOVING
from aws14.cloud.kinds.network import NETWORK
from aws14.cloud.kinds.services import SERVICES

__all__ = ["KINDS", "Kind", "kind_of"]

KINDS: Mapping[str, Kind] = {
    **NETWORK,
    **MACHINES,
    **SERVICES,
    **EDGE,
    **CONTAINERS,
    **EVENTS,
    **APIS,
    **FUNCTIONS,
    **FILES,
    **BACKUPS,
    **GATEWAYS,
    **MOVING,
}
"""Kind -> how it is seen and deleted."""


def kind_of(aws_id: str) -> str:
    """The kind that an EC2 id belongs to, by its prefix; empty for an unknown one."""
    return next((name for name, kind in KINDS.items() if kind.prefix and kind.prefix == aws_id.rpartition("-")[0]), "")

"""Machines of one's own against Fargate: the same pods packed on EC2 nodes, and each on a machine cut to size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws14.cost.billing import bill
from aws14.model import Bill, Usage
from aws14.sim.containers.fargate import size_of
from aws14.sim.containers.packing import Packing, pack
from aws14.sim.containers.scoring import Strategy, least_allocated
from aws14.sim.containers.shapes import Pod

__all__ = ["NodesOrFargate", "nodes_or_fargate"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NodesOrFargate:
    """The same pods both ways.

    Parameters
    ----------
    packing : Packing
        On nodes.
    nodes, fargate : Bill
        What both are charged for; the control plane is the same and in neither.
    """

    packing: Packing
    nodes: Bill
    fargate: Bill


def nodes_or_fargate(
    pods: Sequence[Pod],
    *,
    instance_type: str,
    region: str = "ap-northeast-1",
    hours: float = 730.0,
    disk_gib: float = 20.0,
    strategy: Strategy = least_allocated,
) -> NodesOrFargate:
    """Bill pods on EC2 nodes, and on Fargate.

    Parameters
    ----------
    pods : sequence of Pod
        With what they request.
    instance_type : str
        Of the nodes; as many as hold the pods.
    region : str
        Where.
    hours : float
        How long the pods run; nodes stand as long.
    disk_gib : float
        Root volume of a node.
    strategy : callable
        How the scheduler scores nodes.

    Raises
    ------
    DesignError
        When a pod is too large for Fargate.
    ScenarioError, DataError
        When no number of nodes is enough, or the price book lacks the type.
    """
    packing = pack(pods, instance_type, strategy=strategy)
    count, period = len(packing.nodes), f"{hours:g} hours"
    nodes = (
        Usage(
            service="EC2", item=f"{instance_type} Linux on-demand", unit="hour", region=region, quantity=count * hours
        ),
        Usage(
            service="EBS", item="gp3 storage", unit="GB-month", region=region,
            quantity=count * disk_gib * hours / 730.0,
        ),
    )  # fmt: skip
    sizes = [size_of(pod.cpu_m, pod.memory_mib) for pod in pods]
    fargate = (
        Usage(
            service="Fargate", item="Linux/x86 vCPU", unit="vCPU-hour", region=region,
            quantity=sum(size.vcpu for size in sizes) * hours,
        ),
        Usage(
            service="Fargate", item="Linux/x86 memory", unit="GB-hour", region=region,
            quantity=sum(size.memory_gib for size in sizes) * hours,
        ),
    )  # fmt: skip
    return NodesOrFargate(
        packing=packing,
        nodes=bill(nodes, title=f"{len(pods)} pods on {count} nodes of {instance_type}", period=period),
        fargate=bill(fargate, title=f"{len(pods)} pods on Fargate", period=period),
    )

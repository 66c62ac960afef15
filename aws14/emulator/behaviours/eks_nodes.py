"""Nodes of EKS clusters: managed node groups, and Fargate profiles.

What AWS does
    A managed node group makes a launch template and an Auto Scaling group; their instances join the cluster when they
    have booted, provided that their role has the policies and that they have a way to the endpoint; then the node group
    is active. Who does not join leads, after a while, to the state CREATE_FAILED with the issue NodeCreationFailure.
    Sizes, labels and taints can be changed; a new version replaces the nodes a few at a time. A Fargate profile, in
    private subnets only, says which pods run without nodes of one's own.
What moto leaves out
    Node groups name an Auto Scaling group that does not exist; no instance is launched; states are reached at
    once.
What this adds
    All of that: instances in every zone, replaced when they fail, tagged and joined on the clock; their room for
    pods by the rules of the EKS image; health issues; updates; deletion, instances first.
What it still does not do
    Several instance types in one group (the first is launched), spot prices and interruptions, warm pools, node repair,
    Bottlerocket and Windows, images of one's own that do not join. Of the role of nodes only AmazonEKSWorkerNodePolicy
    is looked for. Instances run Amazon Linux 2023, without a kubelet to log in to.
"""

from __future__ import annotations

from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.behaviours.failures import on_failure
from aws14.emulator.behaviours.instance_life import on_state
from aws14.emulator.clusters import fargate, node_groups, nodes
from aws14.emulator.clusters.view import EksView
from aws14.emulator.kubernetes import cluster_view

__all__ = ["install"]

#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (fargate, node_groups)


def install() -> None:
    """Give moto's EKS the operations, and learn of instances and failures."""
    from moto.eks.responses import EKSResponse

    from aws14.emulator.clusters.part_api import Parts

    adopt(EKSResponse, Parts)
    cluster_view.supply(EksView())
    on_state(nodes.instance_changed)
    on_failure(nodes.failed)

"""What cluster-autoscaler may do: it signs as the role of its pod's node, or of its service account.

On nodes of Amazon Linux 2023 the instance metadata answers only what comes from the node itself (a hop limit of 1), so
that a pod has the node's role in the network of the node alone: ``hostNetwork``. Sources: EKS user guide, "Instance
metadata service on AL2023 nodes" and "IAM roles for service accounts"; cluster-autoscaler, cloudprovider/aws.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.cluster_view import view
from aws14.emulator.kubernetes.controllers.sight import Object, Sight

__all__ = ["may_scale", "say"]

_SET, _DESCRIBE = "autoscaling:SetDesiredCapacity", "autoscaling:DescribeAutoScalingGroups"
_ANNOTATION = "eks.amazonaws.com/role-arn"
_BY_NODE = 1
_SESSION = "aws-sdk-go"


def may_scale(cluster: Sight, pod: Object, group: Any) -> bool:
    """Whether the program may look at a group and set its size; where not, its log says why.

    Parameters
    ----------
    cluster : Sight
        Whose.
    pod : dict
        In which the program runs.
    group : moto.autoscaling.models.FakeAutoScalingGroup
        Which is to follow the pods.
    """
    from aws14.emulator.permissions import may

    role = _role(cluster, pod)
    if not role:
        say(cluster, pod, "Failed to create AWS Manager: no EC2 IMDS role found, operation error ec2imds: GetMetadata")
        return False
    for action, resource in ((_DESCRIBE, "*"), (_SET, group.arn)):
        if not may(role, action, resource, group.region):
            say(cluster, pod, _refused(role, action, resource))
            return False
    return True


def _refused(role: str, action: str, resource: str) -> str:
    account, name = role.split(":")[4], role.rpartition("/")[2]
    operation, where = action.partition(":")[2], "" if resource == "*" else f" on resource: {resource}"
    return (
        f"operation error Auto Scaling: {operation}, https response error StatusCode: 403, api error AccessDenied: "
        f"User: arn:aws:sts::{account}:assumed-role/{name}/{_SESSION} is not authorized to perform: {action}{where} "
        f"because no identity-based policy allows the {action} action"
    )


def _role(cluster: Sight, pod: Object) -> str:
    """ARN of the role with which a pod signs; empty where it gets none."""
    from aws14.emulator.clusters.records import find

    name = pod["spec"].get("serviceAccountName") or "default"
    account = cluster.get("ServiceAccount", pod["metadata"]["namespace"], name) or {"metadata": {}}
    own = (account["metadata"].get("annotations") or {}).get(_ANNOTATION)
    if own:
        return str(own)
    machine = next((each for each in view().machines(cluster.key) if each.name == pod["spec"].get("nodeName")), None)
    known = find(cluster.key)
    if machine is None or known is None or not (pod["spec"].get("hostNetwork") or _hops(machine.id) > _BY_NODE):
        return ""
    group = known.nodegroups.get(machine.node_group)
    return str(group.node_role) if group is not None else ""


def _hops(instance_id: str) -> int:
    from aws14.emulator.machines.instances import find_instance

    instance = find_instance(instance_id)
    return int(instance.metadata_options.http_put_response_hop_limit or _BY_NODE) if instance is not None else _BY_NODE


def say(cluster: Sight, pod: Object, line: str) -> None:
    """Write a line to the program's log; what it said last is not said again."""
    from aws14.emulator.kubernetes.kubelet.life import run_of

    run = run_of(cluster, pod["metadata"]["uid"])
    state = run.containers.get(pod["spec"]["containers"][0]["name"]) if run is not None else None
    if state is not None and (not state.lines or state.lines[-1][1] != line):
        state.write(cluster.now, line)

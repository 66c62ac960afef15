"""The nodes of a cluster: instances of its node groups that run, are let in, and have a way to the control plane."""

from __future__ import annotations

from typing import Any

from aws14.catalog import instance_type
from aws14.emulator.clock import handles
from aws14.emulator.clusters import node_groups
from aws14.emulator.clusters.making import role_of
from aws14.emulator.clusters.records import Node, clusters, find, life_of, node_group_of
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import find_instance
from aws14.emulator.kubernetes import cluster_view
from aws14.emulator.kubernetes.cluster_view import Machine, Taint
from aws14.emulator.world import world
from aws14.errors import ScenarioError
from aws14.sim.containers.allocatable import allocatable
from aws14.sim.reachability import INTERNET, reach

__all__ = ["failed", "instance_changed", "machine_of", "machines", "may_join"]

_HTTPS, _MIB = 443, 1024
_WORKER = "AmazonEKSWorkerNodePolicy"
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
_GONE = frozenset({"terminated"})


def instance_changed(instance: Any) -> None:
    """Follow the state of an instance that may be of a node group."""
    found = node_group_of(instance)
    if found is None:
        _forget(instance)
        return
    cluster, _ = found
    if instance.state == "running":
        world().clock.after(typical_s("EKS node running to joined"), "eks.node_joins", (cluster.arn, instance.id))
    if instance.id in life_of(cluster).nodes:
        if instance.state in _GONE:
            del life_of(cluster).nodes[instance.id]
        cluster_view.changed(cluster.arn)


def _forget(instance: Any) -> None:
    """An instance may outlive the record of its node group."""
    if instance.state not in _GONE:
        return
    for cluster in clusters():
        if life_of(cluster).nodes.pop(instance.id, None) is not None:
            cluster_view.changed(cluster.arn)


def failed(_kind: Any, _target: str) -> None:
    """Tell the clusters that something has failed, or works again."""
    for cluster in clusters():
        if life_of(cluster).nodes:
            cluster_view.changed(cluster.arn)


@handles("eks.node_joins")
def _joins(arn: str, instance_id: str) -> None:
    from aws14.emulator.behaviours.failures import is_down

    cluster, instance = find(arn), find_instance(instance_id)
    if cluster is None or instance is None or instance.state != "running" or is_down(instance_id):
        return
    found = node_group_of(instance)
    if found is None or instance_id in life_of(cluster).nodes:
        return
    _, group = found
    if may_join(cluster, group, instance):
        life_of(cluster).nodes[instance_id] = Node(group.nodegroup_name, world().clock.now())
        cluster_view.changed(arn)
        node_groups.looks(cluster, group)


def may_join(cluster: Any, group: Any, instance: Any) -> bool:
    """Whether an instance gets into its cluster: its role has the policy, and it has a way to the endpoint."""
    account = cluster.arn.split(":")[4]
    role = role_of(account, group.node_role)
    policies = {each["PolicyName"] for each in role.attached_managed_policies} if role is not None else set()
    private = cluster.resources_vpc_config["endpointPrivateAccess"]
    return _WORKER in policies and (private or _has_way(account, instance.id))


def _has_way(account: str, instance_id: str) -> bool:
    from aws14.emulator.network_view import account_network

    try:
        way = reach(account_network(account), source=instance_id, destination=INTERNET, port=_HTTPS)
    except ScenarioError:
        return False
    return way.blocked_by is None


def machines(cluster: Any) -> tuple[Machine, ...]:
    """The nodes of a cluster as Kubernetes sees them, in the order in which they joined."""
    made = ((find_instance(key), node) for key, node in list(life_of(cluster).nodes.items()))
    return tuple(machine_of(cluster, instance, node) for instance, node in made if instance is not None)


def machine_of(cluster: Any, instance: Any, node: Node) -> Machine:
    """One node."""
    from aws14.emulator.behaviours.failures import is_down

    region = cluster.arn.split(":")[3]
    group = cluster.nodegroups.get(node.node_group)
    facts, room = instance_type(instance.instance_type), allocatable(instance.instance_type)
    name = f"ip-{instance.private_ip.replace('.', '-')}.{region}.compute.internal"
    return Machine(
        id=instance.id,
        name=name if region != "us-east-1" else name.replace("us-east-1.compute", "ec2"),
        address=instance.private_ip,
        zone=instance.availability_zone,
        subnet=instance.subnet_id or "",
        instance_type=instance.instance_type,
        node_group=node.node_group,
        image=instance.image_id,
        vcpu=facts.vcpu,
        memory_mib=facts.memory_gib * _MIB,
        disk_gib=float(group.disk_size or 20) if group is not None else 20.0,
        cpu_m=room.cpu_m,
        allocatable_mib=int(room.memory_mib),
        max_pods=room.max_pods,
        labels=tuple(sorted(_labels(cluster, group, instance, name).items())),
        taints=_taints(group),
        capacity_type=group.capacity_type if group is not None else "ON_DEMAND",
        works=instance.state == "running" and not is_down(instance.id),
        joined_at=node.joined_at,
    )


def _labels(cluster: Any, group: Any, instance: Any, name: str) -> dict[str, str]:
    region = cluster.arn.split(":")[3]
    arch = "arm64" if instance_type(instance.instance_type).arch == "arm64" else "amd64"
    made = {
        "beta.kubernetes.io/arch": arch,
        "beta.kubernetes.io/instance-type": instance.instance_type,
        "beta.kubernetes.io/os": "linux",
        "failure-domain.beta.kubernetes.io/region": region,
        "failure-domain.beta.kubernetes.io/zone": instance.availability_zone,
        "kubernetes.io/arch": arch,
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": instance.instance_type,
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": instance.availability_zone,
    }
    if group is None:
        return made
    own = {
        "eks.amazonaws.com/capacityType": group.capacity_type,
        "eks.amazonaws.com/nodegroup": group.nodegroup_name,
        "eks.amazonaws.com/nodegroup-image": instance.image_id,
    }
    return made | own | dict(group.labels)


def _taints(group: Any) -> tuple[Taint, ...]:
    given = group.taints if group is not None else ()
    return tuple(Taint(each["key"], each.get("value", ""), _EFFECTS[each["effect"]]) for each in given)

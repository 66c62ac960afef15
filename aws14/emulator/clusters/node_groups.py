"""Managed node groups: a launch template and an Auto Scaling group that really are there, followed on the clock."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from aws14.catalog import kubernetes_versions
from aws14.emulator.clock import handles
from aws14.emulator.clusters.records import Update, find, group_of, life_of, moment
from aws14.emulator.clusters.updates import does, end
from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes import cluster_view
from aws14.emulator.world import world

__all__ = ["begin", "begin_deleting", "looks", "release_of", "rescale", "roll"]

_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
_IMAGE_ARM = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
_RELEASED = "20251120"
_HOPS = 1
"""Hop limit of the instance metadata of Amazon Linux 2023 nodes: a pod beyond the node's network does not reach it."""
_NOT_JOINED = "NodeCreationFailure"


def release_of(version: str) -> str:
    """The release of the EKS image for a version of Kubernetes: ``1.34.3-20251120``."""
    return f"{kubernetes_versions()[version].patch}-{_RELEASED}"


def begin(cluster: Any, group: Any, *, template: dict[str, Any]) -> None:
    """Let a node group be created.

    Parameters
    ----------
    cluster : moto.eks.models.Cluster
        Whose.
    group : moto.eks.models.Nodegroup
        Which moto has just made.
    template : dict
        What its launch template says beyond what EKS puts there.
    """
    from moto.autoscaling.models import autoscaling_backends
    from moto.ec2.models import ec2_backends

    _, _, _, region, account, _ = cluster.arn.split(":", 5)
    name = f"eks-{group.nodegroup_name}-{group.uuid}"
    made = ec2_backends[account][region].create_launch_template(
        f"eks-{group.uuid}",
        "",
        _template(cluster, group, template, (account, region)),
        {"eks:cluster-name": cluster.name, "eks:nodegroup-name": group.nodegroup_name},
    )
    vars(group)["_aws14_template"] = made.id
    sizes = group.scaling_config
    autoscaling_backends[account][region].create_auto_scaling_group(
        name=name,
        availability_zones=[],
        desired_capacity=sizes["desiredSize"],
        max_size=sizes["maxSize"],
        min_size=sizes["minSize"],
        launch_config_name="",
        launch_template={"LaunchTemplateId": made.id, "Version": "1"},
        vpc_zone_identifier=",".join(group.subnets),
        default_cooldown=None,
        health_check_period=15,
        health_check_type="EC2",
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        tags=_group_tags(cluster, group, name),
        capacity_rebalance=True,
    )
    group.resources = {"autoScalingGroups": [{"name": name}]}
    group.status, group.health = "CREATING", {"issues": []}
    late = typical_s("EKS node group gives up on nodes that do not join")
    world().clock.after(late, "eks.node_group_gives_up", (cluster.arn, group.arn))
    world().clock.after(
        typical_s("EKS node group active after its nodes"), "eks.node_group_looks", (cluster.arn, group.arn)
    )


def _group_tags(cluster: Any, group: Any, name: str) -> list[dict[str, Any]]:
    tags = {
        "eks:cluster-name": cluster.name,
        "eks:nodegroup-name": group.nodegroup_name,
        f"kubernetes.io/cluster/{cluster.name}": "owned",
        "k8s.io/cluster-autoscaler/enabled": "true",
        f"k8s.io/cluster-autoscaler/{cluster.name}": "owned",
    }
    common = {"ResourceId": name, "ResourceType": "auto-scaling-group", "PropagateAtLaunch": True}
    return [{"Key": key, "Value": value, **common} for key, value in tags.items()]


def _template(cluster: Any, group: Any, given: dict[str, Any], place: tuple[str, str]) -> dict[str, Any]:
    from moto.ssm.models import ssm_backends

    account, region = place
    own = {
        "InstanceType": group.instance_types[0],
        "SecurityGroupIds": [cluster.resources_vpc_config["clusterSecurityGroupId"]],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": _HOPS},
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": int(group.disk_size or 20),
                                 "VolumeType": "gp3", "DeleteOnTermination": True}}],
    }  # fmt: skip
    if not given.get("ImageId"):
        name = _IMAGE_ARM if "ARM" in group.ami_type else _IMAGE
        own["ImageId"] = ssm_backends[account][region].get_parameters([name])[name].value
    if group.remote_access and group.remote_access.get("ec2SshKey"):
        own["KeyName"] = group.remote_access["ec2SshKey"]
    return {**own, **given}


def looks(cluster: Any, group: Any) -> None:
    """Let a node group that is being created be active, where all of its nodes have joined."""
    wanted = group_of(group)
    if group.status != "CREATING" or wanted is None:
        return
    joined = [each for each in life_of(cluster).nodes.values() if each.node_group == group.nodegroup_name]
    if len(joined) >= wanted.desired_capacity:
        after = typical_s("EKS node group active after its nodes")
        world().clock.after(after, "eks.node_group_active", (cluster.arn, group.arn))


@handles("eks.node_group_looks")
def _looks(arn: str, group_arn: str) -> None:
    cluster, group = _found(arn, group_arn)
    if group is not None:
        looks(cluster, group)


@handles("eks.node_group_active")
def _active(arn: str, group_arn: str) -> None:
    _cluster, group = _found(arn, group_arn)
    if group is not None and group.status == "CREATING":
        group.status, group.modified_at = "ACTIVE", moment()


@handles("eks.node_group_gives_up")
def _gives_up(arn: str, group_arn: str) -> None:
    cluster, group = _found(arn, group_arn)
    if group is None or group.status != "CREATING":
        return
    scaled = group_of(group)
    life = life_of(cluster)
    waiting = [one.instance.id for one in scaled.instance_states if one.instance.id not in life.nodes] if scaled else []
    text = "Instances failed to join the kubernetes cluster"
    group.health = {"issues": [{"code": _NOT_JOINED, "message": text, "resourceIds": waiting}]}
    group.status = "CREATE_FAILED"


def begin_deleting(cluster: Any, group: Any) -> None:
    """Let a node group be deleted: its instances first."""
    from aws14.emulator.scaling.group_api import delete_group

    group.status = "DELETING"
    scaled = group_of(group)
    if scaled is not None:
        delete_group(scaled)
    world().clock.after(
        typical_s("EKS node group deleted after its nodes"), "eks.node_group_goes", (cluster.arn, group.arn)
    )


@handles("eks.node_group_goes")
def _goes(arn: str, group_arn: str) -> None:
    from moto.core.exceptions import ServiceException
    from moto.ec2.models import ec2_backends

    cluster, group = _found(arn, group_arn)
    if group is None:
        return
    if group_of(group) is not None:  # its instances are not gone yet
        world().clock.after(
            typical_s("EKS node group deleted after its nodes"), "eks.node_group_goes", (arn, group_arn)
        )
        return
    _, _, _, region, account, _ = arn.split(":", 5)
    with suppress(ServiceException):  # the learner deleted it
        ec2_backends[account][region].delete_launch_template("", vars(group).get("_aws14_template"))
    cluster.nodegroups.pop(group.nodegroup_name, None)
    cluster.nodegroup_count -= 1
    cluster_view.changed(arn)


def rescale(group: Any, sizes: dict[str, int]) -> None:
    """Give the Auto Scaling group of a node group other limits, and another desired size."""
    from aws14.emulator.scaling.capacity import change_desired

    group.scaling_config.update(sizes)
    scaled = group_of(group)
    if scaled is None:
        return
    scaled.min_size, scaled.max_size = group.scaling_config["minSize"], group.scaling_config["maxSize"]
    wanted = min(max(group.scaling_config["desiredSize"], scaled.min_size), scaled.max_size)
    change_desired(scaled, wanted, "a user request explicitly set group desired capacity")


@does("node group configuration")
def _configured(cluster: Any, update: Update) -> None:
    group = cluster.nodegroups.get(update.nodegroup_name)
    if group is not None:
        group.status, group.modified_at = "ACTIVE", moment()


def roll(cluster: Any, group: Any, update: Update, version: str) -> None:
    """Replace the nodes of a group by such that run a version, a few at a time."""
    from aws14.emulator.scaling import refresh

    group.status = "UPDATING"
    scaled = group_of(group)
    template = scaled.ec2_launch_template
    made_version = template.create_version(dict(template.latest_version().data), f"Kubernetes {version}")
    scaled.launch_template_version = str(made_version.number)
    settings = group.update_config or {"maxUnavailable": 1}
    size = max(1, scaled.desired_capacity)
    away = settings.get("maxUnavailable") or max(1, size * settings.get("maxUnavailablePercentage", 1) // 100)
    least = max(0.0, 100.0 * (size - away) / size)
    told = {"SkipMatching": False, "MinHealthyPercentage": int(least), "InstanceWarmup": 0}
    made = refresh.begin(scaled, told, min_healthy=least, warmup_s=typical_s("EKS node running to joined"))
    args = (cluster.arn, group.arn, update.id, (made.instance_refresh_id, version))
    world().clock.after(typical_s("EKS node group configuration update"), "eks.node_group_rolls", args)


@handles("eks.node_group_rolls")
def _rolls(arn: str, group_arn: str, key: str, what: tuple[str, str]) -> None:
    from aws14.emulator.scaling.records import record_of

    cluster, group = _found(arn, group_arn)
    scaled = group_of(group) if group is not None else None
    if scaled is None:
        return
    refresh_id, version = what
    made = next(one for one in record_of(scaled).refreshes if one.instance_refresh_id == refresh_id)
    if made.status in ("Pending", "InProgress", "Cancelling"):
        again = typical_s("EKS node group configuration update")
        world().clock.after(again, "eks.node_group_rolls", (arn, group_arn, key, what))
        return
    update = life_of(cluster).updates[key]
    group.status, group.modified_at = "ACTIVE", moment()
    if made.status == "Successful":
        group.version, group.release_version = version, release_of(version)
        end(update)
    else:
        end(update, error=made.status_reason or "The nodes could not be replaced", code=_NOT_JOINED)


def _found(arn: str, group_arn: str) -> tuple[Any, Any]:
    cluster = find(arn)
    groups = cluster.nodegroups.values() if cluster is not None else ()
    return cluster, next((each for each in groups if each.arn == group_arn), None)

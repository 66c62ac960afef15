"""Operations on node groups and Fargate profiles. Importing this imports moto.

Each takes the place of moto's operation of the same name, or is one that moto lacks.
"""

from __future__ import annotations

from typing import Any

import moto.ec2.models as ec2
from moto.core.responses import ActionResult, BaseResponse
from moto.eks.models import EKSBackend

from aws14.catalog import instance_types, kubernetes_versions
from aws14.emulator.clusters import access, fargate, making, node_groups, updates
from aws14.emulator.clusters.records import Update, group_of, life_of
from aws14.emulator.clusters.refusals import in_use, invalid, known_cluster, known_node_group, not_active, unknown
from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes import cluster_view

__all__ = ["Parts"]

_EC2, _PODS = "ec2.amazonaws.com", "eks-fargate-pods.amazonaws.com"
_SIZES = {"minSize": 1, "maxSize": 2, "desiredSize": 2}


class Parts(BaseResponse):
    """What a cluster is made of."""

    eks_backend: EKSBackend

    def _cluster(self) -> Any:
        return known_cluster(self.eks_backend, self._get_param("name"))

    def _group(self) -> Any:
        return known_node_group(self._cluster(), self._get_param("nodegroupName"))

    def create_nodegroup(self) -> ActionResult:
        """Make a node group."""
        cluster, name = self._cluster(), self._get_param("nodegroupName")
        if name in cluster.nodegroups:
            text = f"NodeGroup already exists with name {name} and cluster name {cluster.name}"
            in_use(text, clusterName=cluster.name, nodegroupName=name)
        not_active(cluster)
        making.check_role(self.current_account, self._get_param("nodeRole"), _EC2)
        self._check_place(cluster)
        data, types = self._template()
        sizes = {**_SIZES, **(self._get_param("scalingConfig") or {})}
        check_sizes(sizes)
        group = self.eks_backend.create_nodegroup(
            cluster_name=cluster.name,
            node_role=self._get_param("nodeRole"),
            nodegroup_name=name,
            subnets=self._get_param("subnets"),
            scaling_config=sizes,
            disk_size=self._get_int_param("diskSize"),
            instance_types=types,
            ami_type=self._get_param("amiType") or _image_type(types[0]),
            labels=self._get_param("labels"),
            taints=self._get_param("taints"),
            tags=self._get_param("tags"),
            launch_template=self._get_param("launchTemplate"),
            capacity_type=self._get_param("capacityType"),
            version=self._get_param("version") or cluster.version,
            release_version=node_groups.release_of(self._get_param("version") or cluster.version),
        )
        group.update_config = self._get_param("updateConfig") or {"maxUnavailable": 1}
        group.remote_access = self._get_param("remoteAccess")
        node_groups.begin(cluster, group, template=data)
        role = self._get_param("nodeRole")
        if life_of(cluster).mode != access.CONFIG_MAP and role not in life_of(cluster).entries:
            access.enter(cluster, role, kind="EC2_LINUX")
        return ActionResult({"nodegroup": group})

    def _check_place(self, cluster: Any) -> None:
        network = ec2.ec2_backends[self.current_account][self.region]
        vpc = making.check_subnets(network, self._get_param("subnets") or [], cluster=False)
        if vpc != cluster.resources_vpc_config["vpcId"]:
            invalid("Subnets are not in the VPC of the cluster", clusterName=cluster.name)
        version = self._get_param("version") or cluster.version
        known = list(kubernetes_versions())
        if version not in known or known.index(version) > known.index(cluster.version):
            invalid(f"Requested Nodegroup release version {version} is invalid. The cluster has {cluster.version}.")

    def _template(self) -> tuple[dict[str, Any], list[str]]:
        """What the launch template that is named says, and the instance types."""
        named, types = self._get_param("launchTemplate"), self._get_param("instanceTypes")
        data: dict[str, Any] = {}
        if named:
            if self._get_int_param("diskSize"):
                invalid("Disk size must be specified within the launch template.")
            template = ec2.ec2_backends[self.current_account][self.region]._get_template_from_args(  # noqa: SLF001
                {"LaunchTemplateId": named.get("id"), "LaunchTemplateName": named.get("name"),
                 "Version": named.get("version", "$Default")})  # fmt: skip
            data = dict(template.data)
        types = types or [data.get("InstanceType") or "t3.medium"]
        wrong = [each for each in types if each not in instance_types()]
        if wrong:
            invalid(f"[{', '.join(wrong)}] is not a valid instance type for requested amiType")
        return {name: value for name, value in data.items() if name != "InstanceType"}, list(types)

    def describe_nodegroup(self) -> ActionResult:
        """Show a node group; its desired size is that of its Auto Scaling group."""
        group = self._group()
        scaled = group_of(group)
        if scaled is not None and group.status != "DELETING":
            group.scaling_config["desiredSize"] = scaled.desired_capacity
        return ActionResult({"nodegroup": group})

    def delete_nodegroup(self) -> ActionResult:
        """Delete a node group, its instances first."""
        cluster, group = self._cluster(), self._group()
        if group.status in ("DELETING", "UPDATING"):
            in_use(f"Nodegroup is {group.status}", clusterName=cluster.name, nodegroupName=group.nodegroup_name)
        node_groups.begin_deleting(cluster, group)
        return ActionResult({"nodegroup": group})

    def update_nodegroup_config(self) -> ActionResult:
        """Change sizes, labels, taints."""
        cluster, group = self._cluster(), self._group()
        self._require_active(cluster, group)
        sizes = self._get_param("scalingConfig") or {}
        check_sizes({**group.scaling_config, **sizes})
        told = _told(sizes, self._get_param("labels") or {}, self._get_param("taints") or {})
        self.eks_backend.update_nodegroup_config(
            cluster_name=cluster.name,
            nodegroup_name=group.nodegroup_name,
            labels=self._get_param("labels"),
            taints=self._get_param("taints"),
            update_config=self._get_param("updateConfig"),
        )
        if sizes:
            node_groups.rescale(group, sizes)
        cluster_view.changed(cluster.arn)
        group.status = "UPDATING"
        return ActionResult({"update": self._begin(cluster, group, "ConfigUpdate", told)})

    def _begin(self, cluster: Any, group: Any, kind: str, told: dict[str, Any]) -> Update:
        takes = typical_s("EKS node group configuration update")
        act = "node group configuration"
        return updates.begin(cluster, kind, told, takes_s=takes, act=act, of=group.nodegroup_name)

    def _require_active(self, cluster: Any, group: Any) -> None:
        if group.status != "ACTIVE":
            text = f"Nodegroup cannot be updated as it is currently not in Active State ({group.status})"
            in_use(text, clusterName=cluster.name, nodegroupName=group.nodegroup_name)

    def update_nodegroup_version(self) -> ActionResult:
        """Replace the nodes by such that run another version."""
        cluster, group = self._cluster(), self._group()
        self._require_active(cluster, group)
        version = self._get_param("version") or cluster.version
        known = list(kubernetes_versions())
        if version not in known or not known.index(group.version) <= known.index(version) <= known.index(
            cluster.version
        ):
            invalid(f"Requested version {version} is not between {group.version} and the cluster's {cluster.version}")
        told = {"Version": version, "ReleaseVersion": node_groups.release_of(version)}
        made = updates.begin(cluster, "VersionUpdate", told, of=group.nodegroup_name)
        node_groups.roll(cluster, group, made, version)
        return ActionResult({"update": made})

    def create_fargate_profile(self) -> ActionResult:
        """Make a Fargate profile."""
        cluster = self._cluster()
        if other := fargate.busy(cluster):
            text = f"Another Fargate profile is being changed: {other}"
            in_use(text, clusterName=cluster.name, fargateProfileName=other)
        making.check_role(self.current_account, self._get_param("podExecutionRoleArn"), _PODS)
        subnets = self._get_param("subnets") or list(cluster.resources_vpc_config["subnetIds"])
        network = ec2.ec2_backends[self.current_account][self.region]
        making.check_subnets(network, subnets, cluster=False)
        for each in subnets:
            if fargate.is_public(self.current_account, each):
                invalid(f"Subnet {each} provided in Fargate Profile is not a private subnet")
        profile = self.eks_backend.create_fargate_profile(
            fargate_profile_name=self._get_param("fargateProfileName"),
            cluster_name=cluster.name,
            selectors=self._get_param("selectors"),
            pod_execution_role_arn=self._get_param("podExecutionRoleArn"),
            subnets=subnets,
            tags=self._get_param("tags"),
        )
        fargate.begin(cluster, profile)
        return ActionResult({"fargateProfile": profile})

    def delete_fargate_profile(self) -> ActionResult:
        """Delete a Fargate profile."""
        cluster, name = self._cluster(), self._get_param("fargateProfileName")
        profile = cluster.fargate_profiles.get(name)
        if profile is None:
            unknown(f"No Fargate Profile found with name: {name}.", clusterName=cluster.name, fargateProfileName=name)
        if other := fargate.busy(cluster):
            text = f"Another Fargate profile is being changed: {other}"
            in_use(text, clusterName=cluster.name, fargateProfileName=other)
        fargate.begin_deleting(cluster, profile)
        return ActionResult({"fargateProfile": profile})


def check_sizes(sizes: dict[str, int]) -> None:
    """Refuse sizes that contradict each other."""
    least, wanted, most = sizes["minSize"], sizes["desiredSize"], sizes["maxSize"]
    if least > most:
        invalid(f"Minimum capacity {least} can't be greater than maximum size {most}")
    if wanted < least:
        invalid(f"Minimum capacity {least} can't be greater than desired size {wanted}")
    if wanted > most:
        invalid(f"desired capacity {wanted} can't be greater than max size {most}")


def _image_type(instance_type: str) -> str:
    arm = instance_types()[instance_type].arch == "arm64"
    return "AL2023_ARM_64_STANDARD" if arm else "AL2023_x86_64_STANDARD"


def _told(sizes: dict[str, int], labels: dict[str, Any], taints: dict[str, Any]) -> dict[str, Any]:
    """An update's parameters, by the names of the API."""
    told: dict[str, Any] = {name[:1].upper() + name[1:]: str(value) for name, value in sizes.items()}
    names = {"addOrUpdateLabels": "LabelsToAdd", "removeLabels": "LabelsToRemove",
             "addOrUpdateTaints": "TaintsToAdd", "removeTaints": "TaintsToRemove"}  # fmt: skip
    return told | {names[name]: value for name, value in {**labels, **taints}.items()}

"""Operations on clusters, as moto writes its own. Importing this imports moto.

Each takes the place of moto's operation of the same name, or is one that moto lacks.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import moto.ec2.models as ec2
import moto.sts.models as sts
from moto.core.responses import ActionResult, BaseResponse
from moto.eks.models import EKSBackend

from aws14.catalog import KubernetesVersion, kubernetes_versions
from aws14.emulator.clusters import control_plane, making, updates
from aws14.emulator.clusters.records import find, life_of
from aws14.emulator.clusters.refusals import in_use, invalid, known_cluster, not_active, refuse, unknown
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["Clusters", "caller_of"]

_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
#: Parameter, type of the update, name in the update, where moto's cluster keeps it.
_SETTINGS = (
    ("logging", "LoggingUpdate", "ClusterLogging", "logging"),
    ("upgradePolicy", "UpgradePolicyUpdate", "UpgradePolicy", "upgrade_policy"),
    ("deletionProtection", "DeletionProtectionUpdate", "DeletionProtection", "deletion_protection"),
)
_VPC = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")


def caller_of(response: Any) -> str:
    """ARN of who asks."""
    backend = sts.sts_backends[response.current_account]["aws"]
    return str(backend.get_caller_identity(response.get_access_key(), response.region)[1])


class Clusters(BaseResponse):
    """Clusters, their versions and their updates."""

    eks_backend: EKSBackend

    def _cluster(self) -> Any:
        return known_cluster(self.eks_backend, self._get_param("name"))

    def create_cluster(self) -> ActionResult:
        """Make a cluster."""
        name, asked = self._get_param("name"), self._get_param("resourcesVpcConfig") or {}
        making.check_name(name)
        if name in self.eks_backend.clusters:
            in_use(f"Cluster already exists with name: {name}", clusterName=name)
        version = making.check_version(self._get_param("version"))
        making.check_role(self.current_account, self._get_param("roleArn"))
        network = ec2.ec2_backends[self.current_account][self.region]
        vpc = making.check_subnets(network, asked.get("subnetIds") or [])
        cluster = self.eks_backend.create_cluster(
            name=name,
            role_arn=self._get_param("roleArn"),
            resources_vpc_config=asked,
            version=version,
            kubernetes_network_config=self._get_param("kubernetesNetworkConfig"),
            logging=self._get_param("logging"),
            tags=self._get_param("tags"),
            encryption_config=self._get_param("encryptionConfig"),
        )
        making.settle(cluster, self, caller_of(self))
        making.wire(cluster, network, vpc)
        control_plane.begin(cluster)
        return ActionResult({"cluster": cluster})

    def delete_cluster(self) -> ActionResult:
        """Delete a cluster that holds nothing any more."""
        cluster = self._cluster()
        if cluster.nodegroups:
            groups = ",".join(cluster.nodegroups)
            in_use("Cluster has nodegroups attached", clusterName=cluster.name, nodegroupName=groups)
        if cluster.fargate_profiles:
            profiles = ",".join(cluster.fargate_profiles)
            in_use("Cluster has fargate profiles attached", clusterName=cluster.name, fargateProfileName=profiles)
        if cluster.status in ("CREATING", "UPDATING"):
            in_use(f"Cluster status is {cluster.status}", clusterName=cluster.name)
        if cluster.deletion_protection:
            text = f"Cluster {cluster.name} cannot be deleted because deletion protection is enabled"
            refuse("InvalidRequestException", text, clusterName=cluster.name)
        control_plane.begin_deleting(cluster)
        return ActionResult({"cluster": cluster})

    def update_cluster_version(self) -> ActionResult:
        """Bring the control plane to the next version."""
        cluster, wanted = self._cluster(), self._get_param("version")
        self._require_settled(cluster)
        making.check_version(wanted)
        known = list(kubernetes_versions())
        step = known.index(wanted) - known.index(cluster.version)
        if step <= 0:
            invalid(f"Cluster is already at version {cluster.version}" if step == 0 else "Downgrade is not supported")
        if step > 1:
            invalid(f"Unsupported Kubernetes minor version update from {cluster.version} to {wanted}")
        old = [
            one for one in cluster.nodegroups.values() if known.index(cluster.version) - known.index(one.version) > 2
        ]
        if old:
            text = f"Nodegroups {','.join(one.nodegroup_name for one in old)} must be updated first"
            refuse("InvalidRequestException", text, clusterName=cluster.name)
        cluster.status = "UPDATING"
        told = {"Version": wanted, "PlatformVersion": kubernetes_versions()[wanted].platform}
        takes = typical_s("EKS cluster version update")
        made = updates.begin(cluster, "VersionUpdate", told, takes_s=takes, act="cluster version", given=(wanted,))
        return ActionResult({"update": made})

    def update_cluster_config(self) -> ActionResult:
        """Change one thing of the configuration: access to the endpoint, logging, how callers are known."""
        cluster = self._cluster()
        self._require_settled(cluster)
        kind, told, changes = self._changes(cluster)
        cluster.status = "UPDATING"
        takes = typical_s("EKS cluster configuration update")
        act = "cluster configuration"
        return ActionResult({"update": updates.begin(cluster, kind, told, takes_s=takes, act=act, given=(changes,))})

    def _changes(self, cluster: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
        network = {key: value for key, value in (self._get_param("resourcesVpcConfig") or {}).items() if key in _VPC}
        if network:
            told = {name[:1].upper() + name[1:]: value for name, value in network.items()}
            return "EndpointAccessUpdate", told, {"resources_vpc_config": network}
        access = self._get_param("accessConfig")
        if access:
            if _MODES.index(access["authenticationMode"]) < _MODES.index(life_of(cluster).mode):
                invalid("Unsupported authentication mode update")
            mode = access["authenticationMode"]
            return "AccessConfigUpdate", {"AuthenticationMode": mode}, {"access_config": dict(access)}
        found = next((each for each in _SETTINGS if self._get_param(each[0]) is not None), None)
        if found is None:
            invalid("No changes needed for the cluster", clusterName=cluster.name)
        given, kind, name, kept = found
        return kind, {name: self._get_param(given)}, {kept: self._get_param(given)}

    def _require_settled(self, cluster: Any) -> None:
        not_active(cluster)
        if cluster.status == "UPDATING":
            in_use(f"Cluster {cluster.name} has an update in progress", clusterName=cluster.name)

    def describe_update(self) -> ActionResult:
        """Show an update."""
        cluster, key = self._cluster(), self._get_param("updateId")
        found = life_of(cluster).updates.get(key)
        if found is None:
            unknown(f"No update found for ID: {key}", clusterName=cluster.name)
        return ActionResult({"update": found})

    def list_updates(self) -> ActionResult:
        """List the updates of the cluster, or of a node group."""
        group = self._get_param("nodegroupName")
        found = [key for key, one in life_of(self._cluster()).updates.items() if one.nodegroup_name == group]
        return ActionResult({"updateIds": found})

    def describe_cluster_versions(self) -> ActionResult:
        """List the versions, newest first."""
        wanted, status = self._get_param("clusterVersions"), self._get_param("versionStatus")
        default = str(self._get_param("defaultOnly")).lower() == "true"
        wanted = [wanted] if isinstance(wanted, str) else wanted
        known = reversed(list(kubernetes_versions().items()))
        found = [_told(one) for name, one in known if not wanted or name in wanted]
        found = [one for one in found if not status or one["versionStatus"] == status]
        return ActionResult({"clusterVersions": [one for one in found if one["defaultVersion"] or not default]})

    def tag_resource(self) -> ActionResult:
        """Tag a cluster, or a part of one."""
        tags_at(self).update(self._get_param("tags"))
        return ActionResult({})

    def untag_resource(self) -> ActionResult:
        """Remove tags."""
        keys = self._get_param("tagKeys")
        held = tags_at(self)
        for key in [keys] if isinstance(keys, str) else keys:
            held.pop(key, None)
        return ActionResult({})

    def list_tags_for_resource(self) -> ActionResult:
        """Show tags."""
        return ActionResult({"tags": tags_at(self)})


def tags_at(response: Any) -> dict[str, str]:
    """The tags of the resource whose ARN stands in the path."""
    arn = response._extract_arn_from_path()  # noqa: SLF001 - moto's way
    kind, _, rest = arn.split(":", 5)[5].partition("/")
    name = rest.partition("/")[0]
    cluster = find(f"{arn.rpartition(':')[0]}:cluster/{name}")
    held = _tagged(cluster, kind) if cluster is not None else {}
    found = held.get(arn)
    if found is None:
        unknown(f"Resource {arn} was not found")
    if found.tags is None:
        found.tags = {}
    tags: dict[str, str] = found.tags
    return tags


def _tagged(cluster: Any, kind: str) -> dict[str, Any]:
    """ARN -> what can be tagged, of one kind."""
    life = life_of(cluster)
    kinds: dict[str, tuple[Any, str]] = {
        "cluster": ([cluster], "arn"),
        "nodegroup": (cluster.nodegroups.values(), "arn"),
        "fargateprofile": (cluster.fargate_profiles.values(), "fargate_profile_arn"),
        "addon": (life.add_ons.values(), "addon_arn"),
        "access-entry": (life.entries.values(), "access_entry_arn"),
        "podidentityassociation": (life.associations.values(), "association_arn"),
    }
    found, name = kinds.get(kind, ((), ""))
    return {getattr(each, name): each for each in found}


def _told(version: KubernetesVersion) -> dict[str, Any]:
    today = datetime.fromtimestamp(world().clock.now(), UTC).date()
    support = version.support(today)
    dates = {
        "releaseDate": version.released,
        "endOfStandardSupportDate": version.standard_until,
        "endOfExtendedSupportDate": version.extended_until,
    }
    return {
        "clusterVersion": version.version,
        "clusterType": "eks",
        "defaultPlatformVersion": version.platform,
        "defaultVersion": version.version == making.latest(),
        "status": support.lower().replace("_", "-"),
        "versionStatus": support,
        "kubernetesPatchVersion": version.patch,
        **{name: datetime.combine(day, time(), UTC) for name, day in dates.items()},
    }

"""What Kubernetes sees of EKS: `aws14.emulator.kubernetes.cluster_view.View`."""

from __future__ import annotations

from typing import Any

from aws14.emulator.clusters import nodes
from aws14.emulator.clusters.records import clusters, find, life_of
from aws14.emulator.kubernetes.cluster_view import Machine, Profile, Selector
from aws14.emulator.kubernetes.exchange import Key

__all__ = ["EksView"]

_RUNNING = frozenset({"ACTIVE", "UPDATING"})


class EksView:
    """The clusters of this cloud."""

    def clusters(self) -> tuple[Key, ...]:
        """Those with a control plane."""
        return tuple(str(each.arn) for each in clusters() if each.status in _RUNNING)

    def version(self, cluster: Key) -> str:
        """The version of Kubernetes."""
        return str(find(cluster).version)

    def vpc(self, cluster: Key) -> str:
        """Id of the cluster's VPC."""
        return str(find(cluster).resources_vpc_config["vpcId"])

    def subnets(self, cluster: Key) -> tuple[str, ...]:
        """Ids of the subnets the cluster was given."""
        return tuple(find(cluster).resources_vpc_config["subnetIds"])

    def machines(self, cluster: Key) -> tuple[Machine, ...]:
        """The nodes of it."""
        found = find(cluster)
        return nodes.machines(found) if found is not None else ()

    def profiles(self, cluster: Key) -> tuple[Profile, ...]:
        """Its active Fargate profiles, by name."""
        found = find(cluster)
        held = sorted(found.fargate_profiles.items()) if found is not None else ()
        return tuple(_profile(cluster, each) for _, each in held if each.status == "ACTIVE")

    def add_ons(self, cluster: Key) -> tuple[str, ...]:
        """Names of the add-ons that are active."""
        found = find(cluster)
        if found is None:
            return ()
        managed = {name for name, each in life_of(found).add_ons.items() if each.status == "ACTIVE"}
        return tuple(sorted(managed | set(vars(found).get("_aws14_self_managed", ()))))


def _profile(cluster: Key, profile: Any) -> Profile:
    from moto.ec2.models import ec2_backends

    _, _, _, region, account, _ = cluster.split(":", 5)
    ec2 = ec2_backends[account][region]
    selectors = tuple(
        Selector(each["namespace"], tuple(sorted((each.get("labels") or {}).items()))) for each in profile.selectors
    )
    subnets = tuple((each, str(ec2.get_subnet(each).availability_zone)) for each in profile.subnets)
    return Profile(profile.fargate_profile_name, selectors, subnets, profile.pod_execution_role_arn)

"""Kinds of containers: clusters of EKS and what stands in and around them, repositories of ECR.

What stands inside a cluster goes first, while its control plane works: load balancers that Kubernetes made go with
their services only.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind
from aws14.cloud.presence import Exists, Params

_GONE = 404
_SERVICES = "/api/v1/services"


def _part(operation: str, argument: str, answer: str) -> Exists:
    """A check of a part of a cluster; ids are ``<cluster>|<name>``."""

    def exists(client: Any, key: str, params: Params) -> bool:
        del params
        cluster, _, name = key.partition("|")
        try:
            found = getattr(client, operation)(**{"clusterName": cluster, argument: name})[answer]
        except ClientError as error:
            if presence.is_missing(error):
                return False
            raise
        return bool(found.get("status") != "DELETING")

    return exists


def _lingers(operation: str, argument: str, answer: str) -> Exists:
    """Whether a part is still there, being deleted or not."""

    def lingers(client: Any, key: str, params: Params) -> bool:
        del params
        cluster, _, name = key.partition("|")
        try:
            return bool(getattr(client, operation)(clusterName=cluster, **{argument: name})[answer])
        except ClientError as error:
            if presence.is_missing(error):
                return False
            raise

    return lingers


def cluster_exists(client: Any, key: str, params: Params) -> bool:
    """Whether a cluster is there, and not being deleted."""
    del params
    try:
        return bool(client.eks.describe_cluster(name=key)["cluster"]["status"] != "DELETING")
    except ClientError as error:
        if presence.is_missing(error):
            return False
        raise


def cluster_lingers(client: Any, key: str, params: Params) -> bool:
    """Whether a cluster is still being deleted."""
    del params
    return key in client.eks.list_clusters()["clusters"]


def delete_cluster(client: Any, key: str) -> object:
    """Delete a cluster after all that hangs on it: load balancers, Fargate profiles, node groups."""
    _, answer = client.ask(key, "GET", _SERVICES)
    for service in answer.get("items", ()):
        if service["spec"].get("type") == "LoadBalancer":
            place = service["metadata"]
            client.ask(key, "DELETE", f"/api/v1/namespaces/{place['namespace']}/services/{place['name']}")
    eks = client.eks
    for name in eks.list_fargate_profiles(clusterName=key)["fargateProfileNames"]:
        with suppress(ClientError):  # it is being deleted
            eks.delete_fargate_profile(clusterName=key, fargateProfileName=name)
        eks.get_waiter("fargate_profile_deleted").wait(clusterName=key, fargateProfileName=name)
    groups = eks.list_nodegroups(clusterName=key)["nodegroups"]
    for name in groups:
        with suppress(ClientError):  # it is being deleted
            eks.delete_nodegroup(clusterName=key, nodegroupName=name)
    for name in groups:
        eks.get_waiter("nodegroup_deleted").wait(clusterName=key, nodegroupName=name)
    return eks.delete_cluster(name=key)


def object_exists(client: Any, key: str, params: Params) -> bool:
    """Whether an object stands in a cluster; ids are ``<cluster>|<path>``."""
    del params
    cluster, _, path = key.partition("|")
    status, answer = client.ask(cluster, "GET", path)
    return status != _GONE and not (answer.get("metadata") or {}).get("deletionTimestamp")


def object_lingers(client: Any, key: str, params: Params) -> bool:
    """Whether an object is still there, being deleted or not."""
    del params
    cluster, _, path = key.partition("|")
    return bool(client.ask(cluster, "GET", path)[0] != _GONE)


def delete_object(client: Any, key: str) -> object:
    """Delete an object, and what belongs to it."""
    cluster, _, path = key.partition("|")
    return client.ask(cluster, "DELETE", f"{path}?propagationPolicy=Background")


CONTAINERS: Mapping[str, Kind] = {
    "kubernetes-object": Kind(
        service="kubernetes",
        order=10,
        exists=object_exists,
        delete=delete_object,
        lingers=object_lingers,
    ),
    "fargate-profile": Kind(
        service="eks",
        order=12,
        exists=_part("describe_fargate_profile", "fargateProfileName", "fargateProfile"),
        delete=deletion.call_with("delete_fargate_profile", "clusterName", "fargateProfileName"),
        lingers=_lingers("describe_fargate_profile", "fargateProfileName", "fargateProfile"),
    ),
    "node-group": Kind(
        service="eks",
        order=13,
        exists=_part("describe_nodegroup", "nodegroupName", "nodegroup"),
        delete=deletion.call_with("delete_nodegroup", "clusterName", "nodegroupName"),
        lingers=_lingers("describe_nodegroup", "nodegroupName", "nodegroup"),
    ),
    "add-on": Kind(
        service="eks",
        order=14,
        exists=_part("describe_addon", "addonName", "addon"),
        delete=deletion.call_with("delete_addon", "clusterName", "addonName"),
    ),
    "access-entry": Kind(
        service="eks",
        order=14,
        exists=_part("describe_access_entry", "principalArn", "accessEntry"),
        delete=deletion.call_with("delete_access_entry", "clusterName", "principalArn"),
    ),
    "pod-identity": Kind(
        service="eks",
        order=14,
        exists=_part("describe_pod_identity_association", "associationId", "association"),
        delete=deletion.call_with("delete_pod_identity_association", "clusterName", "associationId"),
    ),
    "cluster": Kind(
        service="kubernetes",
        order=15,
        exists=cluster_exists,
        delete=delete_cluster,
        lingers=cluster_lingers,
    ),
    "repository": Kind(
        service="ecr",
        order=40,
        exists=presence.described("describe_repositories", "repositoryNames", "repositories[].repositoryName"),
        delete=deletion.call("delete_repository", "repositoryName", force=True),
    ),
}
"""Kind -> how it is seen and deleted."""

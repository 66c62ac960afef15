"""EKS clusters: control planes, versions, updates, add-ons, each in its time.

What AWS does
    A cluster is being created for about ten minutes, then active; only then it has an endpoint, a certificate authority
    and an issuer. Only certain versions of Kubernetes run, in standard or, for more money, in extended support; a
    control plane is brought from one version to the next in minutes. It needs subnets in two zones, and a role that EKS
    may assume. It has a security group of its own. What is inside has to be deleted first.
What moto leaves out
    Every state is reached within the request; any version, role and subnet is taken; endpoint and authority lead
    nowhere; add-ons, updates, versions.
What this adds
    All of that on the clock, with the typical durations of data/durations.csv and the versions of
    data/kubernetes_versions.csv; refusals; updates that can be described; the add-ons vpc-cni, kube-proxy, coredns,
    metrics-server, eks-pod-identity-agent, aws-ebs-csi-driver, amazon-cloudwatch-observability; tags on all parts.
What it still does not do
    Auto Mode, Outposts, hybrid nodes, encryption of secrets, identity providers, insights, capabilities, logs of the
    control plane. Clusters are not brought to another version by themselves when support ends. No network interfaces of
    the control plane stand in the subnets. The configuration of an add-on is kept, and changes nothing.
"""

from __future__ import annotations

from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.clusters import control_plane

__all__ = ["install"]

#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (control_plane,)

_PATHS = (
    "{0}/clusters/(?P<name>[^/]+)/(?P<part>.+)$",
    "{0}/addons/(?P<part>.+)$",
    "{0}/cluster-versions$",
    "{0}/access-policies$",
)


def install() -> None:
    """Give moto's EKS the operations and their paths."""
    # What a cluster stands on: their behaviours have to be installed before it makes any of it.
    import moto.autoscaling.models
    import moto.iam.models
    import moto.ssm.models
    import moto.sts.models  # noqa: F401
    from moto.eks.responses import EKSResponse
    from moto.eks.urls import response, url_paths

    from aws14.emulator.clusters.add_on_api import AddOns
    from aws14.emulator.clusters.cluster_api import Clusters

    for path in _PATHS:
        url_paths[path] = response.dispatch
    for operations in (Clusters, AddOns):
        adopt(EKSResponse, operations)

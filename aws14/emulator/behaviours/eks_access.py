"""Who may ask an EKS cluster, and the endpoint where it answers.

What AWS does
    Whoever asks shows a token: a call of GetCallerIdentity that is signed for this cluster, good for 15 minutes. An
    access entry makes of a role or a user somebody whom Kubernetes knows, with groups, and with access policies for the
    whole cluster or for namespaces. Whoever created the cluster is its administrator, unless told otherwise. The
    endpoint speaks TLS with a certificate of the cluster's own authority; it may be closed to the Internet.
What moto leaves out
    All of it.
What this adds
    Access entries, policies and pod identity associations; tokens, checked to the signature; the endpoint at its name,
    by the resolver and the data plane, with the Kubernetes API of `aws14.emulator.kubernetes` behind it: the official
    clients work on it unchanged.
What it still does not do
    The ConfigMap aws-auth lets nobody in. Private access has no network interfaces in the VPC: an endpoint that is
    private only answers nobody but the nodes. Service account tokens and client certificates are no way in. Groups
    other than system:masters are bound to nothing by RBAC objects. Pods get no credentials of their associations.
"""

from __future__ import annotations

from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.clusters import front

__all__ = ["install"]


def install() -> None:
    """Give moto's EKS the operations, and the data plane the endpoints."""
    from moto.eks.responses import EKSResponse

    from aws14.emulator.clusters.access_api import Access

    adopt(EKSResponse, Access)
    front.register()

"""Clusters serve the Kubernetes API.

What AWS does
    The control plane of an EKS cluster is a Kubernetes API server with etcd behind it, run by AWS.
What moto leaves out
    Whatever is inside a cluster.
What this adds
    An API server for each cluster: get, list (pages of one moment, label and field selectors), watch (from a revision,
    with bookmarks, 410 when it is too long ago), create, update, the four patches, delete with grace, finalizers and
    owners, scale, status, binding, eviction, dry run; defaults, admission (limit ranges, quotas, priorities, accounts),
    validation and refusals in the words of the real server; access policies and bound roles; discovery and tables for
    kubectl. The unmodified Python client is the test.
What it still does not do
    Bodies in protobuf (`kubectl create deployment`, `kubectl auth can-i`; `kubectl apply -f` and `kubectl create -f`
    send JSON); schemas in OpenAPI (`kubectl explain`); who manages which field (server-side apply merges and never
    conflicts, and does not remove what is left out); custom resources and webhooks; exec, attach, port-forward, proxy;
    conversion of `events.k8s.io`. What an object owned ends within the request that ends it, not a moment later.
"""

from __future__ import annotations

from aws14.emulator.kubernetes import disruptions, quotas
from aws14.emulator.kubernetes.hearing import on_change

__all__ = ["install"]


def install() -> None:
    """Let quotas and disruption budgets be counted whenever something changes."""
    on_change(quotas.follow)
    on_change(disruptions.follow)

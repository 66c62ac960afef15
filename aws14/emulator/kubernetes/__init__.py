"""Kubernetes inside an EKS cluster: its API server, its controllers, its kubelets.

Who speaks with whom. A cluster is known by its `Key`: its ARN.

- The endpoint (`aws14.emulator.clusters`) speaks TLS, knows who calls, and hands every request to
  ``api.answer(cluster, user, request) -> Response`` (`exchange` has the nouns). It holds no lock, neither while it
  calls nor while it streams: ``answer`` takes the world lock itself where it looks at the cloud, and an iterator of a
  watch waits without it.
- `clusters.open_new(key, version=...)` makes the API server of a cluster, `clusters.close(key)` ends it; in between
  `clusters.find(key)` returns its registry, `cluster.Cluster`: what ``answer`` does over HTTP, for controllers in this
  process, on plain dicts. They hear of changes by `clusters.on_change`.
- Which machines are nodes, and which Fargate profiles there are, `cluster_view` says; it calls back when that changes.
"""

from __future__ import annotations

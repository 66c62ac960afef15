"""The kinds of objects that a cluster keeps, and where the API serves them.

A kind is known by its name (``Pod``): no two kinds here share one.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ALSO_SERVED", "KINDS", "Kind", "kind_of", "served"]

_TABLE = """
v1                           Namespace               namespaces               cluster ns     status,finalize
v1                           Node                    nodes                    cluster no     status
v1                           Pod                     pods                     ns      po     status,log,eviction,binding
v1                           Service                 services                 ns      svc    status
v1                           Endpoints               endpoints                ns      ep     -
v1                           ConfigMap               configmaps               ns      cm     -
v1                           Secret                  secrets                  ns      -      -
v1                           ServiceAccount          serviceaccounts          ns      sa     -
v1                           Event                   events                   ns      ev     -
v1                           ResourceQuota           resourcequotas           ns      quota  status
v1                           LimitRange              limitranges              ns      limits -
v1                           PersistentVolumeClaim   persistentvolumeclaims   ns      pvc    status
v1                           PersistentVolume        persistentvolumes        cluster pv     status
apps/v1                      Deployment              deployments              ns      deploy status,scale
apps/v1                      ReplicaSet              replicasets              ns      rs     status,scale
apps/v1                      StatefulSet             statefulsets             ns      sts    status,scale
apps/v1                      DaemonSet               daemonsets               ns      ds     status
apps/v1                      ControllerRevision      controllerrevisions      ns      -      -
batch/v1                     Job                     jobs                     ns      -      status
batch/v1                     CronJob                 cronjobs                 ns      cj     status
autoscaling/v2               HorizontalPodAutoscaler horizontalpodautoscalers ns      hpa    status
policy/v1                    PodDisruptionBudget     poddisruptionbudgets     ns      pdb    status
discovery.k8s.io/v1          EndpointSlice           endpointslices           ns      -      -
coordination.k8s.io/v1       Lease                   leases                   ns      -      -
scheduling.k8s.io/v1         PriorityClass           priorityclasses          cluster pc     -
storage.k8s.io/v1            StorageClass            storageclasses           cluster sc     -
networking.k8s.io/v1         Ingress                 ingresses                ns      ing    status
networking.k8s.io/v1         IngressClass            ingressclasses           cluster -      -
networking.k8s.io/v1         NetworkPolicy           networkpolicies          ns      netpol -
rbac.authorization.k8s.io/v1 Role                    roles                    ns      -      -
rbac.authorization.k8s.io/v1 RoleBinding             rolebindings             ns      -      -
rbac.authorization.k8s.io/v1 ClusterRole             clusterroles             cluster -      -
rbac.authorization.k8s.io/v1 ClusterRoleBinding      clusterrolebindings      cluster -      -
metrics.k8s.io/v1beta1       PodMetrics              pods                     ns      -      -
metrics.k8s.io/v1beta1       NodeMetrics             nodes                    cluster -      -
"""
_WITH_GENERATION = frozenset(
    {"Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "PodDisruptionBudget"}
    | {"EndpointSlice", "Ingress", "NetworkPolicy"}
)


@dataclass(frozen=True)
class Kind:
    """One kind of object.

    Parameters
    ----------
    group, version : str
        Where it is stored; the core group is empty.
    name : str
        ``Deployment``.
    plural : str
        Its word in paths.
    namespaced : bool
        Whether it lives in a namespace.
    short : str
        What kubectl lets people type, or empty.
    subresources : tuple of str
        ``status``, ``scale``, ``log`` and the like.
    """

    group: str
    version: str
    name: str
    plural: str
    namespaced: bool
    short: str
    subresources: tuple[str, ...]

    @property
    def api_version(self) -> str:
        """``apps/v1``, or ``v1`` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """``deployments.apps``: how messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified(self) -> str:
        """``Deployment.apps``: how refusals of its content name it."""
        return f"{self.name}.{self.group}" if self.group else self.name

    @property
    def counts_generations(self) -> bool:
        """Whether ``metadata.generation`` counts the changes of its spec."""
        return self.name in _WITH_GENERATION

    @property
    def is_measured(self) -> bool:
        """Whether it is not stored but measured: usage of pods and nodes."""
        return self.group == "metrics.k8s.io"


def _read(line: str) -> Kind:
    where, name, plural, scope, short, subresources = line.split()
    group, _, version = where.rpartition("/")
    parts = () if subresources == "-" else tuple(subresources.split(","))
    return Kind(group, version, name, plural, scope == "ns", short.replace("-", ""), parts)


#: By name.
KINDS: dict[str, Kind] = {kind.name: kind for kind in map(_read, _TABLE.strip().splitlines())}
#: Other versions that are served from the same storage.
ALSO_SERVED: dict[tuple[str, str], tuple[Kind, ...]] = {("autoscaling", "v1"): (KINDS["HorizontalPodAutoscaler"],)}


def served() -> dict[tuple[str, str], tuple[Kind, ...]]:
    """Return which kinds each (group, version) serves."""
    found: dict[tuple[str, str], tuple[Kind, ...]] = {}
    for kind in KINDS.values():
        found[kind.group, kind.version] = (*found.get((kind.group, kind.version), ()), kind)
    return found | ALSO_SERVED


def kind_of(thing: dict[str, object]) -> Kind:
    """Return the kind of an object that says ``kind``."""
    return KINDS[str(thing["kind"])]

"""What runs on EKS: versions of Kubernetes, add-ons, and the images that pods may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from aws14.catalog.tables import day, rows

__all__ = [
    "ContainerImage",
    "EksAddOn",
    "KubernetesVersion",
    "container_images",
    "eks_add_ons",
    "kubernetes_versions",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class KubernetesVersion:
    """A version as EKS has it.

    Attributes
    ----------
    version, patch, platform : str
        ``1.34``, ``1.34.3``, ``eks.13``.
    released, standard_until, extended_until : datetime.date
        On EKS; the end of standard support, and of extended support, which costs more.
    """

    version: str
    patch: str
    platform: str
    released: date
    standard_until: date
    extended_until: date
    as_of: date
    source: str
    confidence: str

    def support(self, on: date) -> str:
        """``STANDARD_SUPPORT``, or ``EXTENDED_SUPPORT`` from the day on which that ends."""
        return "STANDARD_SUPPORT" if on < self.standard_until else "EXTENDED_SUPPORT"


@cache
def kubernetes_versions() -> Mapping[str, KubernetesVersion]:
    """Return the versions that the course knows, oldest first, by name."""
    dates = ("released", "standard_until", "extended_until", "as_of")
    return {
        row["version"]: KubernetesVersion(**{**row, **{name: day(row[name]) for name in dates}})  # type: ignore[arg-type]
        for row in rows("kubernetes_versions")
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class EksAddOn:
    """An add-on of EKS, and what it runs in a cluster.

    Attributes
    ----------
    add_on, category : str
        ``coredns``, ``networking``.
    version : str
        The one that EKS installs; empty where it is that of the cluster.
    kind, workload, image : str
        ``Deployment``, its name in ``kube-system``, its repository; empty where nothing of it runs here.
    cpu_m, memory_mib : int
        What each pod requests, thousandths of a vCPU and MiB; 0 for nothing.
    replicas : int
        Of a Deployment; 0 for one on each node.
    """

    add_on: str
    category: str
    version: str
    kind: str
    workload: str
    image: str
    cpu_m: int
    memory_mib: int
    replicas: int
    as_of: date
    source: str
    confidence: str

    def version_on(self, kubernetes: str) -> str:
        """The version that a cluster of a version of Kubernetes gets."""
        return self.version or f"v{kubernetes_versions()[kubernetes].patch}-eksbuild.2"


@cache
def eks_add_ons() -> Mapping[str, EksAddOn]:
    """Return the add-ons that the course knows, by name."""
    numbers = ("cpu_m", "memory_mib", "replicas")
    return {
        row["add_on"]: EksAddOn(
            **{**row, **{name: int(row[name]) for name in numbers}, "as_of": day(row["as_of"])}  # type: ignore[arg-type]
        )
        for row in rows("eks_add_ons")
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerImage:
    """A repository of images that pods may name.

    Attributes
    ----------
    registry, repository : str
        ``docker.io``, ``library/python``; registry ``eks`` for that of EKS's own images.
    program : str
        ``python``, ``nginx``, ``busybox``; ``none`` where it has no process in the embedded AWS.
    tags : str
        Pattern of the tags that there are, a regular expression.
    """

    registry: str
    repository: str
    program: str
    tags: str
    as_of: date
    source: str
    confidence: str


@cache
def container_images() -> Mapping[tuple[str, str], ContainerImage]:
    """Return the repositories that the course knows, by registry and name."""
    return {
        (row["registry"], row["repository"]): ContainerImage(**{**row, "as_of": day(row["as_of"])})  # type: ignore[arg-type]
        for row in rows("container_images")
    }

"""Versions of Kubernetes that EKS runs, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from aws14.catalog.tables import day, rows

__all__ = ["KubernetesVersion", "kubernetes_versions"]


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

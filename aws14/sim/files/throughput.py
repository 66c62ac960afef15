"""What EFS allows in each throughput mode: by what is stored, by what is paid for, or by what is asked.

Model (Amazon EFS user guide, "Performance specifications"; numbers in ``data/quotas.csv``). Bursting: a baseline for
each GiB in Standard, a burst for each TiB, and credits that fill at the baseline and are spent by what is moved.
Provisioned: what was ordered, or the baseline where that is more. Elastic: up to the limit of a file system. A read is
metered as a third of a write.

Left out: the limit of one client, file operations a second, permits that AWS raises by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14.catalog import quota
from aws14.errors import ScenarioError
from aws14.model import Node

__all__ = ["MODES", "Throughput", "rates", "throughput_of"]

_GIB, _MIB = 1024**3, 1024**2
_TIB_GIB = 1024.0

MODES = ("bursting", "elastic", "provisioned")


def rates(mode: str, standard_gib: float, provisioned_mibps: float | None) -> tuple[float, float, float]:
    """What a file system is allowed: metered bytes/s always, with credits, and the most credits, bytes.

    Parameters
    ----------
    mode : {'bursting', 'provisioned', 'elastic'}
        Throughput mode.
    standard_gib : float
        What it holds in Standard, GiB.
    provisioned_mibps : float or None
        What is provisioned, MiB/s.
    """
    tib = max(1.0, standard_gib / _TIB_GIB)
    most = quota("EFS", "burst credits of a TiB").value * _GIB * tib
    if mode == "elastic":
        limit = quota("EFS", "elastic throughput, most").value * _MIB
        return limit, limit, most
    least = quota("EFS", "bursting: least baseline").value * _MIB
    baseline = max(least, quota("EFS", "bursting: baseline of a GiB").value * _MIB * standard_gib)
    if mode == "provisioned":
        given = max(baseline, (provisioned_mibps or 0.0) * _MIB)
        return given, given, most
    return baseline, max(baseline, quota("EFS", "bursting: burst of a TiB").value * _MIB * tib), most


@dataclass(frozen=True, kw_only=True, slots=True)
class Throughput:
    """How a file system was set up, as far as its speed goes.

    Parameters
    ----------
    mode : {'bursting', 'elastic', 'provisioned'}
        Throughput mode.
    standard_gib : float
        What it holds in Standard, GiB.
    provisioned_mibps : float
        What is provisioned, MiB/s; only in that mode.

    Raises
    ------
    ScenarioError
        When there is no such mode, or an amount is negative or missing.
    """

    mode: str
    standard_gib: float
    provisioned_mibps: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.mode not in MODES:
            raise ScenarioError(f"a file system in the mode {self.mode!r}", allowed=", ".join(MODES))
        if not (0 <= self.standard_gib < math.inf and 0 <= self.provisioned_mibps < math.inf):
            raise ScenarioError(f"{self} cannot be", allowed="GiB and MiB/s of 0 or more")
        if self.mode == "provisioned" and not self.provisioned_mibps:
            raise ScenarioError("provisioned throughput of 0 MiB/s", allowed="more than 0")

    @property
    def baseline_mibps(self) -> float:
        """What may be metered for ever, MiB/s."""
        return rates(self.mode, self.standard_gib, self.provisioned_mibps)[0] / _MIB

    @property
    def burst_mibps(self) -> float:
        """What may be metered while credits last, MiB/s."""
        return rates(self.mode, self.standard_gib, self.provisioned_mibps)[1] / _MIB

    @property
    def credits_mib(self) -> float:
        """The most credits that it keeps, MiB; 0 in a mode that does not live on them."""
        return rates(self.mode, self.standard_gib, None)[2] / _MIB if self.mode == "bursting" else 0.0

    @property
    def burst_s(self) -> float:
        """How long full credits last at the burst rate, s; infinite without any need of them."""
        spent = self.burst_mibps - self.baseline_mibps
        return self.credits_mib / spent if spent > 0 else math.inf


def throughput_of(node: Node) -> Throughput:
    """The throughput of a file system that was read back.

    Parameters
    ----------
    node : Node
        Of kind ``file_system``.

    Raises
    ------
    DesignError
        When it does not state what its speed follows from.
    ScenarioError
        As `Throughput`.
    """
    mode = str(node.require("throughput_mode"))
    provisioned = node.require("provisioned_mibps") if mode == "provisioned" else 0.0
    return Throughput(
        mode=mode, standard_gib=float(str(node.require("standard_gib"))), provisioned_mibps=float(str(provisioned))
    )

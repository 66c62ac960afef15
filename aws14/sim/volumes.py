"""EBS volumes under load: what they give of the I/O that is asked for, second by second.

Model (Amazon EBS user guide, "General Purpose SSD volumes"). A gp2 volume has a baseline by its size and a bucket of
I/O credits, full when it is made. While more than the baseline is asked for, and credits last, it gives up to its burst
rate and each operation above the baseline costs a credit; what is not asked for of the baseline fills the bucket again.
A gp2 volume whose baseline is above the burst rate has no bucket. gp3, io1 and io2 give what they were made with, at
any time. The instance's own lane to its disks (EBS-optimised) limits all of them.

Left out: bytes (small operations are meant, as of a database), queues (what is not done in its second is not caught up
on), an instance's burst above the baseline of its lane, 99.9 % instead of always.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError

Floats = NDArray[np.float64]

PROVISIONED = ("gp3", "io1", "io2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """A volume as far as I/O operations go.

    Parameters
    ----------
    kind : {'gp2', 'gp3', 'io1', 'io2'}
        Type of the volume.
    gib : float
        Its size.
    iops : float
        Operations a second that it was made with; of a gp2 volume 0, its size decides.

    Raises
    ------
    ScenarioError
        When there is no such volume.
    """

    kind: str
    gib: float
    iops: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what AWS does not make."""
        if self.kind not in ("gp2", *PROVISIONED) or not (math.isfinite(self.gib) and self.gib >= 1):
            raise ScenarioError(
                f"a volume of type {self.kind!r} with {self.gib!r} GiB",
                allowed=f"gp2, {', '.join(PROVISIONED)}, of 1 GiB or more",
            )
        if (self.kind == "gp2") is not (self.iops == 0) or self.iops < 0:
            raise ScenarioError(
                f"a {self.kind} volume made with {self.iops!r} IOPS",
                allowed="0 for gp2, whose size decides; above 0 for the others",
            )

    @property
    def baseline_iops(self) -> float:
        """What it gives for ever."""
        if self.kind != "gp2":
            return self.iops
        per_gib, least, most = (
            catalog.quota("EBS", f"gp2 {name}").value
            for name in ("baseline IOPS per GiB", "least baseline IOPS", "maximum IOPS")
        )
        return min(max(per_gib * self.gib, least), most)

    @property
    def burst_iops(self) -> float:
        """What it gives while credits last."""
        if self.kind != "gp2":
            return self.iops
        return max(self.baseline_iops, catalog.quota("EBS", "gp2 burst IOPS").value)

    @property
    def credits_kept(self) -> float:
        """The most I/O credits that it keeps; 0 for one that does not live on them."""
        bursts = self.kind == "gp2" and self.burst_iops > self.baseline_iops
        return catalog.quota("EBS", "gp2 I/O credits kept").value if bursts else 0.0

    @property
    def burst_s(self) -> float:
        """How long a full bucket lasts at the burst rate, in seconds; infinite without one."""
        return self.credits_kept / (self.burst_iops - self.baseline_iops) if self.credits_kept else math.inf

    @property
    def refill_s(self) -> float:
        """How long an empty bucket takes to fill while nothing is asked, in seconds; 0 without one."""
        return self.credits_kept / self.baseline_iops


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class VolumeRun:
    """A volume under a load. Arrays have an entry a second.

    Parameters
    ----------
    asked_iops, given_iops : ndarray of float64, shape (n,)
        Operations asked for, and done.
    credits : ndarray of float64, shape (n,)
        I/O credits left at the end of each second.
    """

    asked_iops: Floats
    given_iops: Floats
    credits: Floats

    @property
    def missed_share(self) -> float:
        """Share of the operations that were not done in their second; 0 when none was asked for."""
        asked = float(self.asked_iops.sum())
        return 1 - float(self.given_iops.sum()) / asked if asked else 0.0


def lane_iops(instance_type: str) -> float:
    """Operations a second that an instance's own lane to its disks carries at any time.

    Raises
    ------
    DataError
        When the course has no facts about the type.
    """
    return float(catalog.instance_type(instance_type).ebs_baseline_iops)


def run(
    volume: Volume, asked_iops: Floats, *, lane: float = math.inf, credits_at_start: float | None = None
) -> VolumeRun:
    """Ask a volume for so many operations in each second.

    Parameters
    ----------
    volume : Volume
        Which.
    asked_iops : ndarray of float64, shape (n,)
        Operations asked for in each second.
    lane : float
        The most that the instance can carry, operations a second.
    credits_at_start : float, optional
        I/O credits of a gp2 volume; a full bucket when left out.

    Raises
    ------
    ScenarioError
        When less than nothing is asked for, or there are more credits than it can keep.
    """
    most, baseline, burst = volume.credits_kept, volume.baseline_iops, volume.burst_iops
    left = most if credits_at_start is None else credits_at_start
    if not 0 <= left <= most or (len(asked_iops) and float(asked_iops.min()) < 0):
        raise ScenarioError(f"{left:g} credits", allowed=f"0 to {most:g} credits, 0 or more operations a second")
    given, kept = np.empty(len(asked_iops)), np.empty(len(asked_iops))
    for second, asked in enumerate(np.minimum(asked_iops, lane).tolist()):
        done = min(asked, burst, baseline + left)
        left = min(most, left + baseline - done)
        given[second], kept[second] = done, left
    return VolumeRun(asked_iops=asked_iops, given_iops=given, credits=kept)

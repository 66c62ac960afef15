"""How long a new execution environment takes to start, how long an idle one is kept, and how fast a function runs.

Model. The start of the platform is lognormal: the fit to measured starts of a package of 1 KB, mean and 90th percentile
(as near as a lognormal comes to it), plus a time for each MB of the package, the slope of the same measurements. The
start of the program (imports, connections) comes on top; it runs on a whole vCPU whatever the memory, as AWS lets
functions do while they start. While it works, a function has the share of a vCPU that its memory buys; it is one thread
and cannot use more than one vCPU. Idle environments are kept for a time drawn evenly between the shortest and the
longest in ``data/durations.csv``: AWS does not state it.

Left out: downloads that are faster the second time, containers as packages, SnapStart, functions in a VPC (which take
no longer since 2019), and the limit of ten seconds for a start.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.sim.streams import normals, stream

Floats = NDArray[np.float64]

DRAWN = 1 << 14
"""Starts and keeping times drawn for a run; a run that makes more environments uses them again."""

_Z90 = 1.2815515655446004
_BYTES_PER_MB = 1e6


def cpu_share(memory_mib: float) -> float:
    """Share of one vCPU that a function of one thread gets, above 0 and up to 1."""
    return min(1.0, memory_mib / catalog.quota("Lambda", "memory of one vCPU").value)


def lognormal_of(mean: float, p90: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of a lognormal with this mean and, if there is one, this p90.

    The 90th percentile of a lognormal is at most 2.27 times its mean; beyond, the widest that comes nearest is taken.
    """
    deviation = _Z90 - math.sqrt(max(0.0, _Z90 * _Z90 - 2 * math.log(max(1.0, p90 / mean))))
    return math.log(mean) - deviation * deviation / 2, deviation


def mean_start_s(package_bytes: float, init_s: float) -> float:
    """Mean time that a new environment takes to start, platform and program."""
    known = catalog.durations()
    platform, megabyte = known["Lambda start of an environment (package of 1 KB)"], known[_EACH_MB]
    return platform.typical_s + megabyte.typical_s * package_bytes / _BYTES_PER_MB + init_s


def starts_s(package_bytes: float, init_s: float, *, seed: int, replication: int = 0) -> Floats:
    """How long the k-th new environment takes to start. Shape (DRAWN,).

    Parameters
    ----------
    package_bytes : float
        Size of the zip.
    init_s : float
        Time that the program takes to start, on one vCPU.
    seed, replication : int
        Of the stream "environment".
    """
    known = catalog.durations()
    platform = known["Lambda start of an environment (package of 1 KB)"]
    log_mean, deviation = lognormal_of(platform.typical_s, platform.high_s)
    drawn: Floats = np.exp(log_mean + deviation * normals(stream(seed, "environment", replication), DRAWN))
    return drawn + known[_EACH_MB].typical_s * package_bytes / _BYTES_PER_MB + init_s


def kept_s(*, seed: int, replication: int = 0) -> Floats:
    """How long the k-th environment is kept while idle. Shape (DRAWN,)."""
    kept = catalog.durations()["Lambda idle environment kept"]
    drawn: Floats = kept.low_s + (kept.high_s - kept.low_s) * stream(seed, "kept", replication).random(DRAWN)
    return drawn


_EACH_MB = "Lambda start, each MB of the package"

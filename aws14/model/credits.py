"""CPU credits: what a burstable instance earned and spent during a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CREDITS_PER_VCPU_HOUR = 60
"""A credit is one vCPU for a minute."""


@dataclass(frozen=True, kw_only=True)
class CpuCredits:
    """The credit account of the burstable instances behind the entry, all together, tick by tick.

    Start + earned + charged = left - owed + spent + discarded, up to rounding.

    Parameters
    ----------
    mode : str
        ``standard`` or ``unlimited``.
    at_start, most : float
        Credits at the start, and how many can be kept.
    earned, spent, discarded : ndarray of float64
        Earned in the tick; spent by vCPUs at work, surplus credits included; earned beyond what can be kept.
    charged : ndarray of float64
        Surplus credits beyond what 24 hours can pay back: paid in money, at once.
    balance, owed : ndarray of float64
        Credits left, and surplus credits not yet paid back, at the end of the tick.
    throttled_s : ndarray of float64
        Seconds of the tick in which the vCPUs ran at their baseline, because no credits were left.
    """

    mode: str
    at_start: float
    most: float
    earned: Floats
    spent: Floats
    discarded: Floats
    charged: Floats
    balance: Floats
    owed: Floats
    throttled_s: Floats

    @property
    def surplus_vcpu_hours(self) -> float:
        """What unlimited mode costs in vCPU hours, if the instance is stopped after the run: charged and still owed."""
        owed = float(self.owed[-1]) if len(self.owed) else 0.0
        return (float(self.charged.sum()) + owed) / CREDITS_PER_VCPU_HOUR

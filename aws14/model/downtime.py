"""Downtime: how long a server was away, over many campaigns that might have been."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Downtime:
    """What failure and repair did to many campaigns of the same length. Arrays have one entry per campaign.

    Parameters
    ----------
    horizon_s : float
        Length of a campaign in seconds.
    downtime_s : ndarray of float64
        Seconds in which the server was away.
    failures : ndarray of int64
        How often it failed.
    hit : ndarray of bool
        Whether it was away during a TV spot; all False when no spot was given.
    """

    horizon_s: float
    downtime_s: NDArray[np.float64]
    failures: NDArray[np.int64]
    hit: NDArray[np.bool_]

    @property
    def availability(self) -> float:
        """Share of the time that the server was there, over all campaigns."""
        return 1 - float(self.downtime_s.mean()) / self.horizon_s

    @property
    def share_hit(self) -> float:
        """Share of the campaigns in which the server was away during a TV spot."""
        return float(self.hit.mean())

    @property
    def share_undisturbed(self) -> float:
        """Share of the campaigns in which the server never failed."""
        return float((self.failures == 0).mean())

    def quantile_s(self, quantile: float) -> float:
        """Downtime that this share of the campaigns does not exceed, in seconds."""
        return float(np.quantile(self.downtime_s, quantile))

    def share_beyond(self, allowed_s: float) -> float:
        """Share of the campaigns with more downtime than this."""
        return float((self.downtime_s > allowed_s).mean())

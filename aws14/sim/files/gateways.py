"""A gateway in the office: what its cache has, and what waits for the line when much is written.

Model: files are asked for by Zipf's law, independently of each other; the cache keeps what was asked for last (LRU; or,
for comparison, what is asked for most, which is the best there can be). What is written is taken at once and goes up
the line as fast as it carries, in order; the buffer holds what waits.

Left out: files larger than a block of the cache, reads ahead, other offices that write the same bucket.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.caching import Cache, cache_hits
from aws14.sim.transfer import transfer_s

Floats = NDArray[np.float64]

_MINUTE_S = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """What lies behind a gateway.

    Parameters
    ----------
    count : int
        Number of files, all alike.
    gib : float
        All together.
    skew : float
        Exponent of Zipf's law; 0: each is asked for as often as any other.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """

    count: int
    gib: float
    skew: float = 0.9

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (1 <= self.count <= 1_000_000 and self.gib > 0 and self.skew >= 0):
            raise ScenarioError(f"{self} cannot be", allowed="1 to 1,000,000 files, GiB above 0, a skew of 0 or more")

    @property
    def popularity(self) -> Floats:
        """Share of the requests that each gets, most popular first."""
        weights = np.arange(1, self.count + 1, dtype=np.float64) ** -self.skew
        shares: Floats = weights / weights.sum()
        return shares


def found_share(files: Files, cache_gib: float, *, requests: int = 200_000, seed: int = 14) -> float:
    """Share of the requests that find their file in the cache, once it is warm.

    Parameters
    ----------
    files : Files
        What is asked for.
    cache_gib : float
        Size of the cache.
    requests : int
        How many are drawn; the first half warms the cache.
    seed : int
        Of the draw.

    Raises
    ------
    ScenarioError
        When there is less than no cache, or less than two requests.
    """
    if cache_gib < 0 or requests < 2:
        raise ScenarioError(f"{cache_gib:g} GiB, {requests} requests", allowed="0 GiB or more, at least 2 requests")
    drawn = np.random.default_rng(seed).choice(files.count, size=requests, p=files.popularity).astype(np.int32)
    room = np.floor(cache_gib / files.gib * files.count)
    if room < 1:
        return 0.0
    sizes = np.ones(files.count)
    hits = cache_hits(np.arange(requests, dtype=np.float64), drawn, Cache(capacity=float(room)), size=sizes)
    return float(hits[requests // 2 :].mean())


def best_share(files: Files, cache_gib: float) -> float:
    """Share that a cache finds which holds exactly what is asked for most (LFU, after for ever)."""
    room = int(max(0.0, cache_gib) / files.gib * files.count)
    return float(files.popularity[:room].sum())


def upload_queue_gib(written_gib: Floats, *, mbps: float) -> Floats:
    """What waits in the gateway to go up, at the end of each minute, GiB.

    Parameters
    ----------
    written_gib : ndarray of float64, shape (n,)
        Written by the office in each minute.
    mbps : float
        What the line carries up, Mbit/s.

    Raises
    ------
    ScenarioError
        When the line carries nothing, or less than nothing is written.
    """
    if not mbps > 0 or (len(written_gib) and float(written_gib.min()) < 0):
        raise ScenarioError(f"a line of {mbps:g} Mbit/s", allowed="above 0, and 0 GiB or more written")
    ahead = np.cumsum(written_gib - _MINUTE_S / transfer_s(1.0, mbps=mbps))
    # Lindley's recursion: the queue is how far the sum is above its lowest point so far.
    waiting: Floats = ahead - np.minimum(0.0, np.minimum.accumulate(ahead))
    return waiting


def fits_buffer(node: Node, waiting_gib: Floats) -> bool:
    """Whether what waits fits a gateway that was read back: its upload buffer, or the cache of one without.

    Raises
    ------
    DesignError
        When it does not state its disks.
    """
    room = float(str(node.require("buffer_gib") or node.require("cache_gib") or 0))
    return float(waiting_gib.max(initial=0.0)) <= room

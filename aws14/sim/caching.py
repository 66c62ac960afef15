"""Caches: what is found there, and what has to be fetched.

A cache keeps an answer until its time to live is over, counted from the moment it was fetched (as CloudFront counts),
or from the last hit (as sessions are kept). When it has a capacity, what was asked longest ago goes first (LRU).

Left out: objects that change while they are kept, requests that wait for one fetch together, regional edge caches
between the edge and the origin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Cache:
    """What a cache keeps, and for how long.

    Parameters
    ----------
    ttl_s : ndarray of float64, shape (items,), or float
        How long each item is kept.
    capacity : float
        Room, in the unit of the items' sizes.
    refreshed : bool
        Whether a hit begins the time to live anew.
    """

    ttl_s: Floats | float = math.inf
    capacity: float = math.inf
    refreshed: bool = False


def cache_hits(
    at_s: Floats,
    item: NDArray[np.integer],
    cache: Cache,
    *,
    size: Floats | None = None,
    place: NDArray[np.integer] | None = None,
    answers: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Which requests find their item in a cache.

    Parameters
    ----------
    at_s : ndarray of float64, shape (n,)
        When; ascending.
    item : ndarray of integers, shape (n,)
        What is asked for, from 0.
    cache : Cache
        Which keeps it.
    size : ndarray of float64, shape (items,), optional
        Of each item; 1 each when left out.
    place : ndarray of integers, shape (n,), optional
        Which of several such caches is asked, from 0; one for all when left out.
    answers : ndarray of bool, shape (n,), optional
        Whether the origin would answer then; always when left out. What is not answered is not kept.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether it was found.
    """
    from aws14.kernels.caches import look_up

    count = len(at_s)
    where = np.zeros(count, np.int32) if place is None else np.ascontiguousarray(place, np.int32)
    items = int(item.max()) + 1 if count else 0
    sizes = np.ones(items) if size is None else np.ascontiguousarray(size, np.float64)
    items, places = len(sizes), int(where.max()) + 1 if count else 0
    lives_s = np.ascontiguousarray(np.broadcast_to(np.asarray(cache.ttl_s, np.float64), (items,)))
    open_now = np.ones(count, np.int8) if answers is None else np.ascontiguousarray(answers, np.int8)
    rings = np.arange(places * items + places, dtype=np.int32)
    hit = np.zeros(count, np.int8)
    look_up(
        *(np.ascontiguousarray(at_s, np.float64), where, np.ascontiguousarray(item, np.int32), open_now),
        *(sizes, lives_s, cache.capacity, cache.refreshed),
        *(np.full(places * items, -math.inf), np.zeros(places), rings, rings.copy(), hit),
    )
    return hit.astype(np.bool_)

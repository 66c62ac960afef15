"""Caches that keep what was asked last, as long as it is fresh and there is room."""

from __future__ import annotations

from aws14.kernels.compiled import (
    B1,
    F8,
    READ_F8,
    READ_I1,
    READ_I4,
    VOID,
    WRITE_F8,
    WRITE_I1,
    WRITE_I4,
    kernel,
    part,
)


@part
def _take_out(key, older, newer):
    """Take an entry out of its ring."""
    older[newer[key]] = older[key]
    newer[older[key]] = newer[key]


@part
def _put_first(key, root, older, newer):
    """Put an entry into a ring as the newest: next to the root, which closes the ring."""
    last = older[root]
    older[key], newer[key] = last, root
    newer[last], older[root] = key, key


@kernel(
    VOID(
        *(READ_F8, READ_I4, READ_I4, READ_I1),
        *(READ_F8, READ_F8, F8, B1),
        *(WRITE_F8, WRITE_F8, WRITE_I4, WRITE_I4, WRITE_I1),
    )
)
def look_up(  # noqa: PLR0917 - a kernel takes plain arrays
    at_s, place, item, answers, size, ttl_s, capacity, refreshed, expires_s, used, older, newer, hit
):
    """Ask one cache after the other, and keep what the origin answered.

    An entry is found when it is kept and has not expired. What was not found is fetched; it is kept when the origin
    answers, its time to live is above 0, and the cache has room for it at all. When room is lacking, what was asked
    longest ago goes first.

    Parameters
    ----------
    at_s : float64[n]
        When; ascending.
    place, item : int32[n]
        Which cache is asked, and for what.
    answers : int8[n]
        Whether the origin would answer now.
    size, ttl_s : float64[items]
        Of each item, in the unit of `capacity`, and in seconds.
    capacity : float
        Of each cache.
    refreshed : bool
        Whether a hit begins the time to live anew.
    expires_s : float64[places * items]
        Until when each cache keeps each item; at first minus infinity, which means that it is not kept.
    used : float64[places]
        Room taken.
    older, newer : int32[places * items + places]
        Neighbours in the ring of each cache in order of use; the last entries are the roots, at first alone.
    hit : int8[n]
        Filled with 1 for what was found.
    """
    items = size.size
    roots = expires_s.size
    for i in range(at_s.size):
        key = place[i] * items + item[i]
        root = roots + place[i]
        life_s = ttl_s[item[i]]
        kept = expires_s[key] > -float("inf")
        if kept:
            _take_out(key, older, newer)
        if kept and at_s[i] < expires_s[key]:
            hit[i] = 1
            if refreshed:
                expires_s[key] = at_s[i] + life_s
            _put_first(key, root, older, newer)
            continue
        hit[i] = 0
        if kept:
            used[place[i]] -= size[item[i]]
            expires_s[key] = -float("inf")
        if answers[i] == 0 or life_s <= 0 or size[item[i]] > capacity:
            continue
        used[place[i]] += size[item[i]]
        while used[place[i]] > capacity:
            oldest = newer[root]
            _take_out(oldest, older, newer)
            used[place[i]] -= size[oldest - place[i] * items]
            expires_s[oldest] = -float("inf")
        expires_s[key] = at_s[i] + life_s
        _put_first(key, root, older, newer)

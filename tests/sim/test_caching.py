"""Caches by hand, against closed forms, and on what a real site was asked for."""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np
import pytest

from aws14 import catalog
from aws14.kernels import caches
from aws14.sim.caching import Cache, cache_hits
from aws14.sim.streams import exponentials, stream


def hits(text, capacity, **more):
    """Hits of a cache asked for letters, one a second, as a string of h and m."""
    item = np.array([ord(letter) - ord("a") for letter in text])
    found = cache_hits(np.arange(float(len(text))), item, Cache(capacity=capacity, **more))
    return "".join("h" if hit else "m" for hit in found)


# --- least recently used, by hand


def test_the_least_recently_used_goes_first():
    assert hits("abcabdacbd", 3) == "mmmhhmhmmm"


def test_room_for_one():
    assert hits("aabba", 1) == "mhmhm"


def test_room_for_none():
    assert hits("aaa", 0) == "mmm"


def test_a_loop_one_longer_than_the_cache_never_hits():
    assert hits("abcd" * 5, 3) == "m" * 20
    assert hits("abcd" * 5, 4) == "mmmm" + "h" * 16


def test_what_is_larger_than_the_cache_is_not_kept_and_drives_nothing_out():
    size = np.array([1.0, 5.0, 2.0])
    item = np.array([0, 1, 0, 1, 2, 0])
    assert cache_hits(np.arange(6.0), item, Cache(capacity=3), size=size).tolist() == [0, 0, 1, 0, 0, 1]


def test_one_large_item_drives_out_several():
    size = np.array([1.0, 1.0, 1.0, 3.0])
    item = np.array([0, 1, 2, 3, 0, 1, 2])
    assert not cache_hits(np.arange(7.0), item, Cache(capacity=3), size=size).any()


# --- times to live, by hand


def test_a_time_to_live_counts_from_the_fetch():
    at_s = np.array([0.0, 6.0, 9.9, 10.0, 15.0])
    assert cache_hits(at_s, np.zeros(5, int), Cache(ttl_s=10)).tolist() == [0, 1, 1, 0, 1]


def test_or_from_the_last_hit():
    at_s = np.array([0.0, 6.0, 15.0, 24.0, 34.0])
    assert cache_hits(at_s, np.zeros(5, int), Cache(ttl_s=10, refreshed=True)).tolist() == [0, 1, 1, 1, 0]


def test_each_item_has_its_own():
    at_s, item = np.array([0.0, 0.0, 5.0, 5.0, 7.0]), np.array([0, 1, 0, 1, 2])
    assert cache_hits(at_s, item, Cache(ttl_s=np.array([10.0, 1.0, 0.0]))).tolist() == [0, 0, 1, 0, 0]


def test_nothing_is_kept_for_no_time():
    assert not cache_hits(np.zeros(3), np.zeros(3, int), Cache(ttl_s=0)).any()


def test_what_the_origin_did_not_answer_is_not_kept():
    answers = np.array([False, True, True])
    assert cache_hits(np.arange(3.0), np.zeros(3, int), Cache(), answers=answers).tolist() == [0, 0, 1]


def test_what_is_kept_is_found_while_the_origin_is_gone():
    answers = np.array([True, False, False, False])
    assert cache_hits(np.arange(4.0), np.array([0, 0, 1, 0]), Cache(), answers=answers).tolist() == [0, 1, 0, 1]


def test_each_place_has_a_cache_of_its_own():
    place = np.array([0, 1, 0, 1])
    assert cache_hits(np.arange(4.0), np.zeros(4, int), Cache(), place=place).tolist() == [0, 0, 1, 1]


def test_nobody_asks():
    assert len(cache_hits(np.empty(0), np.empty(0, int), Cache())) == 0


# --- against another way to do it


def by_hand(at_s, item, place, answers, *, size, ttl_s, capacity, refreshed):
    """The same rules with ordered dictionaries."""
    kept = [OrderedDict() for _ in range(int(place.max()) + 1)]
    found = []
    for now_s, what, where, open_now in zip(at_s, item, place, answers, strict=True):
        cache = kept[where]
        fresh = now_s < cache.get(what, -math.inf)
        found.append(fresh)
        if fresh:
            cache.move_to_end(what)
            cache[what] = now_s + ttl_s[what] if refreshed else cache[what]
            continue
        cache.pop(what, None)
        if open_now and ttl_s[what] > 0 and size[what] <= capacity:
            cache[what] = now_s + ttl_s[what]
            while sum(size[key] for key in cache) > capacity:
                cache.popitem(last=False)
    return found


@pytest.mark.parametrize("refreshed", [False, True])
@pytest.mark.parametrize("capacity", [4.0, 11.0, math.inf])
def test_the_kernel_does_what_dictionaries_do(capacity, refreshed):
    random = stream(7, f"caches {capacity} {refreshed}")
    count, items = 3_000, 25
    at_s = np.cumsum(exponentials(random, count))
    item = np.minimum((random.random(count) ** 2 * items).astype(int), items - 1)
    place, answers = random.integers(0, 3, count), random.random(count) < 0.9
    size, ttl_s = random.integers(1, 6, items).astype(float), random.integers(0, 120, items).astype(float)
    found = cache_hits(
        at_s, item, Cache(ttl_s=ttl_s, capacity=capacity, refreshed=refreshed), size=size, place=place, answers=answers
    )
    expected = by_hand(at_s, item, place, answers, size=size, ttl_s=ttl_s, capacity=capacity, refreshed=refreshed)
    assert found.tolist() == expected
    assert 0.05 < found.mean() < 0.95


def test_compiled_and_source_give_the_same_bits(monkeypatch):
    at_s = np.cumsum(exponentials(stream(3, "bits"), 500))
    item = stream(3, "item").integers(0, 40, 500)
    cache = Cache(ttl_s=60.0, capacity=12)
    compiled = cache_hits(at_s, item, cache)
    for name in ("_take_out", "_put_first", "look_up"):
        monkeypatch.setattr(caches, name, getattr(caches, name).py_func)
    assert np.array_equal(cache_hits(at_s, item, cache), compiled)


# --- closed forms


@pytest.mark.parametrize(("refreshed", "expected"), [(False, 0.857143), (True, 0.997521)])
def test_a_time_to_live_under_random_requests(refreshed, expected):
    rate_rps, ttl_s, items, count = 0.1, 60.0, 50, 1_000_000
    random = stream(14, f"ttl {refreshed}")
    at_s = np.cumsum(exponentials(random, count)) / (rate_rps * items)
    item = random.integers(0, items, count)
    found = cache_hits(at_s, item, Cache(ttl_s=ttl_s, refreshed=refreshed))
    assert found.mean() == pytest.approx(expected, abs=4e-4 if refreshed else 2e-3)


def che(popularity, capacity):
    """Hit ratio of an LRU cache (Che's approximation): each item is kept for one and the same characteristic time."""
    low, high = 0.0, 1e12
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 - np.exp(-popularity * middle)).sum() < capacity else (low, middle)
    return float((popularity * (1 - np.exp(-popularity * low))).sum())


def zipf(items, exponent):
    weight = np.arange(1, items + 1) ** -exponent
    return weight / weight.sum()


def asked(popularity, count, name):
    drawn = np.searchsorted(np.cumsum(popularity)[:-1], stream(14, name).random(count), "right")
    return np.arange(float(count)), drawn


@pytest.mark.parametrize(
    ("items", "exponent", "capacity", "known"),
    [(10_000, 0.8, 100, 0.156625), (10_000, 0.8, 1000, 0.43666), (10_000, 1.0, 1000, 0.675602)],
)
def test_lru_under_zipf(items, exponent, capacity, known):
    popularity = zipf(items, exponent)
    assert che(popularity, capacity) == pytest.approx(known, rel=1e-4)
    count = 1_200_000
    found = cache_hits(*asked(popularity, count, f"zipf {exponent} {capacity}"), Cache(capacity=capacity))
    assert found[count // 5 :].mean() == pytest.approx(known, rel=0.01)


@pytest.mark.slow
def test_lru_under_zipf_of_many_items():
    popularity, count = zipf(100_000, 0.9), 4_000_000
    found = cache_hits(*asked(popularity, count, "zipf many"), Cache(capacity=1000))
    assert found[count // 5 :].mean() == pytest.approx(0.342061, rel=0.01)


# --- a real day


@pytest.fixture(scope="module")
def day():
    return catalog.url_stream("nasa_13jul95")


def test_a_day_of_a_real_site(day):
    assert len(day.second) == 134_203
    assert len(np.unique(day.rank)) == 4_711
    assert (day.second[0], day.second[-1] < 86_400) == (2, True)
    assert (np.diff(day.second) >= 0).all()
    assert [(url.rank, url.kind, url.path) for url in day.urls[:1]] == [(1, "image", "/images/NASA-logosmall.gif")]
    assert [url.rank for url in day.urls] == list(range(1, 2001))


def test_more_room_hits_more(day):
    ratios = [
        cache_hits(day.second.astype(float), day.rank - 1, Cache(capacity=room)).mean() for room in (10, 100, 1000, 1e6)
    ]
    assert ratios == sorted(ratios)
    assert ratios[-1] == 1 - 4_711 / 134_203, "with room for all each address is fetched once"


def test_longer_lives_hit_more(day):
    ratios = [cache_hits(day.second.astype(float), day.rank - 1, Cache(ttl_s=ttl)).mean() for ttl in (1, 60, 3600, 1e9)]
    assert ratios == sorted(ratios)
    assert ratios[-1] == 1 - 4_711 / 134_203

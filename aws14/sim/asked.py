"""What requests ask for: pages, or files that are alike for everybody, by the paths of a site that really was.

Each request draws an address by its popularity on the busiest day of a recorded site (``data/traces``). Images and
other files are drawn for the share that `Application.static_share` states, pages for the others. What is drawn does not
depend on the design, so that two designs see the same requests.

Left out: visitors who fetch the pictures of a page right after it, addresses that were too rare to keep their path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.catalog import Url
from aws14.model import Scenario
from aws14.sim.streams import stream

RECORDING = "nasa_13jul95"
"""Whose addresses are asked for."""

_STATIC = frozenset({"image", "other"})
_FOLDERS_OF_FILES = ("/images/", "/icons/")
"""Where a few pages of the recording list the files of a folder: no page of an application stands there."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Asked:
    """What each request asks for, in the order in which they are sent. Arrays are read-only.

    Parameters
    ----------
    static : ndarray of bool, shape (n,)
        Whether for a file that is alike for everybody.
    url : ndarray of int32, shape (n,)
        Position of its address in `urls`.
    urls : tuple of Url
        All addresses.
    """

    static: NDArray[np.bool_]
    url: NDArray[np.int32]
    urls: tuple[Url, ...]


def static_requests(scenario: Scenario, size: int) -> NDArray[np.bool_]:
    """Which of a run's requests, in the order of sending, ask for files that are alike for everybody. Shape (size,)."""
    return _drawn(scenario.seed, scenario.replication, scenario.application.static_share, size).static


def asked_for(scenario: Scenario, size: int) -> Asked:
    """What each of a run's requests asks for, in the order of sending; the last two drawn are kept."""
    return _drawn(scenario.seed, scenario.replication, scenario.application.static_share, size)


@lru_cache(maxsize=2)
def _drawn(seed: int, replication: int, share: float, size: int) -> Asked:
    static = stream(seed, "static", replication).random(size) < share
    luck = stream(seed, "address", replication).random(size)
    url = np.empty(size, np.int32)
    for wanted, which in ((True, static), (False, ~static)):
        positions, cumulated = _popularity(wanted)
        url[which] = positions[np.searchsorted(cumulated[:-1], luck[which], "right")]
    for array in (static, url):
        array.setflags(write=False)
    return Asked(static=static, url=url, urls=catalog.url_stream(RECORDING).urls)


@cache
def _popularity(static: bool) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Positions of the addresses of one sort, and the cumulated share of the requests that ask for them."""
    recording = catalog.url_stream(RECORDING)
    requests = np.bincount(recording.rank, minlength=len(recording.urls) + 1)
    positions = [
        number
        for number, url in enumerate(recording.urls)
        if requests[url.rank] and (is_file(url) if static else _is_page(url))
    ]
    weights = np.cumsum([requests[recording.urls[number].rank] for number in positions])
    return np.array(positions, np.int32), weights / weights[-1]


def is_file(url: Url) -> bool:
    """Whether an address is that of an image or another file which is alike for everybody."""
    return url.kind in _STATIC


def _is_page(url: Url) -> bool:
    return not is_file(url) and not url.path.startswith(_FOLDERS_OF_FILES)

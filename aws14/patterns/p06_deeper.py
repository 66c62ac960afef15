"""The experiments of pattern 6's Deeper blocks, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.patterns.p06_cold import cold_files
from aws14.patterns.p06_credits import burst_credits
from aws14.patterns.p06_move import move
from aws14.patterns.p06_office import cache, month_end_queue
from aws14.patterns.p06_own import own_server, zone_lost
from aws14.patterns.p06_wan import rename, small_files
from aws14.patterns.p06_writers import writers

deeper: Mapping[str, Callable[..., object]] = {
    "cache": cache,
    "cold files": cold_files,
    "credits": burst_credits,
    "move": move,
    "one file": writers,
    "own server": own_server,
    "queue": month_end_queue,
    "rename": rename,
    "small files": small_files,
    "zone lost": zone_lost,
}

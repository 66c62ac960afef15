"""A web tier on plain arrays in one call, and the same tier in plain Python."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from aws14.kernels import tier_state as at
from aws14.sim.tier_rules import TierRequests, TierRules
from aws14.sim.web_tier import WebTier

MODULES = (
    *("timed_heap", "tier_answers", "tier_routing", "tier_servers", "tier_direct", "tier_health", "tier_faults"),
    "web_tier",
)


def requests(
    arrival_s, page_s, *, db_s=None, luck=None, session=None, way_s=((0.0, 0.0, 0.0),), city=None, sent_s=None
) -> TierRequests:
    arrival_s = np.asarray(arrival_s, dtype=float)
    size = len(arrival_s)
    ways = np.asarray(way_s, dtype=float)
    city = np.zeros(size, np.int8) if city is None else np.asarray(city, np.int8)
    return TierRequests(
        sent_s=arrival_s - ways[city, 0] if sent_s is None else np.asarray(sent_s, dtype=float),
        arrival_s=arrival_s,
        page_s=np.asarray(page_s, dtype=float),
        db_s=np.zeros(size) if db_s is None else np.asarray(db_s, dtype=float),
        luck=np.zeros(size) if luck is None else np.asarray(luck, dtype=float),
        session=np.full(size, -1, np.int32) if session is None else np.asarray(session, np.int32),
        city=city,
        way_s=ways,
    )


def rules(**other: Any) -> TierRules:
    """Everything out of the way, but for what is given."""
    given: dict[str, Any] = {
        "interval_s": 30.0,
        "timeout_s": 5.0,
        "healthy_checks": 5,
        "unhealthy_checks": 2,
        "idle_s": math.inf,
        "connect_s": 10.0,
        "patience_s": math.inf,
        "backlog": 1_000_000,
        "connections": 2_000_000,
        "db_connect_s": 10.0,
    }
    return TierRules(**given | other)


def tier(
    load: TierRequests, how: TierRules, *, workers: Sequence[int] = (1,), nodes: int = 1, horizon_s: float = 1e6,
    direct: bool | None = None, first_check_s: float = math.inf,
) -> WebTier:  # fmt: skip
    """A tier with some targets, all healthy and seen by all nodes; without health checks unless these are given."""
    made = WebTier(load, how, nodes=nodes, horizon_s=horizon_s, tick_s=max(60.0, horizon_s / 2000), direct=direct)
    for number, each in enumerate(workers):
        enroll(made, workers=each, nodes=nodes, first_check_s=first_check_s + number)
    return made


def enroll(made: WebTier, *, workers: int = 1, nodes: int = 1, health: str = "healthy", first_check_s: float) -> int:
    return made.register(
        workers=workers,
        members=range(nodes),
        reached=[True] * nodes,
        health=[health] * nodes,
        first_check_s=first_check_s,
    )


def outcomes(made: WebTier) -> list[str]:
    """What became of each request, by name."""
    names = {at.IN_FLIGHT: "in_flight", at.SERVED: "served"}
    names |= dict(enumerate(at.OUTCOMES, 1))
    return [names[number] for number in made.state.outcome.tolist()]


def finish(made: WebTier) -> None:
    """Run until everybody is served; health checks go on for ever."""
    made.run_until(float(made.state.arrival_s[-1]) + 10_000.0)


def waits_s(made: WebTier) -> np.ndarray:
    return made.state.start_s - made.state.arrival_s


@contextmanager
def plain_python(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every kernel and every part of one as Python, so that no compiled code runs at all."""
    with monkeypatch.context() as patch:
        for name in MODULES:
            module = importlib.import_module(f"aws14.kernels.{name}")
            for attribute, value in list(vars(module).items()):
                if hasattr(value, "py_func"):
                    patch.setattr(module, attribute, value.py_func)
        yield


def same_bits(one: WebTier, other: WebTier, *, names: Sequence[str] = at.Tier._fields) -> None:
    for name in names:
        assert getattr(one.state, name).tobytes() == getattr(other.state, name).tobytes(), name


Play = Callable[[WebTier], None]

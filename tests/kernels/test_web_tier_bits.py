"""The web tier gives the same bits compiled and in Python, in one piece and in many, directly and by events."""

from __future__ import annotations

import numpy as np
import pytest

from aws14.kernels import tier_state as at
from aws14.model import Retries
from aws14.sim.tier_rules import TierRequests, TierRules
from aws14.sim.web_tier import WebTier
from tests.kernels.tier_case import enroll, outcomes, plain_python, requests, rules, same_bits

END_S = 600.0
WAYS = ((0.05, 0.08, 0.02), (0.3, 0.5, 0.1))


def crowd(random, size: int, *, database: bool) -> TierRequests:
    """Two cities and a few visitors, more than the servers can bear at times."""
    sent_s = np.sort(random("sent").uniform(0, END_S, size))
    city = random("city").integers(0, 2, size)
    arrival_s = sent_s + np.array(WAYS)[city, 0]
    order = np.argsort(arrival_s, kind="stable")
    return requests(
        arrival_s[order],
        random("page").exponential(1.2, size),
        db_s=np.where(random("asks").random(size) < 0.7, random("database").exponential(0.3, size), 0.0)
        if database
        else None,
        luck=random("luck").random(size),
        session=random("session").integers(-1, size // 6, size),
        way_s=WAYS,
        city=city[order],
        sent_s=sent_s[order],
    )


def eventful(**other) -> TierRules:
    given = {
        "interval_s": 10.0, "timeout_s": 2.0, "healthy_checks": 2, "connect_s": 3.0, "patience_s": 6.0,
        "idle_s": 9.0, "backlog": 6, "connections": 11, "db_workers": 2, "db_connect_s": 4.0, "sessions": True,
    }  # fmt: skip
    return rules(**given | other)


CASES = {
    "round robin, slow start, retries": eventful(
        slow_start_s=60.0, idle_s=4.0, retries=Retries(times=2, after_s=1.5, growth=2.0)
    ),
    "least outstanding, deep checks, jitter": eventful(
        algorithm="least_outstanding_requests", db_check_s=0.4, retries=Retries(times=3, after_s=2.0, jitter=True)
    ),
    "random, sticky": eventful(algorithm="weighted_random", sticky_s=40.0),
}
DIRECT_CASES = {
    "round robin, slow start": eventful(slow_start_s=60.0),
    "random, sticky": eventful(algorithm="weighted_random", sticky_s=40.0),
    "narrow": eventful(backlog=0, connections=3),
    "impatient load balancer": eventful(idle_s=2.0),
}


def play(load: TierRequests, how: TierRules, *, direct: bool | None = None, cuts: tuple[float, ...] = ()) -> WebTier:
    """Ten minutes in which everything happens that can happen to a tier."""
    made = WebTier(load, how, nodes=2, horizon_s=END_S, tick_s=60.0, direct=direct)
    rows = [enroll(made, workers=workers, nodes=2, first_check_s=k) for k, workers in enumerate((3, 2, 3))]

    def until(at_s: float) -> None:
        for cut_s in cuts:
            if made.at_s < cut_s < at_s:
                made.run_until(cut_s)
        made.run_until(at_s)

    until(60.0)
    made.break_target(rows[0])
    until(110.0)
    made.set_database_pace(4.0)
    until(150.0)
    new = enroll(made, workers=4, nodes=2, health="initial", first_check_s=150.0)
    made.heal_target(rows[0])
    until(190.0)
    made.set_database_pace(1.0)
    made.break_node(1)
    made.break_target(rows[0])
    until(200.0)
    made.heal_target(rows[0])
    until(230.0)
    made.name_nodes([0])
    made.deregister(rows[1])
    until(260.0)
    made.remove(rows[1])
    made.misfit(rows[2])
    until(300.0)
    made.break_database()
    until(340.0)
    for row in (rows[0], new):
        made.reach_database(row)
    made.heal_node(1)
    made.name_nodes([0, 1])
    until(400.0)
    for row in (rows[0], rows[2], new):
        made.break_target(row)
    made.name_nodes([])
    until(430.0)
    made.name_nodes([0, 1])
    for row in (rows[0], rows[2], new):
        made.heal_target(row)
        made.reach_database(row)
    until(480.0)
    for row in (rows[0], rows[2], new):
        made.deregister(row)
    until(500.0)
    enroll(made, workers=8, nodes=2, health="initial", first_check_s=501.0)
    until(END_S)
    return made


@pytest.mark.parametrize("case", CASES)
def test_compiled_code_and_its_source_give_the_same_bits(random, monkeypatch, case):
    load = crowd(random, 2_500, database=True)
    compiled = play(load, CASES[case])
    with plain_python(monkeypatch):
        source = play(load, CASES[case])
    same_bits(compiled, source)
    assert compiled.log == source.log
    assert {"served", "session_lost"} <= set(outcomes(compiled))


@pytest.mark.parametrize("case", DIRECT_CASES)
def test_the_direct_way_in_source(random, monkeypatch, case):
    load = crowd(random, 2_500, database=False)
    compiled = play(load, DIRECT_CASES[case], direct=True)
    with plain_python(monkeypatch):
        source = play(load, DIRECT_CASES[case], direct=True)
    same_bits(compiled, source)


@pytest.mark.parametrize("case", CASES)
def test_a_run_may_be_cut_anywhere(random, case):
    load = crowd(random, 4_000, database=True)
    whole = play(load, CASES[case])
    arrivals = load.arrival_s[::97]
    cuts = tuple(np.sort(np.concatenate([random("cuts").uniform(0, END_S, 300), arrivals])).tolist())
    pieces = play(load, CASES[case], cuts=cuts)
    same_bits(whole, pieces, names=[name for name in at.Tier._fields if name not in ("log", "log_s")])
    assert whole.log == pieces.log and len(whole.log) > 20


@pytest.mark.parametrize("case", DIRECT_CASES)
def test_committing_on_arrival_changes_nothing(random, case):
    load = crowd(random, 6_000, database=False)
    by_events = play(load, DIRECT_CASES[case], direct=False)
    cuts = tuple(np.sort(random("cuts").uniform(0, END_S, 100)).tolist())
    directly = play(load, DIRECT_CASES[case], direct=True, cuts=cuts)
    assert by_events.log == directly.log and len(by_events.log) > 20
    for name in ("outcome", "seen_s"):
        one, other = getattr(by_events.state, name).copy(), getattr(directly.state, name).copy()
        late = (by_events.state.seen_s > END_S) & (directly.state.seen_s > END_S)
        one[late], other[late] = 0, 0
        assert np.array_equal(one, other), name
    began = by_events.state.start_s < END_S
    assert np.array_equal(by_events.state.start_s[began], directly.state.start_s[began])
    np.testing.assert_allclose(by_events.state.minute_s[:, : at.LATENCY_S], directly.state.minute_s[:, : at.LATENCY_S])
    assert np.array_equal(by_events.state.minute, directly.state.minute)


def test_what_the_cases_reach(random):
    """Every outcome and every phase of the story is in the cases above; else they would prove nothing."""
    found = set()
    for how in CASES.values():
        found |= set(outcomes(play(crowd(random, 4_000, database=True), how)))
    assert found == {"in_flight", "served", *at.OUTCOMES} - {"blocked", "no_route"}

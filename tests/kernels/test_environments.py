"""Execution environments: by hand, bit for bit against the source, against a plain model and published figures."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest

from aws14.kernels import environments as loop
from aws14.kernels import token_bucket
from aws14.sim.environments import Rules, invoke
from aws14.sim.streams import exponentials, stream

PARTS = (
    *("serve_first", "lasts_s", "_next_s", "_fill", "_ends_s", "_release", "_give_up", "_choose", "_connect"),
    *("pop", "push", "replace", "refilled"),
)


def played(arrival_s, work_s, *, start_s=1.0, keep_s=100.0, db_s=0.0, **rules):
    size = len(arrival_s)
    return invoke(
        np.array(arrival_s, np.float64),
        np.broadcast_to(np.asarray(work_s, np.float64), size),
        np.broadcast_to(np.asarray(db_s, np.float64), size),
        start_s=np.atleast_1d(np.asarray(start_s, np.float64)),
        keep_s=np.atleast_1d(np.asarray(keep_s, np.float64)),
        rules=Rules(**{"limit": 1000, **rules}),
    )


def test_the_newest_idle_one_is_taken_and_the_oldest_given_up():
    x = played([0.0, 0.5, 10.0, 60.0, 110.0, 200.0], 2.0, keep_s=100.0)
    assert x.env.tolist() == [0, 1, 1, 1, 1, 1]
    assert x.begin_s.tolist() == [1.0, 1.5, 10.0, 60.0, 110.0, 200.0]
    assert x.gone_s.tolist() == [103.0, 302.0]
    assert x.cold.tolist() == [True, True, False, False, False, False]
    assert x.standing(np.array([0.5, 102.9, 103.0, 301.9, 302.0])).tolist() == [2, 2, 1, 1, 0]
    assert x.running(np.array([0.5, 2.9, 3.0, 3.5, 11.0])).tolist() == [2, 2, 1, 0, 1]


def test_an_environment_ends_and_is_given_up_before_the_newcomer_is_seen():
    assert played([0.0, 3.0], 2.0).env.tolist() == [0, 0]  # free at the very instant
    assert played([0.0, 103.0], 2.0).env.tolist() == [0, 1]  # gone at the very instant


def test_an_environment_kept_for_a_shorter_time_leaves_the_middle_of_the_stack():
    x = played([0.0, 0.1, 0.2, 30.0, 30.0], 1.0, keep_s=[100.0, 5.0, 100.0])
    assert x.env[3:].tolist() == [2, 0]
    assert x.gone_s[1] == pytest.approx(7.1)


def test_no_more_run_than_are_allowed_and_those_kept_ready_count():
    x = played([0.0, 0.1, 0.2, 0.3], 5.0, limit=3, provisioned=1)
    assert x.env.tolist() == [-1, 0, 1, -2]
    assert x.verdict.tolist() == [loop.ANSWERED, loop.ANSWERED, loop.ANSWERED, loop.THROTTLED]
    assert x.begin_s[0] == 0.0 and math.isnan(x.begin_s[3])


def test_a_start_holds_its_place_and_a_bucket_limits_starts():
    x = played([0.0, 0.1, 0.2, 2.0], 0.5, start_rate=1.0, start_burst=2.0)
    assert x.env.tolist() == [0, 1, -2, 1]  # the third finds no token, the fourth one that is idle
    x = played([0.0, 0.5], 0.1, limit=1)
    assert x.env.tolist() == [0, -2]


def test_a_time_out_ends_the_environment_and_does_not_count_the_start():
    x = played([0.0, 20.0], [9.5, 1.0], start_s=3.0, timeout_s=9.0)
    assert x.end_s.tolist() == [12.0, 24.0]
    assert x.verdict.tolist() == [loop.TIMED_OUT, loop.ANSWERED]
    assert x.env.tolist() == [0, 1] and x.gone_s[0] == 12.0


def test_connections_are_kept_by_idle_environments_and_given_back_with_them():
    storm = played([0.0, 0.0, 0.0, 50.0, 50.0, 50.0, 300.0], 1.0, connections_each=1, connections_most=2)
    assert storm.verdict.tolist() == [0, 0, 3, 0, 0, 3, 0]
    assert storm.end_s[2] == 1.0  # it fails when its program has started
    assert storm.env[6] == 4
    ready = played([0.0, 0.0], 1.0, connections_each=1, connections_most=2, provisioned=2, limit=10)
    assert ready.verdict.tolist() == [0, 0]


def test_the_database_takes_work_in_the_order_in_which_functions_begin():
    x = played([0.0, 0.1, 0.2, 5.0, 5.0], 0.0, db_s=1.0, start_s=[1.0, 0.5, 0.01], database_servers=1)
    assert x.end_s[:3].tolist() == pytest.approx([3.21, 2.21, 1.21])
    assert x.end_s[3:].tolist() == pytest.approx([6.0, 7.0])


def random_case(name, size, *, rate=40.0):
    random = stream(7, name)
    arrival_s = np.cumsum(exponentials(random, size)) / rate
    return {
        "arrival_s": arrival_s,
        "work_s": exponentials(random, size) * 0.4,
        "db_s": np.where(random.random(size) < 0.5, exponentials(random, size) * 0.05, 0.0),
        "start_s": exponentials(random, 64),
        "keep_s": 0.5 + 2 * random.random(64),
        "rules": Rules(
            limit=30, provisioned=3, timeout_s=1.5, start_rate=2.0, start_burst=5.0, connections_each=1,
            connections_most=22.0, database_servers=2,
        ),
    }  # fmt: skip


def test_the_compiled_loop_and_its_source_give_the_same_bits(monkeypatch):
    case = random_case("bits", 6_000)
    compiled = invoke(**case)
    for name in PARTS:
        monkeypatch.setattr(loop, name, getattr(loop, name).py_func)
    for module in (token_bucket,):
        monkeypatch.setattr(module, "refilled", module.refilled.py_func)
    from aws14.kernels import timed_heap

    monkeypatch.setattr(timed_heap, "replace", timed_heap.replace.py_func)
    monkeypatch.setattr(loop, "invoke", loop.invoke.py_func)
    source = invoke(**case)
    for name in ("begin_s", "end_s", "verdict", "env", "created_s", "gone_s"):
        assert getattr(compiled, name).tobytes() == getattr(source, name).tobytes(), name
    assert set(compiled.verdict.tolist()) == {0, 1, 2, 3}
    assert set(compiled.env.tolist()) >= {-2, -1, 0}


def straightforward(arrival_s, work_s, start_s, keep_s, limit):
    """The same rules without time-outs, buckets and databases, by scanning a list of environments."""
    environments: list[list[float]] = []  # free from, gone at
    begins, made = [], 0
    for i, now_s in enumerate(arrival_s):
        environments = [each for each in environments if each[1] > now_s]
        if sum(each[0] > now_s for each in environments) >= limit:
            begins.append(math.nan)
            continue
        idle = [each for each in environments if each[0] <= now_s]
        begin_s = now_s
        if idle:
            chosen = max(idle, key=lambda each: each[0])
        else:
            chosen = [0.0, 0.0, keep_s[made % len(keep_s)]]
            environments.append(chosen)
            begin_s += start_s[made % len(start_s)]
            made += 1
        chosen[0] = begin_s + work_s[i]
        chosen[1] = chosen[0] + chosen[2]
        begins.append(begin_s)
    return np.array(begins), made


def test_a_straightforward_model_agrees_on_every_invocation():
    case = random_case("plain", 4_000)
    x = invoke(**case | {"db_s": np.zeros(4_000), "rules": Rules(limit=20)})
    begins, made = straightforward(
        case["arrival_s"].tolist(), case["work_s"].tolist(), case["start_s"].tolist(), case["keep_s"].tolist(), 20
    )
    np.testing.assert_array_equal(x.begin_s, begins)
    assert made == len(x.created_s) > 50 and np.isnan(begins).any()


def test_most_running_is_that_of_an_event_list():
    case = random_case("most", 3_000)
    x = invoke(**case)
    ran, ends, most = 0, [], [0] * 10
    tick_s = 10.0
    for come_s, end_s in sorted(zip(x.arrival_s[x.ran], x.end_s[x.ran], strict=True)):
        while ends and ends[0] <= come_s:
            heapq.heappop(ends)
            ran -= 1
        heapq.heappush(ends, end_s)
        ran += 1
        most[min(9, int(come_s / tick_s))] = max(most[min(9, int(come_s / tick_s))], ran)
    found = x.most_running(tick_s, 10)
    assert (found >= np.array(most)).all() and found[:7].tolist() == most[:7]


def z_of(values, expected):
    return (np.mean(values) - expected) / (np.std(values, ddof=1) / math.sqrt(len(values)))


@pytest.fixture(scope="module")
def simfaas():
    """SimFaaS's own example: 0.9 a second, 1.991 s warm, 2.244 s cold, kept for 600 s; 20 runs of 300,000 s."""
    rows, until_s = [], 300_000.0
    for replication in range(20):
        random = stream(2021, "simfaas", replication)
        arrival_s = np.cumsum(exponentials(random, int(0.9 * until_s * 1.02))) / 0.9
        arrival_s = arrival_s[arrival_s < until_s]
        x = invoke(
            arrival_s, exponentials(random, len(arrival_s)) * 1.991, np.zeros(len(arrival_s)),
            start_s=exponentials(random, 1 << 14) * 0.253, keep_s=np.full(1, 600.0), rules=Rules(limit=1_000_000),
        )  # fmt: skip
        settled = arrival_s > 5_000
        looks_s = np.arange(5_000, until_s, 13.0)
        rows.append((x.cold[settled].mean(), x.standing(looks_s).mean(), x.running(looks_s).mean()))
    return np.array(rows)


@pytest.mark.parametrize(("column", "published", "half_width"), [(0, 0.001353, 42e-6), (1, 7.696, 0.017)])
def test_simfaas_publishes_the_same_share_of_cold_starts_and_number_of_servers(simfaas, column, published, half_width):
    ours = simfaas[:, column]
    error = np.std(ours, ddof=1) / math.sqrt(len(ours))
    assert abs(ours.mean() - published) < 4 * math.hypot(error, half_width / 2)


def test_running_concurrency_is_rate_times_duration(simfaas):
    assert abs(z_of(simfaas[:, 2], 0.9 * (1.991 + 0.001353 * 0.253))) < 4


@pytest.mark.parametrize(("limit", "load"), [(10, 8.0), (5, 3.0), (20, 16.0)])
def test_refusals_are_erlangs(limit, load):
    erlang = 1.0
    for servers in range(1, limit + 1):
        erlang = load * erlang / (servers + load * erlang)
    shares = []
    for replication in range(40):
        random = stream(30, f"erlang {limit}", replication)
        arrival_s = np.cumsum(exponentials(random, 40_000)) / load
        x = played(arrival_s, exponentials(random, 40_000), start_s=0.0, keep_s=1e9, limit=limit)
        shares.append((x.verdict[2_000:] == loop.THROTTLED).mean())
    assert abs(z_of(shares, erlang)) < 4


def test_cold_starts_of_a_lonely_function_are_the_gaps_longer_than_it_is_kept():
    """One call at a time: a gap of exp(1/900) beyond 600 s is a cold start."""
    shares = []
    for replication in range(30):
        random = stream(31, "lonely", replication)
        arrival_s = np.cumsum(exponentials(random, 4_000)) * 900.0
        shares.append(played(arrival_s, 1e-6, start_s=1e-6, keep_s=600.0).cold[1:].mean())
    assert abs(z_of(shares, math.exp(-600 / 900))) < 4

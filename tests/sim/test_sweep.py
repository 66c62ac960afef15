"""Sweeps on threads are runs one after the other; what-if copies say what they changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14.errors import DesignError, ScenarioError
from aws14.model import Steady
from aws14.sim import simulate, sweep, what_if


def test_threads_give_the_traces_of_one_after_the_other(site, hour):
    types = ("t3.nano", "t3.small", "t3.xlarge")
    runs = [
        (what_if(site, "web", instance_type=name), replace(hour, replication=replication))
        for replication in range(4)
        for name in types
    ]
    for threaded, run in zip(sweep(runs, threads=4), runs, strict=True):
        alone = simulate(*run)
        assert (threaded.pattern, threaded.replication) == (alone.pattern, alone.replication)
        for name in ("offered", "served", "busy_s", "wasted_s", "histogram", "response_time_sum_s"):
            assert getattr(threaded, name).tobytes() == getattr(alone, name).tobytes()


def test_a_sweep_keeps_requests_when_asked_and_raises_what_a_run_raises(site, hour):
    assert sweep([(site, hour)], keep="requests")[0].requests is not None
    with pytest.raises(ScenarioError, match="requests per second"):
        sweep([(site, hour), (site, replace(hour, load=Steady(rate_rps=-1.0)))])


def test_common_random_numbers_make_the_difference_of_two_designs_sharper(site, hour):
    """The paired difference varies less between replications than the two alone would have it."""
    pairs = [(site, replace(hour, replication=k)) for k in range(10)]
    others = [(what_if(site, "web", instance_type="t3.xlarge"), scenario) for _, scenario in pairs]
    means = [np.array([t.response_time_sum_s.sum() / t.served.sum() for t in sweep(runs)]) for runs in (pairs, others)]
    assert np.corrcoef(means)[0, 1] > 0.3
    assert np.var(means[0] - means[1]) < np.var(means[0]) + np.var(means[1])


def test_a_changed_copy_says_so_and_leaves_the_original(site):
    changed = what_if(site, "web", instance_type="t3.large", state="running")
    assert changed.name == "site (what if web: instance_type=t3.large, state=running)"
    assert changed.node("web").attributes["instance_type"] == "t3.large"
    assert changed.node("web").attributes["public_ipv4"] == site.node("web").attributes["public_ipv4"]
    assert site.node("web").attributes["instance_type"] == "t3.small"
    assert (changed.origin, changed.links) == (site.origin, site.links)


@pytest.mark.parametrize(("node_id", "attribute"), [("wbe", "state"), ("web", "instance_size")])
def test_a_change_of_something_that_is_not_there_is_refused(site, node_id, attribute):
    with pytest.raises(DesignError, match=node_id if node_id != "web" else attribute):
        what_if(site, node_id, **{attribute: "x"})

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


def test_a_changed_state_or_address_of_an_instance_is_one_of_its_network(site):
    def interfaces(topology):
        return {each.instance: (each.state, each.public_ipv4) for each in topology.network.interfaces}

    built = interfaces(site)
    assert interfaces(what_if(site, "web", state="stopped")) == built | {"i-web": ("stopped", built["i-web"][1])}
    moved = what_if(site, "db", public_ipv4="203.0.113.77")
    assert interfaces(moved) == built | {"i-db": ("running", "203.0.113.77")}
    assert interfaces(what_if(moved, "db", public_ipv4="")) == built
    assert what_if(site, "web", instance_type="t3.large").network == site.network
    assert what_if(site, "nat", state="deleted").network == site.network
    assert what_if(replace(site, network=None), "web", state="stopped").network is None


@pytest.mark.parametrize(("node_id", "attribute"), [("wbe", "state"), ("web", "instance_size")])
def test_a_change_of_something_that_is_not_there_is_refused(site, node_id, attribute):
    with pytest.raises(DesignError, match=node_id if node_id != "web" else attribute):
        what_if(site, node_id, **{attribute: "x"})

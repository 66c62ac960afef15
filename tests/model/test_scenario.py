"""A scenario that cannot be run is refused with the value given and the values allowed."""

from __future__ import annotations

import pytest

from aws14.errors import Aws14Error, ScenarioError
from aws14.model import Application, Scenario, Steady

APP = Application(service_time_s=0.1)


def scenario(**changes: object) -> Scenario:
    values = {"name": "x", "load": Steady(rate_rps=1), "application": APP, "entry": "web", "users": {"Tokyo": 1.0}}
    return Scenario(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"users": {"Tokyo": 0.6, "Osaka": 0.5}}, "add up to 1.1"),
        ({"users": {}}, "users is {}"),
        ({"users": {"Tokyo": 1.5, "Osaka": -0.5}}, "share >= 0"),
        ({"horizon_s": 0}, "horizon_s is 0"),
        ({"horizon_s": float("inf")}, "horizon_s is inf"),
    ],
)
def test_runs_that_cannot_be(changes, words):
    with pytest.raises(ScenarioError, match=words):
        scenario(**changes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_time_s", 0),
        ("client_timeout_s", -1),
        ("user_mbps", 0),
        ("response_kib", -1),
        ("workers_per_vcpu", 0),
        ("backlog", -1),
        ("max_connections", 0),
    ],
)
def test_servers_that_cannot_be(name, value):
    with pytest.raises(ScenarioError, match=f"{name} is {value}"):
        Application(**{"service_time_s": 0.1, name: value})


def test_thirds_add_up():
    assert scenario(users={"Tokyo": 1 / 3, "Osaka": 1 / 3, "Sapporo": 1 / 3}).seed == 14


def test_an_error_reads_as_sentences():
    error = Aws14Error("the type is 't9.huge'", allowed="t3.micro, t3.small", cure="look at the list")
    assert str(error) == "the type is 't9.huge'. Allowed: t3.micro, t3.small. Try: look at the list."
    assert error._render_traceback_() == [f"Aws14Error: {error}"]

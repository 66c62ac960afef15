"""The state of an alarm: the tables of the CloudWatch user guide, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aws14.errors import DesignError
from aws14.sim.alarms import COMPARISONS, TREATMENTS, Rule, evaluation_range, few, state

BREACH = {"X": 1.0, "0": 0.0, "-": None}
INSUFFICIENT = "INSUFFICIENT_DATA"


def rule(m: int = 3, n: int = 3, treat: str = "missing", comparison: str = "GreaterThanThreshold") -> Rule:
    return Rule(comparison=comparison, threshold=0.5, evaluation_periods=n, datapoints_to_alarm=m, treat_missing=treat)


@pytest.mark.parametrize(
    ("m", "points", "expected"),
    [
        # missing, ignore, breaching, notBreaching
        (3, "0-X-X", ("OK", "OK", "OK", "OK")),
        (3, "0----", ("OK", "OK", "OK", "OK")),
        (3, "-----", (INSUFFICIENT, "before", "ALARM", "OK")),
        (3, "0XX-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (3, "--X--", ("ALARM", "before", "ALARM", "OK")),
        (2, "0-X-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (2, "00X0X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (2, "0-X--", ("OK", "OK", "ALARM", "OK")),
        (2, "----0", ("OK", "OK", "ALARM", "OK")),
        (2, "---X-", ("ALARM", "before", "ALARM", "OK")),
        # The rule against premature alarms: one breach younger than M periods is no alarm yet.
        (3, "----X", (INSUFFICIENT, "before", "ALARM", "OK")),
        (3, "---X-", (INSUFFICIENT, "before", "ALARM", "OK")),
        (3, "X----", ("ALARM", "before", "ALARM", "OK")),
    ],
)
def test_rows_of_the_guide(m, points, expected):
    assert len(points) == evaluation_range(rule(m))
    datapoints = [BREACH[point] for point in points]
    found = tuple(state(rule(m, treat=treat), datapoints, before="before") for treat in TREATMENTS)
    assert found == expected


@pytest.mark.parametrize(
    ("comparison", "at_threshold", "above"),
    [
        ("GreaterThanOrEqualToThreshold", True, True),
        ("GreaterThanThreshold", False, True),
        ("LessThanThreshold", False, False),
        ("LessThanOrEqualToThreshold", True, False),
    ],
)
def test_comparisons(comparison, at_threshold, above):
    assert rule(comparison=comparison).breaches(0.5) is at_threshold
    assert rule(comparison=comparison).breaches(0.6) is above


def test_m_of_n_need_not_be_neighbours():
    assert state(rule(2), [0, 0, 1, 0, 1], before="OK") == "ALARM"
    assert state(rule(2), [1, 1, 0, 0, 1], before="OK") == "OK", "what is older than N does not count"


@given(some.lists(some.sampled_from([0.0, 1.0]), min_size=5, max_size=5), some.integers(1, 3))
def test_how_missing_data_is_treated_does_not_matter_where_none_is_missing(points, m):
    found = {state(rule(m, treat=treat), points, before="before") for treat in TREATMENTS}
    assert found == {"ALARM" if sum(points[-3:]) >= m else "OK"}


@given(some.lists(some.sampled_from([0.0, 1.0, None]), max_size=5), some.integers(1, 3), some.sampled_from(TREATMENTS))
def test_breaching_alarms_whenever_another_does_and_not_breaching_never_alone(points, m, treat):
    found = {each: state(rule(m, treat=each), points, before="OK") for each in TREATMENTS}
    if found[treat] == "ALARM":
        assert found["breaching"] == "ALARM"
    if found["notBreaching"] == "ALARM":
        assert set(found.values()) == {"ALARM"}


@pytest.mark.parametrize(("percentile", "samples", "answer"), [(99, 999, True), (99, 1000, False), (10, 99, True)])
def test_percentiles_on_few_samples(percentile, samples, answer):
    assert few(percentile, samples) is answer


@pytest.mark.parametrize("wrong", [{"comparison": "Above"}, {"treat": "zero"}, {"m": 4}, {"m": 0}])
def test_rules_that_cloudwatch_does_not_know(wrong):
    with pytest.raises(DesignError, match="alarm"):
        rule(**wrong)
    assert len(COMPARISONS) == 4

"""Metrics: kept by name, asked for by period, statistic, percentile and expression."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as some

from aws14.emulator.cloudwatch.composite import holds
from aws14.emulator.cloudwatch.expressions import ExpressionError, evaluate
from aws14.emulator.cloudwatch.statistics import statistic
from aws14.emulator.cloudwatch.store import Sample, Series

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
WEB = [{"Name": "Server", "Value": "web"}]


def sample(t: float, value: float, number: float = 1.0) -> Sample:
    return Sample(t, value, value, value * number, number, ((value, number),))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Average", 2.5),
        ("Sum", 10.0),
        ("Minimum", 1.0),
        ("Maximum", 4.0),
        ("SampleCount", 4.0),
        ("p50", 2.0),
        ("p99", 4.0),
    ],
)
def test_statistics(name, expected):
    assert statistic(name, [sample(0, value) for value in (4.0, 1.0, 3.0, 2.0)]) == expected
    assert statistic(name, []) is None


@given(some.lists(some.tuples(some.floats(0, 1e6), some.integers(1, 9)), min_size=1, max_size=20), some.integers(1, 99))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(pairs, percent):
    found = statistic(f"p{percent}", [sample(0, value, number) for value, number in pairs])
    every = sorted(value for value, number in pairs for _ in range(number))
    assert found == every[max(0, math.ceil(percent / 100 * len(every) - 1e-9) - 1)]


@given(some.lists(some.integers(0, 50), max_size=30), some.integers(0, 50), some.integers(0, 50))
def test_samples_are_found_in_whatever_order_they_came(times, start, end):
    series = Series()
    for t in times:
        series.add(sample(t, 1.0))
    assert [one.t for one in series.between(start, end)] == sorted(t for t in times if start <= t < end)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", [11.0, None, None, 44.0]),
        ("100 * a / b", [10.0, None, None, 10.0]),
        ("a / (b - b)", [None, None, None, None]),
        ("-a ^ 2", [-1.0, -4.0, None, -16.0]),
        ("FILL(a, 0)", [1.0, 2.0, 0.0, 4.0]),
        ("FILL(a, REPEAT)", [1.0, 2.0, 2.0, 4.0]),
        ("FILL(a, LINEAR)", [1.0, 2.0, 3.0, 4.0]),
        ("RATE(a)", [None, 1 / 60, None, 1 / 60]),
        ("DIFF(a)", [None, 1.0, None, 2.0]),
        ("SUM(METRICS())", [11.0, 2.0, 30.0, 44.0]),
        ("MAX([a, b])", [10.0, 2.0, 30.0, 40.0]),
        ("MAX(a)", [4.0, 4.0, 4.0, 4.0]),
        ("a - AVG(a)", [1 - 7 / 3, 2 - 7 / 3, None, 4 - 7 / 3]),
        ("IF(a > 1, b, 0)", [0.0, None, 0.0, 40.0]),
        ("IF(a > 1 AND a < 3, 7)", [None, 7.0, None, None]),
        ("a / PERIOD(a)", [1 / 60, 2 / 60, None, 4 / 60]),
        ("CEIL(a / 4)", [1.0, 1.0, None, 1.0]),
    ],
)
def test_expressions(expression, expected):
    metrics = {"a": [1.0, 2.0, None, 4.0], "b": [10.0, None, 30.0, 40.0]}
    found = evaluate(expression, metrics, period=60)
    assert found == [None if value is None else pytest.approx(value) for value in expected]


@pytest.mark.parametrize("wrong", ["a +", "c", "LOG(a)", "METRICS()", "__import__('os')", "FILL(a)", "a.b", "'a'"])
def test_expressions_that_are_none(wrong):
    with pytest.raises(ExpressionError):
        evaluate(wrong, {"a": [1.0], "b": [2.0]}, period=60)


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("ALARM(a)", True),
        ("ALARM(a) AND ALARM(b)", False),
        ("ALARM(b) OR ALARM(a) AND OK(b)", True),
        ("NOT (ALARM(a) OR OK(b))", False),
        ('ALARM("arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:a")', True),
        ("ALARM(nobody)", False),
        ("TRUE AND NOT FALSE", True),
    ],
)
def test_composite_rules(rule, answer):
    assert holds(rule, {"a": "ALARM", "b": "OK"}.get) is answer


@pytest.fixture
def cloudwatch(clean_emulator, aws):
    return aws("cloudwatch")


@pytest.fixture
def minutes(cloudwatch):
    """Values 1 to 10 of a metric, one a minute from 9:00."""
    data = [
        {
            "MetricName": "Busy",
            "Dimensions": WEB,
            "Timestamp": START + timedelta(minutes=at),
            "Value": at + 1.0,
            "Unit": "Percent",
        }
        for at in range(10)
    ]
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
    return {"Namespace": "Shop", "MetricName": "Busy", "Dimensions": WEB}


def ask(cloudwatch, metric, *, start=0, end=10, period=60, **more):
    span = {"StartTime": START + timedelta(minutes=start), "EndTime": START + timedelta(minutes=end)}
    found = cloudwatch.get_metric_statistics(**metric, **span, Period=period, **more)["Datapoints"]
    return {int((one["Timestamp"] - START).total_seconds() // 60): one for one in found}


def test_periods_begin_with_the_start(cloudwatch, minutes):
    found = ask(cloudwatch, minutes, period=300, Statistics=["Average", "SampleCount"])
    assert {at: one["Average"] for at, one in found.items()} == {0: 3.0, 5: 8.0}
    assert {(one["SampleCount"], one["Unit"]) for one in found.values()} == {(5.0, "Percent")}
    shifted = ask(cloudwatch, minutes, start=2, end=12, period=300, Statistics=["Sum"])
    assert {at: one["Sum"] for at, one in shifted.items()} == {2: 25.0, 7: 27.0}


def test_percentiles_of_values_but_not_of_statistic_sets(cloudwatch, minutes):
    found = ask(cloudwatch, minutes, period=600, ExtendedStatistics=["p90", "p50"])
    assert found[0]["ExtendedStatistics"] == {"p90": 9.0, "p50": 5.0}
    summary = {"Sum": 30.0, "Minimum": 1.0, "Maximum": 9.0, "SampleCount": 5.0}
    datum = {"MetricName": "Busy", "Dimensions": WEB, "Timestamp": START, "StatisticValues": summary}
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[datum])
    found = ask(cloudwatch, minutes, period=600, Statistics=["Sum"], ExtendedStatistics=["p90"])
    assert found[0]["Sum"] == 85.0
    assert "ExtendedStatistics" not in found[0]


def test_each_combination_of_dimensions_is_a_metric_of_its_own(cloudwatch, minutes):
    bare = {"Namespace": "Shop", "MetricName": "Busy"}
    assert ask(cloudwatch, bare, Statistics=["Sum"]) == {}
    assert len(ask(cloudwatch, minutes, Statistics=["Sum"])) == 10


def test_only_one_unit(cloudwatch, minutes):
    assert ask(cloudwatch, minutes, Statistics=["Sum"], Unit="Count") == {}
    assert len(ask(cloudwatch, minutes, Statistics=["Sum"], Unit="Percent")) == 10


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Statistics": ["Sum"], "period": 45}, "InvalidParameterValue"),
        ({"ExtendedStatistics": ["tm99"]}, "InvalidParameterValue"),
        ({}, "InvalidParameterCombination"),
        ({"Statistics": ["Sum"], "end": 0}, "InvalidParameterValue"),
        ({"Statistics": ["Sum"], "end": 1441}, "InvalidParameterCombination"),
    ],
)
def test_questions_that_are_refused(cloudwatch, minutes, asked, code):
    with pytest.raises(ClientError) as refused:
        ask(cloudwatch, minutes, **asked)
    assert refused.value.response["Error"]["Code"] == code


def data(cloudwatch, *queries, **more):
    span = {"StartTime": START, "EndTime": START + timedelta(minutes=10)}
    found = cloudwatch.get_metric_data(MetricDataQueries=list(queries), **span, **more)["MetricDataResults"]
    return {one["Id"]: one for one in found}


def test_metric_data_with_an_expression(cloudwatch, minutes):
    busy = {"Id": "busy", "MetricStat": {"Metric": minutes, "Period": 300, "Stat": "Average"}, "ReturnData": False}
    double = {"Id": "double", "Expression": "busy * 2"}
    found = data(cloudwatch, busy, double, {"Id": "four", "Expression": "double * 2", "Label": "Times four"})
    assert list(found) == ["double", "four"]
    assert found["double"]["Values"] == [16.0, 6.0], "the newest first"
    assert (found["four"]["Label"], found["four"]["Values"]) == ("Times four", [32.0, 12.0])
    assert found["double"]["Timestamps"] == [START + timedelta(minutes=5), START]
    found = data(cloudwatch, busy | {"ReturnData": True}, ScanBy="TimestampAscending")
    assert (found["busy"]["Label"], found["busy"]["Values"]) == ("Busy Average", [3.0, 8.0])


@pytest.mark.parametrize("expression", ["nobody * 2", "twice(", "round_"])
def test_expressions_that_are_refused(cloudwatch, minutes, expression):
    with pytest.raises(ClientError, match="round_"):
        data(cloudwatch, {"Id": "round_", "Expression": expression})


def test_metrics_are_listed_once_and_by_their_dimensions(cloudwatch, minutes):
    found = cloudwatch.list_metrics(Namespace="Shop")["Metrics"]
    assert found == [minutes]
    assert cloudwatch.list_metrics(Dimensions=[{"Name": "Server"}])["Metrics"] == [minutes]
    assert cloudwatch.list_metrics(Dimensions=[{"Name": "Server", "Value": "db"}])["Metrics"] == []
    many = [{"MetricName": f"m{number:03d}", "Value": 1.0} for number in range(600)]
    cloudwatch.put_metric_data(Namespace="Many", MetricData=many)
    pages = list(cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many"))
    assert [len(page["Metrics"]) for page in pages] == [500, 100]


def test_the_sizes_of_buckets_are_metrics_too(cloudwatch, aws):
    aws("s3").create_bucket(Bucket="shop-files", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    aws("s3").put_object(Bucket="shop-files", Key="a", Body=b"12345")
    names = {one["MetricName"] for one in cloudwatch.list_metrics(Namespace="AWS/S3")["Metrics"]}
    assert names == {"BucketSizeBytes", "NumberOfObjects"}


def test_alarms_for_a_metric(cloudwatch, minutes):
    shared = {
        "Namespace": "Shop",
        "MetricName": "Busy",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    cloudwatch.put_metric_alarm(AlarmName="web", Dimensions=WEB, Statistic="Average", **shared)
    cloudwatch.put_metric_alarm(AlarmName="all", Statistic="Average", **shared)
    cloudwatch.put_metric_alarm(AlarmName="most", Dimensions=WEB, Statistic="Maximum", **shared)

    def names(**more):
        found = cloudwatch.describe_alarms_for_metric(**minutes, **more)["MetricAlarms"]
        return [one["AlarmName"] for one in found]

    assert names() == ["web", "most"]
    assert names(Statistic="Maximum") == ["most"]
    assert names(Period=300) == []

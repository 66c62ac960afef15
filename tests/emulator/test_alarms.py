"""Alarms on metrics, on the clock: the guide's tables through the API, actions, what wakes them and lets them rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from aws14.sim.alarms import TREATMENTS

MINUTE = 60.0
NAMESPACE = "Shop"
VALUE = {"X": 9.0, "0": 1.0}


@pytest.fixture
def cloudwatch(clean_emulator, aws):
    return aws("cloudwatch")


@pytest.fixture
def boundary(clean_emulator):
    """The end of a minute that is not over for half a minute of real time."""
    now, _ = clean_emulator.advance(0)
    return ((now + 30) // MINUTE + 1) * MINUTE


@pytest.fixture
def until(clean_emulator):
    """Advance to an instant."""

    def until(t):
        now, _ = clean_emulator.advance(0)
        return clean_emulator.advance(max(0.0, t - now + 0.5))[1]

    return until


@pytest.fixture
def put(cloudwatch):
    """Put values of a metric, one a minute, the last for the minute before `end`."""

    def put(name, values, end, **more):
        data = [
            {"MetricName": name, "Value": value, "Timestamp": datetime.fromtimestamp(end - MINUTE * back, UTC)} | more
            for back, value in zip(range(len(values), 0, -1), values, strict=True)
            if value is not None
        ]
        if data:
            cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data)

    return put


@pytest.fixture
def make(cloudwatch):
    def make(name="busy", **changed):
        asked = {
            "AlarmName": name,
            "Namespace": NAMESPACE,
            "MetricName": name,
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 5.0,
            "ComparisonOperator": "GreaterThanThreshold",
        } | changed
        cloudwatch.put_metric_alarm(**{key: value for key, value in asked.items() if value is not None})

    return make


@pytest.fixture
def states(cloudwatch):
    def states():
        pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return {
            one["AlarmName"]: one["StateValue"]
            for page in pages
            for kind in page.values()
            if isinstance(kind, list)
            for one in kind
        }

    return states


def test_rows_of_the_guide_through_the_api(make, put, states, until, boundary):
    insufficient = "INSUFFICIENT_DATA"
    rows = [
        (3, "0-X-X", ("OK", "OK", "OK", "OK")),
        (3, "0----", ("OK", "OK", "OK", "OK")),
        (3, "-----", (insufficient, insufficient, "ALARM", "OK")),
        (3, "0XX-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (3, "--X--", ("ALARM", insufficient, "ALARM", "OK")),
        (3, "----X", (insufficient, insufficient, "ALARM", "OK")),
        (2, "0-X-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (2, "00X0X", ("ALARM", "ALARM", "ALARM", "ALARM")),
        (2, "0-X--", ("OK", "OK", "ALARM", "OK")),
        (2, "----0", ("OK", "OK", "ALARM", "OK")),
        (2, "---X-", ("ALARM", insufficient, "ALARM", "OK")),
    ]
    wanted = {}
    for number, (m, points, expected) in enumerate(rows):
        put(f"row-{number}", [VALUE.get(point) for point in points], boundary)
        for treat, state in zip(TREATMENTS, expected, strict=True):
            make(
                f"{number} {m}/3 {points} {treat}",
                MetricName=f"row-{number}",
                EvaluationPeriods=3,
                DatapointsToAlarm=m,
                TreatMissingData=treat,
            )
            wanted[f"{number} {m}/3 {points} {treat}"] = state
    until(boundary)
    assert states() == wanted


def test_metrics_of_dynamodb_always_ignore_what_is_missing(cloudwatch, make, states, until, boundary):
    make(Namespace="AWS/DynamoDB", TreatMissingData="breaching")
    cloudwatch.set_alarm_state(AlarmName="busy", StateValue="OK", StateReason="a drill")
    until(boundary)
    assert states() == {"busy": "OK"}


def test_a_new_alarm_waits_and_then_follows_the_metric(make, put, states, until, boundary):
    make(EvaluationPeriods=2)
    assert states() == {"busy": "INSUFFICIENT_DATA"}
    put("busy", [1.0], boundary)
    until(boundary)
    assert states() == {"busy": "OK"}
    seen = []
    for number, value in enumerate((9.0, 9.0, 9.0, 1.0), start=1):
        put("busy", [value], boundary + number * MINUTE)
        until(boundary + number * MINUTE)
        seen.append(states()["busy"])
    assert seen == ["OK", "ALARM", "ALARM", "OK"]
    until(boundary + 10 * MINUTE)
    assert states() == {"busy": "INSUFFICIENT_DATA"}


def test_an_alarm_whose_metric_is_silent_rests_and_wakes_with_new_data(make, put, states, until, boundary):
    make()
    put("busy", [1.0], boundary)
    until(boundary + 10 * MINUTE)
    events = until(boundary + 1440 * MINUTE)
    assert "alarms.evaluates" not in {name for _, name in events}
    later = boundary + 1500 * MINUTE
    until(later - MINUTE)
    put("busy", [9.0], later)
    until(later)
    assert states() == {"busy": "ALARM"}


def test_a_long_period_slides_with_the_minutes(make, put, states, until, boundary):
    make(Period=300, Threshold=2.0)
    put("busy", [0.0, 0.0, 0.0, 0.0, 0.0, 10.0], boundary + MINUTE)
    until(boundary)
    assert states() == {"busy": "OK"}
    until(boundary + MINUTE)
    assert states() == {"busy": "OK"}, "a fifth of 10 is the threshold"
    put("busy", [1.0], boundary + 2 * MINUTE)
    until(boundary + 2 * MINUTE)
    assert states() == {"busy": "ALARM"}, "2.2 over the five minutes that end now, not over five that began on the hour"


def test_ten_second_periods_are_looked_at_every_ten_seconds(cloudwatch, make, states, until, boundary):
    make(Period=10, EvaluationPeriods=2)
    for back in (20, 10):
        moment = datetime.fromtimestamp(boundary + 30 - back, UTC)
        datum = {"MetricName": "busy", "Value": 9.0, "Timestamp": moment, "StorageResolution": 1}
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[datum])
    until(boundary + 20)
    assert states() == {"busy": "INSUFFICIENT_DATA"}
    until(boundary + 30)
    assert states() == {"busy": "ALARM"}


def test_a_percentile_alarm(cloudwatch, make, states, until, boundary):
    moment = datetime.fromtimestamp(boundary - MINUTE, UTC)
    datum = {"MetricName": "busy", "Values": [1.0, 9.0], "Counts": [95.0, 5.0], "Timestamp": moment}
    cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[datum])
    for name, more in {
        "p95": {},
        "p99": {"ExtendedStatistic": "p99"},
        "few": {"ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "ignore"},
    }.items():
        make(name, **{"MetricName": "busy", "Statistic": None, "ExtendedStatistic": "p95"} | more)
    until(boundary)
    assert states() == {"p95": "OK", "p99": "ALARM", "few": "INSUFFICIENT_DATA"}


def test_an_alarm_on_an_expression(cloudwatch, put, states, until, boundary):
    def metric(name):
        return {"Metric": {"Namespace": NAMESPACE, "MetricName": name}, "Period": 60, "Stat": "Sum"}

    cloudwatch.put_metric_alarm(
        AlarmName="error rate",
        Metrics=[
            {"Id": "rate", "Expression": "100 * FILL(errors, 0) / requests"},
            {"Id": "errors", "MetricStat": metric("errors"), "ReturnData": False},
            {"Id": "requests", "MetricStat": metric("requests"), "ReturnData": False},
        ],
        EvaluationPeriods=2,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    put("requests", [100.0, 100.0, 100.0], boundary)
    put("errors", [None, 6.0, 6.0], boundary)
    until(boundary)
    assert states() == {"error rate": "ALARM"}
    put("requests", [100.0], boundary + MINUTE)
    until(boundary + MINUTE)
    assert states() == {"error rate": "OK"}, "no errors counts as none"


@pytest.fixture
def topic(aws):
    """A topic, and what its queue received."""
    arn = aws("sns").create_topic(Name="ops")["TopicArn"]
    url = aws("sqs").create_queue(QueueName="ops")["QueueUrl"]
    queue = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)

    def received():
        found = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"]) for one in found]

    return arn, received


def test_a_topic_is_told_of_each_change_once(make, put, until, boundary, topic):
    arn, received = topic
    make(AlarmActions=[arn], Dimensions=[{"Name": "Server", "Value": "web"}], AlarmDescription="too busy")
    put("busy", [9.0] * 5, boundary + 4 * MINUTE, Dimensions=[{"Name": "Server", "Value": "web"}])
    until(boundary + 4 * MINUTE)
    (note,) = received()
    assert note["Subject"] == 'ALARM: "busy" in Asia Pacific (Tokyo)'
    said = json.loads(note["Message"])
    assert (said["OldStateValue"], said["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert said["AlarmDescription"] == "too busy"
    assert said["Trigger"]["Dimensions"] == [{"value": "web", "name": "Server"}]
    assert (said["Trigger"]["Statistic"], said["Trigger"]["Threshold"]) == ("AVERAGE", 5.0)
    assert datetime.strptime(said["StateChangeTime"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() == boundary


def test_actions_of_each_state_and_actions_switched_off(cloudwatch, make, topic):
    arn, received = topic
    make("on", OKActions=[arn], InsufficientDataActions=[arn])
    make("off", OKActions=[arn], ActionsEnabled=False)
    for state in ("ALARM", "OK", "INSUFFICIENT_DATA"):
        for name in ("on", "off"):
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a drill")
    told = sorted(json.loads(note["Message"])["NewStateValue"] for note in received())
    assert told == ["INSUFFICIENT_DATA", "OK"]


def test_an_action_that_fails_stands_in_the_history(cloudwatch, make):
    make(AlarmActions=["arn:aws:sns:ap-northeast-1:123456789012:gone"])
    cloudwatch.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a drill")
    items = cloudwatch.describe_alarm_history(AlarmName="busy", HistoryItemType="Action")["AlarmHistoryItems"]
    assert items[0]["HistorySummary"].startswith("Failed to execute action arn:aws:sns:")


POLICY = "arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:1:autoScalingGroupName/app:policyName/p"


def test_a_scaling_policy_is_called_each_minute_other_actions_are_not(make, put, until, boundary):
    make(AlarmActions=[POLICY])
    put("busy", [9.0] * 4 + [1.0], boundary + 4 * MINUTE)
    events = until(boundary + 6 * MINUTE)
    fired = [t for t, name in events if name == "scaling.alarm_fired"]
    assert fired == [boundary + minute * MINUTE for minute in range(4)]


def test_an_alarm_that_calls_a_policy_goes_on_while_it_is_in_alarm(make, until, boundary):
    make(AlarmActions=[POLICY], TreatMissingData="breaching")
    events = until(boundary + 30 * MINUTE)
    assert [name for _, name in events].count("scaling.alarm_fired") == 31


def test_a_state_set_by_hand_lasts_until_the_next_evaluation(cloudwatch, make, put, states, until, boundary):
    make()
    put("busy", [1.0] * 60, boundary + 50 * MINUTE)
    until(boundary + MINUTE)
    cloudwatch.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a drill")
    assert states() == {"busy": "ALARM"}
    until(boundary + 2 * MINUTE)
    assert states() == {"busy": "OK"}


def test_history_and_reason(cloudwatch, make, put, until, boundary):
    make()
    put("busy", [9.0], boundary)
    until(boundary)
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    at = datetime.fromtimestamp(boundary - MINUTE, UTC)
    assert alarm["StateReason"] == (
        f"Threshold Crossed: 1 out of the last 1 datapoints [9.0 ({at:%d/%m/%y %H:%M:%S})] was greater than the "
        "threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [9.0]
    until(boundary + 5 * MINUTE)
    items = cloudwatch.describe_alarm_history(AlarmName="busy", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [one["HistorySummary"] for one in items] == [
        'Alarm "busy" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        "Alarm updated from ALARM to INSUFFICIENT_DATA",
    ]


def test_missing_data_that_breaches_is_the_reason(cloudwatch, make, until, boundary):
    make(TreatMissingData="breaching", EvaluationPeriods=2)
    until(boundary)
    reason = cloudwatch.describe_alarms()["MetricAlarms"][0]["StateReason"]
    assert "no datapoints were received for 2 periods" in reason
    assert "[Breaching]" in reason


def test_a_composite_alarm_follows_others(cloudwatch, make, states, topic):
    arn, received = topic
    make("cpu")
    make("latency")
    rule = 'ALARM("cpu") AND NOT OK("latency")'
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule=rule, AlarmActions=[arn])
    assert states()["both"] == "OK"
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["AlarmRule"] == rule
    cloudwatch.set_alarm_state(AlarmName="cpu", StateValue="ALARM", StateReason="a drill")
    assert states()["both"] == "ALARM"
    cloudwatch.set_alarm_state(AlarmName="latency", StateValue="OK", StateReason="a drill")
    assert states()["both"] == "OK"
    (note,) = received()
    assert json.loads(note["Message"])["AlarmName"] == "both"


@pytest.mark.parametrize("rule", ["ALARM(cpu) AND", "WHAT(cpu)", 'ALARM("self")'])
def test_composite_rules_that_are_refused(cloudwatch, rule):
    with pytest.raises(ClientError, match="AlarmRule"):
        cloudwatch.put_composite_alarm(AlarmName="self", AlarmRule=rule)


def test_a_period_that_is_none_is_refused(make):
    with pytest.raises(ClientError, match="Period"):
        make(Period=45)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"EvaluationPeriods": 2, "DatapointsToAlarm": 3}, "DatapointsToAlarm"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "604800"),
        ({"Period": 60, "EvaluationPeriods": 1441}, "86400"),
        ({"TreatMissingData": "forget"}, "TreatMissingData"),
    ],
)
def test_windows_that_cannot_be_are_refused(cloudwatch, make, asked, words):
    with pytest.raises(ClientError, match=words) as refused:
        make(**asked)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_windows_of_a_week_and_of_a_day_are_taken(make, states):
    make("week", Period=3600, EvaluationPeriods=168)
    make("day", Period=60, EvaluationPeriods=1440, DatapointsToAlarm=1440)
    assert states().keys() == {"week", "day"}


def test_a_saved_cloud_keeps_its_metrics_and_alarms(clean_emulator, make, put, states, until, boundary):
    make()
    put("busy", [9.0], boundary)
    clean_emulator.save("measured")
    clean_emulator.reset()
    clean_emulator.restore("measured")
    until(boundary)
    assert states() == {"busy": "ALARM"}

"""Alarms on status checks, on the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s

MINUTE = 60.0
NOTICED = typical_s("EC2 failure to failed status check")
RECOVER = "arn:aws:automate:ap-northeast-1:ec2:recover"


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


@pytest.fixture
def web(ec2, ami, clean_emulator):
    options = {"MaintenanceOptions": {"AutoRecovery": "disabled"}}
    asked = ec2.run_instances(ImageId=ami, InstanceType="t3.small", MinCount=1, MaxCount=1, **options)
    clean_emulator.advance(10 * MINUTE)
    return asked["Instances"][0]["InstanceId"]


@pytest.fixture
def cloudwatch(aws):
    return aws("cloudwatch")


@pytest.fixture
def put(cloudwatch, web):
    def put(**changed):
        asked = {
            "AlarmName": "recover-web",
            "Namespace": "AWS/EC2",
            "MetricName": "StatusCheckFailed_System",
            "Dimensions": [{"Name": "InstanceId", "Value": web}],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 2,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [RECOVER],
        }
        cloudwatch.put_metric_alarm(**asked | changed)

    return put


@pytest.fixture
def alarm(cloudwatch):
    return lambda: cloudwatch.describe_alarms(AlarmNames=["recover-web"])["MetricAlarms"][0]["StateValue"]


def system(ec2, instance):
    return ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"][0]["SystemStatus"]["Status"]


def test_an_alarm_recovers_what_failed_and_is_ok_again(ec2, web, put, alarm, cloudwatch, clean_emulator):
    put()
    assert alarm() == "INSUFFICIENT_DATA"
    clean_emulator.advance(2 * MINUTE)
    assert alarm() == "OK"
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(NOTICED + 30)
    assert alarm() == "OK", "two minutes in a row are asked for"
    clean_emulator.advance(3 * MINUTE)
    assert alarm() == "ALARM"
    assert system(ec2, web) == "impaired"
    clean_emulator.advance(typical_s("EC2 recovery onto other hardware"))
    assert system(ec2, web) in {"initializing", "ok"}
    clean_emulator.advance(3 * MINUTE)
    assert alarm() == "OK"
    items = cloudwatch.describe_alarm_history(AlarmName="recover-web")["AlarmHistoryItems"]
    assert [each["HistorySummary"] for each in reversed(items)] == [
        'Alarm "recover-web" created',
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        f"Successfully executed action {RECOVER}",
        "Alarm updated from ALARM to OK",
    ]
    states = cloudwatch.describe_alarm_history(AlarmName="recover-web", HistoryItemType="StateUpdate")
    assert len(states["AlarmHistoryItems"]) == 3


def test_the_reason_says_what_was_counted(web, put, cloudwatch, clean_emulator):
    put(AlarmActions=[])
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(5 * MINUTE)
    reason = cloudwatch.describe_alarms()["MetricAlarms"][0]["StateReason"]
    assert reason.startswith("Threshold Crossed: 2 out of the last 2 datapoints [1.0 (")
    assert "were greater than or equal to the threshold (1.0) (minimum 2 datapoints for OK -> ALARM" in reason


def test_an_alarm_without_its_actions_changes_nothing(ec2, web, put, alarm, clean_emulator):
    put(ActionsEnabled=False)
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(30 * MINUTE)
    assert (alarm(), system(ec2, web)) == ("ALARM", "impaired")


def test_a_stopped_instance_has_no_data(ec2, web, put, alarm, clean_emulator):
    put()
    clean_emulator.advance(3 * MINUTE)
    ec2.stop_instances(InstanceIds=[web])
    clean_emulator.advance(5 * MINUTE)
    assert alarm() == "INSUFFICIENT_DATA"
    ec2.start_instances(InstanceIds=[web])
    clean_emulator.advance(3 * MINUTE)
    assert alarm() == "OK"


def test_an_alarm_at_rest_posts_no_events(web, put, clean_emulator):
    put()
    clean_emulator.advance(10 * MINUTE)
    _, events = clean_emulator.advance(24 * 60 * MINUTE)
    assert "alarms.evaluates" not in {name for _, name in events}


def test_other_actions_of_ec2(ec2, web, put, clean_emulator):
    put(MetricName="StatusCheckFailed", AlarmActions=[RECOVER.replace("recover", "stop")], EvaluationPeriods=1)
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(6 * MINUTE)
    found = ec2.describe_instances(InstanceIds=[web])["Reservations"][0]["Instances"][0]
    assert found["State"]["Name"] == "stopped"


def test_recovery_needs_the_system_check(put):
    with pytest.raises(ClientError, match="Recover"):
        put(MetricName="StatusCheckFailed_Instance")


def test_an_alarm_that_is_put_again_keeps_its_state(put, alarm, clean_emulator):
    put()
    clean_emulator.advance(3 * MINUTE)
    put(EvaluationPeriods=5)
    assert alarm() == "OK"


def test_a_state_set_by_hand_acts_and_lasts_until_the_next_evaluation(ec2, web, put, alarm, cloudwatch, clean_emulator):
    put()
    clean_emulator.advance(10 * MINUTE)
    clean_emulator.damage("instance", web, None)
    cloudwatch.set_alarm_state(AlarmName="recover-web", StateValue="ALARM", StateReason="a drill")
    assert alarm() == "ALARM"
    clean_emulator.advance(typical_s("EC2 recovery onto other hardware") + 5)
    assert system(ec2, web) != "impaired", "the action was carried out at once"
    clean_emulator.advance(3 * MINUTE)
    assert alarm() == "OK"


def test_the_metric_says_each_minute_what_the_checks_said(web, cloudwatch, clean_emulator):
    clean_emulator.damage("instance", web, 10 * MINUTE)
    now, _ = clean_emulator.advance(15 * MINUTE)
    end = datetime.fromtimestamp(now, UTC)
    span = {"StartTime": end - timedelta(minutes=20), "EndTime": end}
    dimension = [{"Name": "InstanceId", "Value": web}]
    metric = {"Namespace": "AWS/EC2", "MetricName": "StatusCheckFailed_System", "Dimensions": dimension}
    points = cloudwatch.get_metric_statistics(**metric, **span, Period=60, Statistics=["Maximum"])["Datapoints"]
    assert 18 <= len(points) <= 20
    assert sum(point["Maximum"] for point in points) == pytest.approx(9, abs=1), "ten minutes, noticed after one"
    query = {"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
    found = cloudwatch.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"][0]
    assert sum(found["Values"]) == sum(point["Maximum"] for point in points)
    listed = cloudwatch.list_metrics(Namespace="AWS/EC2", Dimensions=dimension)["Metrics"]
    assert {each["MetricName"] for each in listed} == {
        "StatusCheckFailed",
        "StatusCheckFailed_Instance",
        "StatusCheckFailed_System",
    }


def test_a_saved_cloud_keeps_its_alarms_going(ec2, web, put, alarm, clean_emulator):
    put()
    clean_emulator.damage("instance", web, None)
    clean_emulator.advance(NOTICED)
    clean_emulator.save("alarmed")
    clean_emulator.reset()
    clean_emulator.restore("alarmed")
    clean_emulator.advance(3 * MINUTE)
    assert alarm() == "ALARM"

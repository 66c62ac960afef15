"""EventBridge: what fits a rule goes to its targets; schedules fire in their order."""

from __future__ import annotations

import json

import pytest

from tests.emulator.events.conftest import Diary

NOTES = Diary.CODE + "def handler(event, context):\n    note(event)\n"
SERVICE = {"Service": "events.amazonaws.com"}


def queue(aws, name, *sources):
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    if sources:
        condition = {"ArnEquals": {"aws:SourceArn": list(sources)}}
        allow = {"Effect": "Allow", "Principal": SERVICE, "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{**allow, "Condition": condition}]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def texts(aws, url):
    """Take up to ten messages off a queue."""
    found = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    for each in found.get("Messages", []):
        aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return found.get("Messages", [])


def put(aws, detail, kind="OrderPlaced", source="shop"):
    entry = {"Source": source, "DetailType": kind, "Detail": json.dumps(detail), "Resources": ["arn:x"]}
    answer = aws("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0
    return answer["Entries"][0]["EventId"]


def test_an_event_goes_to_function_queue_topic_and_log_group_as_each_wants_it(clean_emulator, aws, function, diary):
    events = aws("events")
    pattern = {"source": ["shop"], "detail": {"total": [{"numeric": [">=", 100]}], "note": [{"exists": False}]}}
    rule = events.put_rule(Name="large", EventPattern=json.dumps(pattern))["RuleArn"]
    url, arn = queue(aws, "orders", rule)
    note = function("note", NOTES)
    aws("lambda").add_permission(
        FunctionName="note",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    aws("logs").create_log_group(logGroupName="/aws/events/orders")
    group = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/events/orders"
    transformer = {
        "InputPathsMap": {"id": "$.detail.id", "total": "$.detail.total"},
        "InputTemplate": '{"text": "order <id> of <total> by <aws.events.rule-name>", "total": <total>, "id": <id>}',
    }
    targets = [
        {"Id": "note", "Arn": note},
        {"Id": "queue", "Arn": arn, "InputTransformer": transformer},
        {"Id": "log", "Arn": group, "InputPath": "$.detail"},
    ]
    assert events.put_targets(Rule="large", Targets=targets)["FailedEntryCount"] == 0
    key = put(aws, {"id": 'a"7', "total": 120})
    put(aws, {"id": "a8", "total": 99})
    put(aws, {"id": "a9", "total": 500, "note": "x"})
    clean_emulator.advance(5)
    (seen,) = diary.events()
    assert seen.pop("time").endswith("Z")
    assert seen == {
        "version": "0",
        "id": key,
        "detail-type": "OrderPlaced",
        "source": "shop",
        "account": "123456789012",
        "region": "ap-northeast-1",
        "resources": ["arn:x"],
        "detail": {"id": 'a"7', "total": 120},
    }
    (message,) = texts(aws, url)
    assert json.loads(message["Body"]) == {"text": 'order a"7 of 120 by large', "total": 120, "id": 'a"7'}
    (log,) = aws("logs").filter_log_events(logGroupName="/aws/events/orders")["events"]
    assert json.loads(log["message"]) == {"id": 'a"7', "total": 120}


def test_a_disabled_rule_sends_nothing(clean_emulator, aws):
    events = aws("events")
    rule = events.put_rule(Name="all", EventPattern='{"source": ["shop"]}', State="DISABLED")["RuleArn"]
    url, arn = queue(aws, "orders", rule)
    events.put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": arn}])
    put(aws, {"n": 1})
    events.enable_rule(Name="all")
    put(aws, {"n": 2})
    clean_emulator.advance(5)
    assert [json.loads(each["Body"])["detail"] for each in texts(aws, url)] == [{"n": 2}]


def test_without_permission_the_event_goes_to_the_dead_letter_queue_with_the_reason(clean_emulator, aws, function):
    events, quiet = aws("events"), function("quiet", "def handler(event, context): pass")
    rule = events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')["RuleArn"]
    url, dead = queue(aws, "dead")
    _, closed = queue(aws, "closed")
    targets = [
        {"Id": "function", "Arn": quiet, "DeadLetterConfig": {"Arn": dead}},
        {"Id": "queue", "Arn": closed, "DeadLetterConfig": {"Arn": dead}},
        {"Id": "gone", "Arn": f"{closed}-gone", "DeadLetterConfig": {"Arn": dead}},
    ]
    events.put_targets(Rule="all", Targets=targets)
    put(aws, {"n": 1})
    clean_emulator.advance(5)
    told = [
        {name: value["StringValue"] for name, value in each["MessageAttributes"].items()} for each in texts(aws, url)
    ]
    assert {(each["TARGET_ARN"], each["ERROR_CODE"]) for each in told} == {
        (quiet, "NO_PERMISSIONS"),
        (closed, "NO_PERMISSIONS"),
        (f"{closed}-gone", "RESOURCE_NOT_FOUND"),
    }
    assert {each["RULE_ARN"] for each in told} == {rule}


def test_a_schedule_fires_at_each_due_time_of_a_day(clean_emulator, aws):
    events = aws("events")
    rule = events.put_rule(Name="hourly", ScheduleExpression="cron(0 * * * ? *)")["RuleArn"]
    url, arn = queue(aws, "ticks", rule)
    events.put_targets(Rule="hourly", Targets=[{"Id": "queue", "Arn": arn}])
    clean_emulator.advance(24 * 3600)
    bodies = []
    while found := texts(aws, url):
        bodies += [json.loads(each["Body"]) for each in found]
    times = [each["time"] for each in bodies]
    assert len(times) == 24
    assert times == sorted(times)
    assert all(time.endswith(":00:00Z") for time in times)
    assert {(each["source"], each["detail-type"], *each["resources"]) for each in bodies} == {
        ("aws.events", "Scheduled Event", rule)
    }
    events.disable_rule(Name="hourly")
    clean_emulator.advance(7200)
    assert texts(aws, url) == []


def test_aws_refuses_rules_and_targets_that_cannot_work(clean_emulator, aws):
    events = aws("events")
    for expression in ("rate(1 minutes)", "cron(0 10 * * * *)"):
        with pytest.raises(events.exceptions.ClientError, match="ScheduleExpression is not valid"):
            events.put_rule(Name="bad", ScheduleExpression=expression)
    with pytest.raises(events.exceptions.InvalidEventPatternException):
        events.put_rule(Name="bad", EventPattern='{"source": [{"begins": "x"}]}')
    events.put_rule(Name="all", EventPattern='{"source": ["shop"]}')
    with pytest.raises(events.exceptions.ClientError, match="RoleArn is required for target"):
        machine = "arn:aws:states:ap-northeast-1:123456789012:stateMachine:x"
        events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": machine}])


@pytest.fixture
def scheduler_role(clean_emulator, aws):
    who = {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [who]})
    return aws("iam").create_role(RoleName="scheduler", AssumeRolePolicyDocument=trust)["Role"]["Arn"]


def test_the_scheduler_runs_once_and_again_in_local_time(clean_emulator, aws, scheduler_role):
    scheduler = aws("scheduler")
    url, arn = queue(aws, "ticks")
    target, off = {"Arn": arn, "RoleArn": scheduler_role}, {"Mode": "OFF"}
    scheduler.create_schedule(
        Name="morning",
        ScheduleExpression="cron(30 8 * * ? *)",
        ScheduleExpressionTimezone="Asia/Tokyo",
        FlexibleTimeWindow=off,
        Target={**target, "Input": "morning"},
    )
    scheduler.create_schedule(
        Name="often",
        ScheduleExpression="rate(6 hours)",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        Target={**target, "Input": "often"},
    )
    clean_emulator.advance(24.5 * 3600)
    got = [each["Body"] for each in texts(aws, url)]
    assert (got.count("morning"), got.count("often")) == (1, 4)
    scheduler.delete_schedule(Name="often")
    scheduler.delete_schedule(Name="morning")
    clean_emulator.advance(24 * 3600)
    assert texts(aws, url) == []


def test_a_schedule_that_is_over_is_deleted_when_it_says_so(clean_emulator, aws, scheduler_role):
    from datetime import UTC, datetime, timedelta

    scheduler = aws("scheduler")
    url, arn = queue(aws, "ticks")
    at = datetime.fromtimestamp(clean_emulator.status()["now"], UTC) + timedelta(hours=1)
    settings = {
        "ScheduleExpression": f"at({at:%Y-%m-%dT%H:%M:%S})",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": arn, "RoleArn": scheduler_role, "Input": "once"},
    }
    scheduler.create_schedule(Name="gone", ActionAfterCompletion="DELETE", **settings)
    scheduler.create_schedule(Name="kept", **settings)
    clean_emulator.advance(3000)
    assert texts(aws, url) == []
    clean_emulator.advance(700)
    assert [each["Body"] for each in texts(aws, url)] == ["once", "once"]
    assert [each["Name"] for each in scheduler.list_schedules()["Schedules"]] == ["kept"]


def test_the_scheduler_refuses_what_it_cannot_run(clean_emulator, aws, scheduler_role, role):
    scheduler = aws("scheduler")
    _, arn = queue(aws, "ticks")
    good = {
        "ScheduleExpression": "rate(5 minutes)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": arn, "RoleArn": scheduler_role},
    }
    for change, match in (
        ({"ScheduleExpression": "rate(1 minutes)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpressionTimezone": "Asia/Tokio"}, "Invalid ScheduleExpressionTimezone"),
        ({"Target": {"Arn": arn, "RoleArn": role}}, "must allow AWS EventBridge Scheduler to assume the role"),
    ):
        with pytest.raises(scheduler.exceptions.ValidationException, match=match):
            scheduler.create_schedule(Name="bad", **(good | change))


def test_hourly_rules_begun_at_any_moment_run_once_an_hour(clean_emulator, aws):
    events = aws("events")
    names = [f"hourly-{number}" for number in range(12)]
    arns = []
    for name in names:
        arns.append(events.put_rule(Name=name, ScheduleExpression="rate(1 hour)")["RuleArn"])
        clean_emulator.advance(0.7427735)
    url, arn = queue(aws, "hours", *arns)
    for name in names:
        events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": arn, "Input": f'"{name}"'}])
    clean_emulator.advance(3.5 * 3600)
    waiting = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert waiting["Attributes"]["ApproximateNumberOfMessages"] == str(12 * 3)

"""Tables, queues, topics, rules, schedules, state machines: read back as made, built once, torn down to nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aws14.cloud import read_back, tear_down
from aws14.cloud.scan import leftovers
from aws14.model.kinds import ATTRIBUTES
from tests.emulator.events.conftest import package

REGION, ACCOUNT = "ap-northeast-1", "123456789012"


def trust(service: str) -> str:
    who = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [who]})


def build(session: Any) -> None:
    """The cells of a lesson, plain create calls; run twice they change nothing."""
    iam, sqs, dynamodb = session.client("iam"), session.client("sqs"), session.client("dynamodb")
    role = iam.create_role(RoleName="report", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="report", PolicyName="tables", PolicyDocument=policy)
    dynamodb.create_table(
        TableName="members",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "day", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    dynamodb.get_waiter("table_exists").wait(TableName="members")
    dynamodb.update_time_to_live(
        TableName="members", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    dead = sqs.create_queue(QueueName="reports-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "3"})
    sqs.create_queue(QueueName="reports", Attributes={"VisibilityTimeout": "90", "RedrivePolicy": redrive})
    function = session.client("lambda").create_function(
        FunctionName="report",
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": package("def handler(event, context): pass")},
    )["FunctionArn"]
    session.client("lambda").get_waiter("function_active_v2").wait(FunctionName="report")
    build_callers(session, function, role)


def build_callers(session: Any, function: str, role: str) -> None:
    sns, events, scheduler = session.client("sns"), session.client("events"), session.client("scheduler")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 18 * * ? *)")
    events.put_targets(Rule="nightly", Targets=[{"Id": "report", "Arn": f"{function}:live"}])
    trusted = trust("scheduler.amazonaws.com")
    taken = session.client("iam").create_role(RoleName="scheduler", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    scheduler.create_schedule(
        Name="hourly",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": function, "RoleArn": taken},
    )
    states = {"Run": {"Type": "Task", "Resource": function, "Next": "Done"}, "Done": {"Type": "Succeed"}}
    definition = json.dumps({"StartAt": "Run", "States": states})
    session.client("stepfunctions").create_state_machine(name="reporting", definition=definition, roleArn=role)


EXPECTED: dict[str, dict[str, Any]] = {
    "members": {
        "billing_mode": "PAY_PER_REQUEST",
        "key": "id day",
        "read_units": 0,
        "write_units": 0,
        "ttl_attribute": "expires",
        "stream": "NEW_AND_OLD_IMAGES",
        "state": "ACTIVE",
    },
    "reports": {
        "visibility_timeout_s": 90,
        "retention_s": 345600,
        "delay_s": 0,
        "fifo": False,
        "dead_letter": "reports-dead",
        "max_receives": 3,
    },
    "reports-dead": {"visibility_timeout_s": 30, "dead_letter": "", "max_receives": -1},
    "news": {"fifo": False, "subscriptions": (f"lambda arn:aws:lambda:{REGION}:{ACCOUNT}:function:report",)},
    "nightly": {"schedule": "cron(0 18 * * ? *)", "pattern": "", "bus": "default", "state": "ENABLED"},
    "hourly": {"schedule": "rate(1 hour)", "pattern": "", "bus": "", "state": "ENABLED", "targets": ("report",)},
    "reporting": {"machine_type": "STANDARD", "states": ("Run Task", "Done Succeed"), "state": "ACTIVE"},
}


def test_everything_is_read_back_as_it_was_made_and_goes_without_a_trace(session, said):
    build(session)
    topology = read_back(session)
    for name, wanted in EXPECTED.items():
        node = topology.node(name)
        assert {key: node.attributes[key] for key in wanted} == wanted, name
        assert set(ATTRIBUTES[node.kind]) <= set(node.attributes), name
    triggers = {(link.source, link.target) for link in topology.links if link.label == "triggers"}
    assert triggers == {("news", "report"), ("nightly", "report"), ("hourly", "report"), ("reporting", "report")}
    said.clear()
    build(session)
    built = [line for line in said if line.startswith("already built")]
    assert len(built) == 10, said
    assert read_back(session) == topology
    session.client("lambda").invoke(FunctionName="report")  # its log group appears
    tear_down(session)
    assert leftovers(session) == ()
    assert session.client("logs").describe_log_groups()["logGroups"] == []


def test_a_table_on_provisioned_units_says_how_many(session):
    dynamodb = session.client("dynamodb")
    dynamodb.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 2},
        DeletionProtectionEnabled=True,
    )
    node = read_back(session).node("orders")
    assert {key: node.attributes[key] for key in ("billing_mode", "read_units", "write_units")} == {
        "billing_mode": "PROVISIONED",
        "read_units": 5,
        "write_units": 2,
    }
    tear_down(session)
    assert leftovers(session) == ()


def test_a_rule_with_a_pattern_on_a_bus_of_its_own(session):
    events = session.client("events")
    events.create_event_bus(Name="shop")
    events.put_rule(Name="orders", EventBusName="shop", EventPattern='{"source": ["shop"]}', State="DISABLED")
    node = read_back(session).node("orders")
    assert (node.attributes["pattern"], node.attributes["bus"]) == ('{"source": ["shop"]}', "shop")
    assert node.attributes["state"] == "DISABLED"
    tear_down(session)
    with pytest.raises(events.exceptions.ResourceNotFoundException):
        events.describe_event_bus(Name="shop")

"""Read-back of serverless kinds: every attribute as it was born, or changed through boto3 alone."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from aws14.cloud import read_back
from aws14.cloud.session import Session
from aws14.model.kinds import ATTRIBUTES
from tests.cloud.test_functions import package
from tests.cloud.test_readback_services import Ends
from tests.emulator.functions.conftest import TRUST

ZONES = ("ap-northeast-1a", "ap-northeast-1c")
FUNCTIONS = "arn:aws:lambda:ap-northeast-1:123456789012:function:"
PROXY_ROLE = "arn:aws:iam::123456789012:role/proxy"


def build(session: Session) -> SimpleNamespace:
    """One of each kind; the ids of what is changed later."""
    site = SimpleNamespace()
    for step in (_network, _queues, _functions, _apis, _tables, _callers, _proxy):
        step(session, site)
    return site


def _network(session: Session, site: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    site.vpc = ec2.create_vpc(CidrBlock="10.12.0.0/16")["Vpc"]["VpcId"]
    site.subnets = [
        ec2.create_subnet(VpcId=site.vpc, CidrBlock=f"10.12.{at}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for at, zone in enumerate(ZONES)
    ]
    site.groups = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=site.vpc)["GroupId"]
        for name in ("calls", "pool")
    }


def _queues(session: Session, site: SimpleNamespace) -> None:
    sqs = session.client("sqs")
    site.queue = sqs.create_queue(QueueName="reports")["QueueUrl"]
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    sqs.create_queue(QueueName="turns.fifo", Attributes={"FifoQueue": "true"})
    site.queue_arn, site.dead_arn = (
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for url in (site.queue, dead)
    )


def _functions(session: Session, site: SimpleNamespace) -> None:
    iam, client = session.client("iam"), session.client("lambda")
    site.role = iam.create_role(RoleName="members", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    said = {"Effect": "Allow", "Action": ["sqs:*", "ec2:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [said]})
    iam.put_role_policy(RoleName="members", PolicyName="all", PolicyDocument=policy)
    client.create_function(
        FunctionName="members",
        Runtime="python3.13",
        Role=site.role,
        Handler="app.handler",
        Code={"ZipFile": package()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName="members")
    client.publish_version(FunctionName="members")


def _apis(session: Session, site: SimpleNamespace) -> None:
    rest, http = session.client("apigateway"), session.client("apigatewayv2")
    made = rest.create_rest_api(name="members-api")
    site.api, site.root = made["id"], made["rootResourceId"]
    where = {"restApiId": site.api, "resourceId": site.root, "httpMethod": "GET"}
    rest.put_method(**where, authorizationType="NONE")
    rest.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    deployment = rest.create_deployment(restApiId=site.api)["id"]
    rest.create_stage(restApiId=site.api, stageName="prod", deploymentId=deployment)
    site.http = http.create_api(Name="members-http", ProtocolType="HTTP")["ApiId"]
    site.behind = http.create_integration(
        ApiId=site.http,
        IntegrationType="AWS_PROXY",
        IntegrationUri=f"{FUNCTIONS}members",
        PayloadFormatVersion="2.0",
    )["IntegrationId"]


def _tables(session: Session, site: SimpleNamespace) -> None:
    del site
    dynamodb = session.client("dynamodb")
    for name in ("members", "visits"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("id", "day")],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": "Name", "Value": f"{name}-table"}],
        )
        dynamodb.get_waiter("table_exists").wait(TableName=name)


def _callers(session: Session, site: SimpleNamespace) -> None:
    sns, events = session.client("sns"), session.client("events")
    site.topic = sns.create_topic(Name="news")["TopicArn"]
    sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})
    events.create_event_bus(Name="shop")
    events.put_rule(Name="sold", EventBusName="shop", EventPattern='{"source": ["shop"]}')
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    states = {"Run": {"Type": "Task", "Resource": f"{FUNCTIONS}members", "End": True}}
    site.machine = session.client("stepfunctions").create_state_machine(
        name="reporting",
        definition=json.dumps({"StartAt": "Run", "States": states}),
        roleArn=site.role,
        type="EXPRESS",
    )["stateMachineArn"]


def _proxy(session: Session, site: SimpleNamespace) -> None:
    rds = session.client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=site.subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="members-db",
        Engine="mysql",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="correct-horse-1",
        DBSubnetGroupName="db",
    )
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="members-db")
    rds.create_db_proxy(
        DBProxyName="pool",
        EngineFamily="MYSQL",
        Auth=[],
        RoleArn=PROXY_ROLE,
        VpcSubnetIds=site.subnets,
        VpcSecurityGroupIds=[site.groups["pool"]],
    )


BORN: dict[str, dict[str, Any]] = {
    "members-api": {"protocol": "REST"},
    "members-http": {"protocol": "HTTP"},
    "members-table": {"key": "id day", "state": "ACTIVE"},
    "turns.fifo": {"fifo": True},
    "orders.fifo": {"fifo": True},
    "sold": {"bus": "shop"},
    "reporting": {"machine_type": "EXPRESS", "state": "ACTIVE"},
    "pool": {
        "engine_family": "MYSQL",
        "endpoint": Ends(".ap-northeast-1.rds.amazonaws.com"),
        "security_groups": ("pool",),
    },
}
"""Node -> attributes that nobody can change, or that are shown as they were made."""


def _configuration(session: Session, site: SimpleNamespace) -> None:
    client = session.client("lambda")
    client.update_function_configuration(
        FunctionName="members",
        Runtime="python3.12",
        Handler="app.other",
        MemorySize=512,
        Timeout=29,
        EphemeralStorage={"Size": 1024},
        Environment={"Variables": {"TABLE": "members"}},
        VpcConfig={"SubnetIds": site.subnets, "SecurityGroupIds": [site.groups["calls"]]},
    )
    client.get_waiter("function_updated_v2").wait(FunctionName="members")
    client.update_function_code(FunctionName="members", ZipFile=package("x = 1\n" * 100), Architectures=["arm64"])
    client.get_waiter("function_updated_v2").wait(FunctionName="members")


def _concurrency(session: Session, site: SimpleNamespace) -> None:
    client = session.client("lambda")
    second = client.publish_version(FunctionName="members")["Version"]
    weights = {"AdditionalVersionWeights": {second: 0.1}}
    client.create_alias(FunctionName="members", Name="live", FunctionVersion="1")
    client.create_alias(FunctionName="members", Name="next", FunctionVersion="1", RoutingConfig=weights)
    client.put_function_concurrency(FunctionName="members", ReservedConcurrentExecutions=20)
    client.put_provisioned_concurrency_config(
        FunctionName="members", Qualifier="live", ProvisionedConcurrentExecutions=2
    )
    client.create_function_url_config(FunctionName="members", AuthType="NONE")
    ends = {"OnFailure": {"Destination": site.dead_arn}}
    client.put_function_event_invoke_config(FunctionName="members", DestinationConfig=ends)
    session.client("sqs").set_queue_attributes(QueueUrl=site.queue, Attributes={"VisibilityTimeout": "90"})
    client.create_event_source_mapping(FunctionName="members", EventSourceArn=site.queue_arn, BatchSize=5)


def _ways_in(session: Session, site: SimpleNamespace) -> None:
    rest, http = session.client("apigateway"), session.client("apigatewayv2")
    where = {"restApiId": site.api, "resourceId": site.root, "httpMethod": "POST"}
    uri = f"arn:aws:apigateway:ap-northeast-1:lambda:path/2015-03-31/functions/{FUNCTIONS}members/invocations"
    rest.put_method(**where, authorizationType="NONE", apiKeyRequired=True)
    rest.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    limits = [
        {"op": "replace", "path": f"/*/*/throttling/{name}Limit", "value": value}
        for name, value in (("rate", "100"), ("burst", "200"))
    ]
    rest.update_stage(restApiId=site.api, stageName="prod", patchOperations=limits)
    http.create_route(ApiId=site.http, RouteKey="GET /users", Target=f"integrations/{site.behind}")
    http.update_integration(ApiId=site.http, IntegrationId=site.behind, TimeoutInMillis=7000)
    settings = {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}
    http.create_stage(ApiId=site.http, StageName="$default", DefaultRouteSettings=settings)


def _storage(session: Session, site: SimpleNamespace) -> None:
    dynamodb = session.client("dynamodb")
    dynamodb.update_time_to_live(
        TableName="members", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    dynamodb.update_table(TableName="members", StreamSpecification=stream)
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}
    dynamodb.update_table(TableName="visits", BillingMode="PROVISIONED", ProvisionedThroughput=units)
    redrive = json.dumps({"deadLetterTargetArn": site.dead_arn, "maxReceiveCount": "3"})
    changed = {"MessageRetentionPeriod": "3600", "DelaySeconds": "15", "RedrivePolicy": redrive}
    session.client("sqs").set_queue_attributes(QueueUrl=site.queue, Attributes=changed)


def _events(session: Session, site: SimpleNamespace) -> None:
    events = session.client("events")
    session.client("sns").subscribe(TopicArn=site.topic, Protocol="sqs", Endpoint=site.queue_arn)
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 18 * * ? *)", State="DISABLED")
    events.put_targets(Rule="nightly", Targets=[{"Id": "report", "Arn": f"{FUNCTIONS}members:live"}])
    events.put_rule(Name="sold", EventBusName="shop", EventPattern='{"source": ["sale"]}')
    states = {"Run": {"Type": "Task", "Resource": f"{FUNCTIONS}members", "Next": "Done"}, "Done": {"Type": "Succeed"}}
    definition = json.dumps({"StartAt": "Run", "States": states})
    session.client("stepfunctions").update_state_machine(stateMachineArn=site.machine, definition=definition)


def _pool(session: Session, site: SimpleNamespace) -> None:
    rds = session.client("rds")
    session.advance(1800)
    rds.register_db_proxy_targets(DBProxyName="pool", DBInstanceIdentifiers=["members-db"])
    shares = {"MaxConnectionsPercent": 40}
    rds.modify_db_proxy_target_group(DBProxyName="pool", TargetGroupName="default", ConnectionPoolConfig=shares)


STEPS = (_configuration, _concurrency, _ways_in, _pool, _storage, _events)

CHANGED: dict[str, dict[str, Any]] = {
    "members": {
        "runtime": "python3.12",
        "handler": "app.other",
        "memory_mib": 512,
        "ephemeral_mib": 1024,
        "timeout_s": 29,
        "package_bytes": len(package("x = 1\n" * 100)),
        "architecture": "arm64",
        "reserved_concurrency": 20,
        "provisioned": ("live 2",),
        "aliases": ("live 1", "next 1 2=0.1"),
        "environment": ("TABLE",),
        "url": Ends(".on.aws/"),
        "on_failure": "dead",
        "sources": ("reports batch=5",),
        "zones": ZONES,
        "security_groups": ("calls",),
    },
    "members-api": {
        "methods": ("GET / MOCK", "POST / members"),
        "stages": ("prod rate=100 burst=200",),
        "api_key_required": True,
    },
    "members-http": {
        "methods": ("GET /users members",),
        "stages": ("$default rate=10 burst=20",),
        "timeout_s": 7.0,
    },
    "members-table": {"ttl_attribute": "expires", "stream": "KEYS_ONLY"},
    "visits-table": {"billing_mode": "PROVISIONED", "read_units": 5, "write_units": 2},
    "reports": {
        "visibility_timeout_s": 90,
        "retention_s": 3600,
        "delay_s": 15,
        "dead_letter": "dead",
        "max_receives": 3,
    },
    "news": {"subscriptions": ("sqs arn:aws:sqs:ap-northeast-1:123456789012:reports",)},
    "nightly": {"schedule": "cron(0 18 * * ? *)", "state": "DISABLED", "targets": ("members",)},
    "sold": {"pattern": '{"source": ["sale"]}'},
    "reporting": {"states": ("Run Task", "Done Succeed")},
    "pool": {
        "target": "members-db",
        "max_connections_percent": 40,
        "state": "available",
    },
}
"""Node -> attributes as they read after the steps; each read otherwise before."""

COVERED = {
    "members": "function",
    "members-api": "api",
    "members-http": "api",
    "members-table": "table",
    "visits-table": "table",
    "reports": "queue",
    "turns.fifo": "queue",
    "news": "topic",
    "orders.fifo": "topic",
    "nightly": "rule",
    "sold": "rule",
    "reporting": "state_machine",
    "pool": "db_proxy",
}
"""Node -> its kind."""


def covered() -> set[tuple[str, str]]:
    """(kind, attribute) of everything that this module asks for."""
    told = {(COVERED[node], name) for table in (BORN, CHANGED) for node, names in table.items() for name in names}
    return told | {("function", "state"), ("api", "api_id")}


def test_what_is_serverless_is_read_back_as_made_and_as_changed(session: Session) -> None:
    site = build(session)
    before = read_back(session)
    for name, kind in COVERED.items():
        node = before.node(name)
        assert (node.kind, set(node.attributes)) == (kind, set(ATTRIBUTES[kind])), name
    for name, expected in BORN.items():
        assert {key: before.node(name).attributes[key] for key in expected} == expected, name
    assert (before.node("members-api").require("api_id"), before.node("members-http").require("api_id")) == (
        site.api,
        site.http,
    )
    for step in STEPS:
        step(session, site)
    after = read_back(session)
    for name, changes in CHANGED.items():
        for attribute, expected in changes.items():
            was, now = before.node(name).attributes[attribute], after.node(name).attributes[attribute]
            assert was != now, f"{name}.{attribute} proves nothing"
            assert now == expected, f"{name}.{attribute}"


def test_a_function_is_pending_until_it_is_active(session: Session) -> None:
    site = SimpleNamespace()
    for step in (_queues, _functions):
        step(session, site)
    code = {"ZipFile": package("late = 1")}
    session.client("lambda").create_function(
        FunctionName="late", Runtime="python3.13", Role=site.role, Handler="app.handler", Code=code
    )
    assert read_back(session).node("late").require("state") == "Pending"
    session.client("lambda").get_waiter("function_active_v2").wait(FunctionName="late")
    assert read_back(session).node("late").require("state") == "Active"

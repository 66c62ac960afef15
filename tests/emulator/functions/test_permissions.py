"""What a function may do: the policies of its role, asked at every request."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud import explain
from aws14.emulator.buckets.policy import Caller, applies
from tests.emulator.functions.conftest import LOGS

#: Calls what the event says, and answers AWS's refusal.
CALLER = """
import boto3
from botocore.exceptions import ClientError
def handler(event, context):
    try:
        getattr(boto3.client(event['service']), event['call'])(**event.get('given', {}))
        return 'done'
    except ClientError as error:
        told = error.response['Error']
        return [told['Code'], told['Message']]
"""
HERE = "arn:aws:{}:ap-northeast-1:123456789012:{}"
TABLE = HERE.format("dynamodb", "table/members")
GET = {"service": "dynamodb", "call": "get_item", "given": {"TableName": "members", "Key": {"id": {"S": "1"}}}}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


@pytest.fixture
def bare(functions: SimpleNamespace) -> SimpleNamespace:
    """A function whose role may nothing, a table, and ``let(policy)``."""
    iam = functions.aws("iam")
    iam.detach_role_policy(RoleName="run", PolicyArn=LOGS)
    functions.aws("dynamodb").create_table(
        TableName="members",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    functions.make("caller", CALLER, Timeout=20)

    def let(*statements: dict[str, Any]) -> None:
        iam.put_role_policy(RoleName="run", PolicyName="own", PolicyDocument=policy(*statements))

    return SimpleNamespace(**vars(functions), let=let, iam=iam)


def test_what_no_policy_allows_is_refused_and_a_new_policy_counts_at_once(bare: SimpleNamespace) -> None:
    code, text = bare.call("caller", GET).body
    assert code == "AccessDeniedException"
    assert text == (
        "User: arn:aws:sts::123456789012:assumed-role/run/caller is not authorized to perform: dynamodb:GetItem on "
        f"resource: {TABLE} because no identity-based policy allows the dynamodb:GetItem action"
    )
    bare.let(allow("dynamodb:Get*", TABLE))
    assert bare.call("caller", GET).body == "done"
    put = {"service": "dynamodb", "call": "put_item", "given": {"TableName": "members", "Item": {"id": {"S": "1"}}}}
    assert bare.call("caller", put).body[0] == "AccessDeniedException"
    assert bare.aws("dynamodb").scan(TableName="members")["Count"] == 0
    bare.let(allow("dynamodb:*", "*"), allow("dynamodb:GetItem", TABLE, "Deny"))
    assert "with an explicit deny in an identity-based policy" in bare.call("caller", GET).body[1]
    assert bare.call("caller", put).body == "done"
    bare.iam.delete_role_policy(RoleName="run", PolicyName="own")
    assert bare.call("caller", put).body[0] == "AccessDeniedException"


def test_attached_policies_count_the_accounts_own_and_those_of_aws(bare: SimpleNamespace) -> None:
    own = bare.iam.create_policy(PolicyName="reads", PolicyDocument=policy(allow("dynamodb:GetItem", TABLE)))["Policy"]
    for arn in (own["Arn"], "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"):
        bare.iam.attach_role_policy(RoleName="run", PolicyArn=arn)
        assert bare.call("caller", GET).body == "done"
        bare.iam.detach_role_policy(RoleName="run", PolicyArn=arn)
        assert bare.call("caller", GET).body[0] == "AccessDeniedException"


@pytest.mark.parametrize(
    ("event", "action", "resource", "code"),
    [
        (
            {"service": "s3", "call": "put_object", "given": {"Bucket": "pages", "Key": "a/b.txt", "Body": "x"}},
            "s3:PutObject", "arn:aws:s3:::pages/a/b.txt", "AccessDenied",
        ),
        ({"service": "s3", "call": "list_objects_v2", "given": {"Bucket": "pages"}}, "s3:ListBucket",
         "arn:aws:s3:::pages", "AccessDenied"),
        (
            {"service": "s3", "call": "delete_objects",
             "given": {"Bucket": "pages", "Delete": {"Objects": [{"Key": "old"}]}}},
            "s3:DeleteObject", "arn:aws:s3:::pages/old", "AccessDenied",
        ),
        (
            {"service": "sqs", "call": "send_message",
             "given": {"QueueUrl": "https://sqs.ap-northeast-1.amazonaws.com/123456789012/work", "MessageBody": "x"}},
            "sqs:SendMessage", HERE.format("sqs", "work"), "AccessDenied",
        ),
        (
            {"service": "sns", "call": "publish", "given": {"TopicArn": HERE.format("sns", "news"), "Message": "x"}},
            "SNS:Publish", HERE.format("sns", "news"), "AuthorizationError",
        ),
        ({"service": "lambda", "call": "invoke", "given": {"FunctionName": "other", "Payload": "{}"}},
         "lambda:InvokeFunction", HERE.format("lambda", "function:other"), "AccessDeniedException"),
        (
            {"service": "events", "call": "put_events",
             "given": {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]}},
            "events:PutEvents", HERE.format("events", "event-bus/default"), "AccessDeniedException",
        ),
        (
            {"service": "stepfunctions", "call": "start_execution",
             "given": {"stateMachineArn": HERE.format("states", "stateMachine:reports")}},
            "states:StartExecution", HERE.format("states", "stateMachine:reports"), "AccessDeniedException",
        ),
        ({"service": "ssm", "call": "get_parameter", "given": {"Name": "/site/colour"}}, "ssm:GetParameter",
         HERE.format("ssm", "parameter/site/colour"), "AccessDeniedException"),
        ({"service": "kms", "call": "describe_key", "given": {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}},
         "kms:DescribeKey", HERE.format("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"), "AccessDeniedException"),
        (
            {"service": "dynamodb", "call": "transact_write_items",
             "given": {"TransactItems": [{"Put": {"TableName": "members", "Item": {"id": {"S": "1"}}}}]}},
            "dynamodb:PutItem", TABLE, "AccessDeniedException",
        ),
        ({"service": "dynamodb", "call": "execute_statement", "given": {"Statement": 'SELECT * FROM "members"'}},
         "dynamodb:PartiQLSelect", TABLE, "AccessDeniedException"),
        ({"service": "ec2", "call": "describe_instances"}, "ec2:DescribeInstances", "*", "UnauthorizedOperation"),
    ],
)  # fmt: skip
def test_each_service_names_what_is_missing(
    bare: SimpleNamespace, event: dict[str, Any], action: str, resource: str, code: str
) -> None:
    got, text = bare.call("caller", event).body
    assert got == code
    assert f"is not authorized to perform: {action} on resource: " in text and resource in text
    bare.let(allow(action, resource if resource != "*" else "arn:aws:ec2:*:*:instance/*"))
    after = bare.call("caller", event).body
    assert after == "done" or after[0] not in {code, "AccessDenied"}, after


def test_everybody_may_ask_who_he_is_and_the_learner_may_all(bare: SimpleNamespace) -> None:
    assert bare.call("caller", {"service": "sts", "call": "get_caller_identity"}).body == "done"
    assert bare.aws("dynamodb").scan(TableName="members")["Count"] == 0


def test_a_secret_is_named_by_its_whole_arn(bare: SimpleNamespace) -> None:
    arn = bare.aws("secretsmanager").create_secret(Name="db", SecretString="x")["ARN"]
    ask = {"service": "secretsmanager", "call": "get_secret_value", "given": {"SecretId": "db"}}
    assert f"on resource: {arn} because" in bare.call("caller", ask).body[1]
    bare.let(allow("secretsmanager:GetSecretValue", arn))
    assert bare.call("caller", ask).body == "done"


def test_without_permission_there_are_no_logs(bare: SimpleNamespace) -> None:
    logs = bare.aws("logs")
    tail = bare.call("caller", GET, LogType="Tail").log
    assert tail and logs.describe_log_groups()["logGroups"] == []
    bare.iam.attach_role_policy(RoleName="run", PolicyArn=LOGS)
    bare.call("caller", GET)
    assert [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]] == ["/aws/lambda/caller"]


def test_a_mapping_is_made_for_a_role_that_may_read(bare: SimpleNamespace) -> None:
    queue = bare.aws("sqs").create_queue(QueueName="work", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    arn = bare.aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    with pytest.raises(ClientError, match="InvalidParameterValueException") as refused:
        bare.client.create_event_source_mapping(EventSourceArn=arn, FunctionName="caller")
    words = "The provided execution role does not have permissions to call ReceiveMessage on SQS"
    assert refused.value.response["Error"]["Message"] == words
    assert "attach_role_policy" in explain(refused.value)
    stream = bare.aws("dynamodb").update_table(
        TableName="members", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    )["TableDescription"]["LatestStreamArn"]
    given = {"EventSourceArn": stream, "FunctionName": "caller", "StartingPosition": "LATEST"}
    with pytest.raises(ClientError, match="Cannot access stream"):
        bare.client.create_event_source_mapping(**given)
    for name in ("AWSLambdaSQSQueueExecutionRole", "AWSLambdaDynamoDBExecutionRole"):
        bare.iam.attach_role_policy(RoleName="run", PolicyArn=f"arn:aws:iam::aws:policy/service-role/{name}")
    assert bare.client.create_event_source_mapping(EventSourceArn=arn, FunctionName="caller")["State"] == "Creating"
    assert bare.client.create_event_source_mapping(**given)["State"] == "Creating"


def test_sessions_are_held_to_policies_after_a_restart_too(bare: SimpleNamespace, emulator: Any) -> None:
    emulator.save("bare")
    emulator.restore("bare")
    assert bare.call("caller", GET).body[0] == "AccessDeniedException"


def test_conditions_and_exceptions_of_a_statement() -> None:
    here = Caller(kind="account", facts={"aws:requestedregion": "ap-northeast-1"})
    given = allow("s3:*", "*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})
    assert not applies(given, here, "s3:GetObject", "arn:aws:s3:::a/b")
    others = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::a/*"}
    assert applies(others, here, "s3:GetObject", "arn:aws:s3:::c/b")
    assert not applies(others, here, "s3:GetObject", "arn:aws:s3:::a/b")
    assert not applies(others, here, "iam:PassRole", "*")

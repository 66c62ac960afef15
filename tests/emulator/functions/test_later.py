"""Events for later: retries on the clock, destinations, dead letters; versions, aliases, layers; what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.functions.conftest import packed

FAILS = """
count = 0
def handler(event, context):
    global count
    count += 1
    if event.get("fail", 0) >= count:
        raise ValueError("no")
    return {"count": count}
"""


def queue(functions: SimpleNamespace, name: str) -> tuple[str, str]:
    sqs = functions.aws("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def received(functions: SimpleNamespace, url: str) -> list[dict[str, Any]]:
    found = functions.aws("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
    )
    return list(found.get("Messages", ()))


def test_a_failed_event_is_tried_again_after_one_and_after_two_minutes(functions: SimpleNamespace) -> None:
    url, arn = queue(functions, "won")
    functions.make("later", FAILS)
    functions.client.put_function_event_invoke_config(
        FunctionName="later", DestinationConfig={"OnSuccess": {"Destination": arn}}
    )
    functions.call("later", {"fail": 2}, InvocationType="Event")
    functions.advance(1)
    assert functions.call("later", {}).body == {"count": 2}, "tried once so far"
    functions.advance(57)
    assert not received(functions, url)
    functions.advance(5)
    told = json.loads(received(functions, url)[0]["Body"])
    assert told["requestContext"]["condition"] == "Success"
    assert told["responsePayload"] == {"count": 3} and told["requestPayload"] == {"fail": 2}


def test_an_event_that_never_works_ends_at_the_destination_and_with_the_dead_letters(
    functions: SimpleNamespace,
) -> None:
    (lost, lost_arn), (dead, dead_arn) = queue(functions, "lost"), queue(functions, "dead")
    functions.make("later", FAILS, DeadLetterConfig={"TargetArn": dead_arn})
    functions.client.put_function_event_invoke_config(
        FunctionName="later", DestinationConfig={"OnFailure": {"Destination": lost_arn}}
    )
    functions.call("later", {"fail": 99}, InvocationType="Event")
    functions.advance(170)
    assert not received(functions, lost)
    functions.advance(20)
    told = json.loads(received(functions, lost)[0]["Body"])
    assert told["requestContext"]["condition"] == "RetriesExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 3
    assert told["responseContext"]["functionError"] == "Unhandled"
    letter = received(functions, dead)[0]
    assert json.loads(letter["Body"]) == {"fail": 99}
    assert letter["MessageAttributes"]["ErrorMessage"]["StringValue"] == "no"


def test_fewer_retries_are_fewer_attempts(functions: SimpleNamespace) -> None:
    functions.make("later", FAILS)
    functions.client.put_function_event_invoke_config(FunctionName="later", MaximumRetryAttempts=0)
    assert functions.client.get_function_event_invoke_config(FunctionName="later")["MaximumRetryAttempts"] == 0
    functions.call("later", {"fail": 99}, InvocationType="Event")
    functions.advance(250)
    assert functions.call("later", {}).body == {"count": 2}
    functions.client.delete_function_event_invoke_config(FunctionName="later")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        functions.client.get_function_event_invoke_config(FunctionName="later")


def test_a_throttled_event_waits(functions: SimpleNamespace) -> None:
    functions.make("later", FAILS)
    functions.client.put_function_concurrency(FunctionName="later", ReservedConcurrentExecutions=0)
    functions.call("later", {}, InvocationType="Event")
    functions.advance(30)
    functions.client.delete_function_concurrency(FunctionName="later")
    functions.advance(60)
    assert functions.call("later", {}).body == {"count": 2}


def test_a_version_stays_as_it_was_and_an_alias_shares_events_out(functions: SimpleNamespace) -> None:
    client = functions.client
    functions.make("members", "def handler(e, c): return c.function_version + ' old'")
    one = client.publish_version(FunctionName="members")["Version"]
    client.update_function_code(
        FunctionName="members", ZipFile=packed(app="def handler(e, c): return c.function_version + ' new'")
    )
    functions.advance(2)
    two = client.publish_version(FunctionName="members")["Version"]
    assert (one, two) == ("1", "2")
    answers = [functions.call("members", Qualifier=each).body for each in ("1", "2", "$LATEST")]
    assert answers == ["1 old", "2 new", "$LATEST new"]
    client.create_alias(
        FunctionName="members",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
    )
    versions = [functions.call("members:live").version for _ in range(40)]
    assert 4 <= versions.count("2") <= 16 and set(versions) == {"1", "2"}
    client.delete_function(FunctionName="members", Qualifier="2")
    client.update_function_configuration(FunctionName="members", Timeout=9)
    functions.advance(2)
    assert client.publish_version(FunctionName="members")["Version"] == "3", "a number is not given again"


def test_a_layer_is_found_under_opt(functions: SimpleNamespace) -> None:
    layer = functions.client.publish_layer_version(
        LayerName="words", Content={"ZipFile": packed(python__words="greeting = 'hello'")}
    )["LayerVersionArn"]
    functions.make("members", "import words\ndef handler(e, c): return words.greeting", Layers=[layer])
    assert functions.call("members").body == "hello"


def test_what_lambda_refuses_to_create(functions: SimpleNamespace) -> None:
    def refused(**changed: Any) -> tuple[str, str]:
        given = {
            "FunctionName": "members", "Runtime": "python3.13", "Role": functions.role, "Handler": "app.handler",
            "Code": {"ZipFile": packed(app="")},
        }  # fmt: skip
        with pytest.raises(ClientError) as error:
            functions.client.create_function(**{**given, **changed})
        return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]

    code, message = refused(Code={"ZipFile": b"no zip"})
    assert (code, message.split(".")[0]) == ("InvalidParameterValueException", "Could not unzip uploaded file")
    assert "runtime" in refused(Runtime="python2.7")[1]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("big.bin", bytes(263_000_000))
    assert refused(Code={"ZipFile": buffer.getvalue()})[1] == "Unzipped size must be smaller than 262144000 bytes"
    other = functions.aws("iam").create_role(
        RoleName="other", AssumeRolePolicyDocument='{"Statement": [{"Principal": {"Service": "ec2.amazonaws.com"}}]}'
    )["Role"]["Arn"]
    assert refused(Role=other)[1] == "The role defined for the function cannot be assumed by Lambda."
    assert refused(MemorySize=64 * 1024)[0] == "InvalidParameterValueException"
    functions.make("members", "def handler(e, c): pass")
    assert refused()[0] == "ResourceConflictException"


def test_it_cannot_be_changed_while_it_is_changed(functions: SimpleNamespace) -> None:
    functions.make("members", "def handler(e, c): pass")
    changed = functions.client.update_function_configuration(FunctionName="members", Timeout=5)
    assert changed["LastUpdateStatus"] == "InProgress"
    with pytest.raises(ClientError, match="ResourceConflict"):
        functions.client.update_function_configuration(FunctionName="members", Timeout=6)
    functions.advance(2)
    told = functions.client.get_function_configuration(FunctionName="members")
    assert (told["State"], told["LastUpdateStatus"]) == ("Active", "Successful")

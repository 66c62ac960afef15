"""Functions run: environments live on, errors and logs have AWS's shapes, time is up when it is up."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.functions.conftest import packed

COUNTER = """
import os, uuid
born, count = str(uuid.uuid4()), 0
def handler(event, context):
    global count
    count += 1
    return {"count": count, "born": born, "event": event, "table": os.environ.get("TABLE")}
"""


def test_a_global_variable_survives_from_event_to_event(functions: SimpleNamespace) -> None:
    functions.make("members", COUNTER, Environment={"Variables": {"TABLE": "members"}})
    first = functions.call("members", {"id": 1})
    second = functions.call("members")
    assert (first.status, first.error, first.version) == (200, "", "$LATEST")
    assert first.body["count"] == 1 and first.body["event"] == {"id": 1} and first.body["table"] == "members"
    assert second.body["count"] == 2 and second.body["event"] == {}
    assert second.body["born"] == first.body["born"]


def test_an_idle_environment_is_given_up(functions: SimpleNamespace) -> None:
    functions.make("members", COUNTER)
    functions.call("members")
    functions.advance(120)
    assert functions.call("members").body["count"] == 2
    functions.advance(1000)
    assert functions.call("members").body["count"] == 1


def test_a_change_brings_new_environments(functions: SimpleNamespace) -> None:
    functions.make("members", COUNTER)
    functions.call("members")
    functions.client.update_function_code(FunctionName="members", ZipFile=packed(app=COUNTER + "\n# new"))
    functions.client.get_waiter("function_updated_v2").wait(FunctionName="members", WaiterConfig={"Delay": 1})
    assert functions.call("members").body["count"] == 1
    functions.advance(2)
    functions.client.update_function_configuration(FunctionName="members", Environment={"Variables": {"TABLE": "t"}})
    assert functions.call("members").body["table"] == "t"


ERRORS = {
    "raises": (
        "def handler(event, context):\n    return event['id']",
        {"errorMessage": "'id'", "errorType": "KeyError"},
    ),
    "library": (
        "import pymysql\ndef handler(event, context): pass",
        {"errorMessage": "Unable to import module 'app': No module named 'pymysql'",
         "errorType": "Runtime.ImportModuleError"},
    ),
    "syntax": ("def handler(event, context)\n    pass", {"errorType": "Runtime.UserCodeSyntaxError"}),
    "missing": (
        "def other(event, context): pass",
        {"errorMessage": "Handler 'handler' missing on module 'app'", "errorType": "Runtime.HandlerNotFound"},
    ),
    "marshal": (
        "def handler(event, context): return {1, 2}",
        {"errorMessage": "Unable to marshal response: Object of type set is not JSON serializable",
         "errorType": "Runtime.MarshalError"},
    ),
    "exits": ("import sys\ndef handler(event, context): sys.exit(1)", {"errorType": "Runtime.ExitError"}),
}  # fmt: skip


@pytest.mark.parametrize("what", ERRORS)
def test_errors_have_the_shapes_of_aws(functions: SimpleNamespace, what: str) -> None:
    code, expected = ERRORS[what]
    functions.make("broken", code)
    answer = functions.call("broken", {})
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert expected.items() <= answer.body.items()
    if what == "raises":
        assert answer.body["stackTrace"] == [
            "  File \"/var/task/app.py\", line 2, in handler\n    return event['id']\n           ~~~~~^^^^^^\n"
        ] or answer.body["stackTrace"][0].startswith('  File "/var/task/app.py", line 2, in handler\n')
        assert answer.body["requestId"]


def test_time_is_up_when_it_is_up(functions: SimpleNamespace) -> None:
    functions.make("slow", "import time\ncount = 0\ndef handler(e, c):\n    global count; count += 1\n"
                   "    time.sleep(e['s']); return count", Timeout=1)  # fmt: skip
    assert functions.call("slow", {"s": 0}).body == 1
    answer = functions.call("slow", {"s": 5}, LogType="Tail")
    assert answer.error == "Unhandled" and answer.body["errorType"] == "Sandbox.Timedout"
    assert answer.body["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert "Task timed out after 1.00 seconds" in base64.b64decode(answer.log).decode()
    assert functions.call("slow", {"s": 0}).body == 1, "the environment was thrown away"


def test_beyond_its_memory_it_is_killed(functions: SimpleNamespace) -> None:
    code = (
        "import time\ndef handler(e, c):\n    kept = []\n    while True: kept.append(b'x' * 8388608); time.sleep(.01)"
    )
    functions.make("big", code, Timeout=20)
    answer = functions.call("big")
    assert answer.body["errorType"] == "Runtime.OutOfMemory"
    assert answer.body["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")


@pytest.mark.parametrize("code", [
    "count = 0\ndef handler(e, c):\n    global count; count += 1\n    return len(bytearray(1 << 40)) if e else count",
    "def handler(e, c): pass\nif __import__('os').environ.get('BIG'): bytearray(1 << 40)",
])  # fmt: skip
def test_what_asks_for_far_too_much_memory_is_killed_too(functions: SimpleNamespace, code: str) -> None:
    functions.make("big", code, Environment={"Variables": {"BIG": "yes"}})
    if "count" in code:
        assert functions.call("big").body == 1
    answer = functions.call("big", {"much": True}, LogType="Tail")
    assert (answer.error, answer.body["errorType"]) == ("Unhandled", "Runtime.OutOfMemory")
    assert answer.body["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    if "count" in code:
        assert functions.call("big").body == 1


PLACES = """
import json, sys, traceback, tail.piece
from importlib import resources
def handler(event, context):
    try: json.loads("{")
    except ValueError: traceback.print_exc()
    if event: tail.piece.fails()
    return [__file__, tail.__path__, tail.piece.__file__, sys.path[0], sys.executable, sys.argv,
            resources.files("tail").joinpath("piece.py").read_text()[:3], open(__file__).read()[:7]]
"""


def test_a_function_shows_and_finds_the_paths_of_lambda(functions: SimpleNamespace) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("app.py", PLACES)
        package.writestr("tail/__init__.py", "")
        package.writestr("tail/piece.py", "def fails():\n    raise ValueError('here')\n")
    functions.make("places", buffer.getvalue())
    answer = functions.call("places", None, LogType="Tail")
    assert answer.body[:4] == ["/var/task/app.py", ["/var/task/tail"], "/var/task/tail/piece.py", "/var/task"]
    assert answer.body[4].startswith("/var/lang/bin/") and answer.body[5:] == [
        ["/var/runtime/bootstrap.py"],
        "def",
        "\nimport"[:7],
    ]
    log = base64.b64decode(answer.log).decode()
    assert 'File "/var/task/app.py", line 5, in handler\n    try: json.loads("{")' in log
    assert '"/var/lang/lib/python3.13/json/__init__.py"' in log
    failed = functions.call("places", {"fail": 1}).body["stackTrace"]
    assert failed[-1] == "  File \"/var/task/tail/piece.py\", line 2, in fails\n    raise ValueError('here')\n"


CONTEXT = """
import os, logging
print("hello from init")
logging.getLogger().setLevel(logging.INFO)
def handler(event, context):
    print("two\\nlines")
    logging.info("logged")
    return {
        "name": context.function_name, "version": context.function_version, "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb, "group": context.log_group_name, "stream": context.log_stream_name,
        "left": context.get_remaining_time_in_millis(), "id": context.aws_request_id,
        "env": {k: v for k, v in os.environ.items() if k.startswith(("AWS_", "LAMBDA", "_HANDLER", "TZ"))},
        "tmp": open("/tmp/x", "w").write("1") and os.listdir("/tmp"), "cwd": os.getcwd(), "file": __file__,
    }
"""


def test_the_context_and_the_log(functions: SimpleNamespace) -> None:
    functions.make("context", CONTEXT, MemorySize=256, Timeout=7)
    answer = functions.call("context", {}, LogType="Tail")
    told = answer.body
    arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:context"
    assert (told["name"], told["version"], told["arn"], told["memory"]) == ("context", "$LATEST", arn, "256")
    assert 6000 < told["left"] <= 7000 and told["group"] == "/aws/lambda/context"
    assert told["tmp"] == ["x"] and told["cwd"] == "/var/task"
    env = told["env"]
    assert env["AWS_LAMBDA_FUNCTION_NAME"] == "context" and env["AWS_REGION"] == "ap-northeast-1"
    assert env["LAMBDA_TASK_ROOT"] == "/var/task" and env["_HANDLER"] == "app.handler"
    log = base64.b64decode(answer.log).decode().splitlines()
    assert log[0] == "INIT_START Runtime Version: python3.13"
    assert log[1] == f"START RequestId: {told['id']} Version: $LATEST"
    assert log[2:5] == ["hello from init", "two", "lines"]
    assert re.fullmatch(r"\[INFO\]\t\S+Z\t" + told["id"] + r"\tlogged", log[5])
    assert log[6] == f"END RequestId: {told['id']}"
    report = re.fullmatch(
        rf"REPORT RequestId: {told['id']}\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms\tMemory Size: 256 MB\t"
        r"Max Memory Used: (\d+) MB\tInit Duration: ([\d.]+) ms\t",
        log[7],
    )
    assert report is not None, log[7]
    duration, billed, used, init = map(float, report.groups())
    assert billed == -(-(duration + init) // 1) or abs(billed - (duration + init)) < 1.01
    assert 5 < used < 256
    events = functions.aws("logs").get_log_events(logGroupName=told["group"], logStreamName=told["stream"])["events"]
    assert [each["message"].rstrip("\n") for each in events] == log
    warm = base64.b64decode(functions.call("context", {}, LogType="Tail").log).decode()
    assert "Init Duration" not in warm and "INIT_START" not in warm


def test_boto3_in_a_function_speaks_to_the_embedded_aws(functions: SimpleNamespace) -> None:
    """Also the test that the world goes on while a function runs: it calls the cloud that waits for it."""
    table = {"TableName": "members", "BillingMode": "PAY_PER_REQUEST"}
    functions.aws("dynamodb").create_table(
        **table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    code = (
        "import boto3\ntable = boto3.resource('dynamodb').Table('members')\n"
        "def handler(event, context):\n    table.put_item(Item={'id': 'a', 'visits': 3})\n"
        "    return {**table.get_item(Key={'id': 'a'})['Item'],"
        " 'who': boto3.client('sts').get_caller_identity()['Arn']}\n"
    )
    may = "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
    functions.aws("iam").attach_role_policy(RoleName="run", PolicyArn=may)
    functions.make("members", code, Timeout=20, MemorySize=256)
    answer = functions.call("members")
    assert answer.body.get("visits") == 3, answer
    assert ":assumed-role/run/members" in answer.body["who"]


def test_types_of_invocation(functions: SimpleNamespace) -> None:
    functions.make("members", COUNTER)
    assert functions.call("members", {}, InvocationType="DryRun").status == 204
    assert functions.call("members", {}, InvocationType="Event").status == 202
    functions.advance(1)
    assert functions.call("members").body["count"] == 2


def test_what_cannot_be_invoked_is_refused(functions: SimpleNamespace) -> None:
    def code(**call: Any) -> str:
        with pytest.raises(ClientError) as refused:
            functions.client.invoke(**call)
        return str(refused.value.response["Error"]["Code"])

    assert code(FunctionName="nobody") == "ResourceNotFoundException"
    functions.make("members", COUNTER)
    assert code(FunctionName="members", Payload=b"{no json") == "InvalidRequestContentException"
    assert code(FunctionName="members", Payload=b'"' + b"x" * 6_291_456 + b'"') == "RequestTooLargeException"
    assert code(FunctionName="members", Qualifier="live") == "ResourceNotFoundException"
    functions.client.create_function(
        FunctionName="new", Runtime="python3.13", Role=functions.role, Handler="app.handler",
        Code={"ZipFile": packed(app=COUNTER)},
    )  # fmt: skip
    assert code(FunctionName="new") == "ResourceConflictException"
    functions.client.get_waiter("function_active_v2").wait(FunctionName="new", WaiterConfig={"Delay": 1})
    assert functions.call("new").status == 200

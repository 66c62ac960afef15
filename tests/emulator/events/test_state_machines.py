"""Step Functions: executions go from state to state on the clock."""

from __future__ import annotations

import json
import time

import pytest

ROLE = "arn:aws:iam::123456789012:role/machine"


@pytest.fixture
def machine(clean_emulator, aws):
    """Make a state machine: ``machine(first, {name: state})`` -> ARN."""

    def make(first, states, kind="STANDARD", **more):
        definition = json.dumps({"StartAt": first, "States": states, **more})
        name = f"m{len(aws('stepfunctions').list_state_machines()['stateMachines'])}"
        made = aws("stepfunctions").create_state_machine(name=name, definition=definition, roleArn=ROLE, type=kind)
        return made["stateMachineArn"]

    return make


@pytest.fixture
def begin(clean_emulator, aws):
    def start(arn, given=None):
        text = json.dumps(given or {})
        return aws("stepfunctions").start_execution(stateMachineArn=arn, input=text)["executionArn"]

    return start


def told(aws, execution):
    return aws("stepfunctions").describe_execution(executionArn=execution)


def history(aws, execution):
    return aws("stepfunctions").get_execution_history(executionArn=execution)["events"]


def test_a_wait_passes_when_time_is_advanced(clean_emulator, aws, machine, begin):
    states = {
        "First": {"Type": "Wait", "Seconds": 3600, "Next": "Second"},
        "Second": {"Type": "Wait", "SecondsPath": "$.more", "Next": "Done"},
        "Done": {"Type": "Pass", "Result": {"fine": True}, "End": True},
    }
    execution = begin(machine("First", states), {"more": 1800})
    clean_emulator.advance(5300)
    assert told(aws, execution)["status"] == "RUNNING"
    clean_emulator.advance(200)
    found = told(aws, execution)
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"fine": True})
    lasted = (found["stopDate"] - found["startDate"]).total_seconds()
    assert lasted == pytest.approx(5400, abs=1)
    events = history(aws, execution)
    assert [each["type"] for each in events if each["type"].endswith("Entered")] == [
        "WaitStateEntered",
        "WaitStateEntered",
        "PassStateEntered",
    ]
    assert events[-1]["type"] == "ExecutionSucceeded"


def test_a_failing_task_is_tried_again_on_the_clock_and_caught(clean_emulator, aws, machine, begin, function):
    arn = function("fails", "def handler(event, context):\n    raise KeyError('no')\n")
    retry = {"ErrorEquals": ["KeyError"], "IntervalSeconds": 60, "MaxAttempts": 2, "BackoffRate": 2.0}
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Sorry"}
    states = {
        "Run": {"Type": "Task", "Resource": arn, "Retry": [retry], "Catch": [catch], "End": True},
        "Sorry": {"Type": "Pass", "End": True},
    }
    execution = begin(machine("Run", states), {"id": 7})
    clean_emulator.advance(100)
    assert told(aws, execution)["status"] == "RUNNING"
    clean_emulator.advance(100)
    found = told(aws, execution)
    assert found["status"] == "SUCCEEDED"
    output = json.loads(found["output"])
    assert (output["id"], output["error"]["Error"]) == (7, "KeyError")
    assert (found["stopDate"] - found["startDate"]).total_seconds() == pytest.approx(60 + 120, abs=2)


def test_parallel_map_choice_and_services(clean_emulator, aws, machine, begin, function):
    double = function("double", "def handler(event, context):\n    return 2 * event['n']\n")
    url = aws("sqs").create_queue(QueueName="results")["QueueUrl"]
    each = {"Run": {"Type": "Task", "Resource": double, "End": True}}
    send = {"QueueUrl": url, "MessageBody.$": "States.JsonToString($.sums)"}
    slow = {"Wait": {"Type": "Wait", "Seconds": 30, "Next": "B"}, "B": {"Type": "Pass", "Result": "b", "End": True}}
    states = {
        "Map": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemProcessor": {"StartAt": "Run", "States": each},
            "ResultPath": "$.sums",
            "Next": "Which",
        },
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.sums[0]", "NumericGreaterThan": 1, "Next": "Both"}],
            "Default": "Bad",
        },
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "a", "End": True}}},
                {"StartAt": "Wait", "States": slow},
            ],
            "ResultPath": "$.both",
            "Next": "Send",
        },
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": send,
            "ResultPath": None,
            "End": True,
        },
        "Bad": {"Type": "Fail", "Error": "Bad", "Cause": "sums"},
    }
    arn = machine("Map", states)
    execution = begin(arn, {"items": [{"n": 1}, {"n": 2}, {"n": 3}]})
    clean_emulator.advance(60)
    found = told(aws, execution)
    assert found["status"] == "SUCCEEDED", found
    assert json.loads(found["output"])["both"] == ["a", "b"]
    assert json.loads(aws("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]) == [2, 4, 6]
    failed = begin(arn, {"items": [{"n": 0}]})
    clean_emulator.advance(60)
    found = told(aws, failed)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Bad", "sums")


def test_a_task_waits_for_its_token_and_times_out_on_the_clock(clean_emulator, aws, machine, begin):
    url = aws("sqs").create_queue(QueueName="tokens")["QueueUrl"]
    body = {"QueueUrl": url, "MessageBody.$": "$$.Task.Token"}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": body,
        "TimeoutSeconds": 3600,
        "End": True,
    }
    arn = machine("Ask", {"Ask": task})
    execution = begin(arn)
    clean_emulator.advance(600)
    assert told(aws, execution)["status"] == "RUNNING"
    token = aws("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]
    aws("stepfunctions").send_task_success(taskToken=token, output='{"approved": true}')
    clean_emulator.advance(1)
    found = told(aws, execution)
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"approved": True})
    late = begin(arn)
    clean_emulator.advance(3599)
    assert told(aws, late)["status"] == "RUNNING"
    clean_emulator.advance(2)
    assert (told(aws, late)["status"], told(aws, late)["error"]) == ("FAILED", "States.Timeout")


def test_an_execution_outlives_its_request_is_stopped_and_is_aborted_by_a_restore(clean_emulator, aws, machine, begin):
    arn = machine("Wait", {"Wait": {"Type": "Wait", "Seconds": 86400, "End": True}})
    first, second = begin(arn), begin(arn)
    clean_emulator.advance(10)
    aws("stepfunctions").stop_execution(executionArn=first)
    assert told(aws, first)["status"] == "ABORTED"
    clean_emulator.save("running")
    assert told(aws, second)["status"] == "RUNNING"  # saving does not disturb it
    clean_emulator.restore("running")
    found = told(aws, second)
    assert found["status"] == "ABORTED"
    assert "restored" in found["cause"]
    assert history(aws, second)[0]["type"] == "ExecutionStarted"
    clean_emulator.advance(90000)
    assert told(aws, second)["status"] == "ABORTED"
    third = begin(arn)
    clean_emulator.advance(90000)
    assert told(aws, third)["status"] == "SUCCEEDED"


def test_an_express_machine_answers_with_its_result(clean_emulator, aws, machine, function):
    from botocore.config import Config

    from tests.conftest import client

    double = function("double", "def handler(event, context):\n    return 2 * event['n']\n")
    parameters = {"FunctionName": double, "Payload.$": "$"}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": parameters,
        "OutputPath": "$.Payload",
        "End": True,
    }
    arn = machine("Run", {"Run": task}, "EXPRESS")
    here = client(clean_emulator, "stepfunctions", config=Config(inject_host_prefix=False))
    found = here.start_sync_execution(stateMachineArn=arn, input='{"n": 21}')
    assert (found["status"], found.get("output")) == ("SUCCEEDED", "42"), found
    standard = machine("Run", {"Run": {"Type": "Pass", "End": True}})
    with pytest.raises(here.exceptions.StateMachineTypeNotSupported):
        here.start_sync_execution(stateMachineArn=standard)


def test_others_are_answered_while_a_task_runs(clean_emulator, aws, machine, begin, function):
    slow = function("slow", "import time\ndef handler(event, context):\n    time.sleep(2)\n")
    execution = begin(machine("Run", {"Run": {"Type": "Task", "Resource": slow, "End": True}}))
    deadline, seen = time.monotonic() + 20, 0
    while told(aws, execution)["status"] == "RUNNING" and time.monotonic() < deadline:
        seen += 1
    assert seen > 5
    assert told(aws, execution)["status"] == "SUCCEEDED"

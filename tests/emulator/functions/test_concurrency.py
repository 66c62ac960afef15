"""Concurrency: one event an environment, limits that hold, environments that are kept ready."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

SLEEPY = """
import time, uuid
born, count = str(uuid.uuid4()), 0
def handler(event, context):
    global count
    count += 1
    time.sleep(event.get("s", 0))
    return [born, count]
"""


def together(functions: SimpleNamespace, count: int, event: dict[str, Any]) -> list[Any]:
    def one(_: int) -> Any:
        try:
            return functions.call("sleepy", event).body
        except ClientError as error:
            return error.response

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_events_at_the_same_time_have_environments_of_their_own(functions: SimpleNamespace) -> None:
    functions.make("sleepy", SLEEPY)
    born = {answer[0] for answer in together(functions, 3, {"s": 0.5})}
    assert len(born) == 3
    again = functions.call("sleepy", {}).body
    assert again[0] in born and again[1] == 2


def test_what_is_beyond_the_reserved_concurrency_is_throttled(functions: SimpleNamespace) -> None:
    functions.make("sleepy", SLEEPY)
    functions.client.put_function_concurrency(FunctionName="sleepy", ReservedConcurrentExecutions=2)
    answers = together(functions, 5, {"s": 1.0})
    refused = [answer for answer in answers if isinstance(answer, dict)]
    assert len(refused) == 3
    assert {each["Error"]["Code"] for each in refused} == {"TooManyRequestsException"}
    assert {each["Reason"] for each in refused} == {"ReservedFunctionConcurrentInvocationLimitExceeded"}
    assert {each["ResponseMetadata"]["HTTPStatusCode"] for each in refused} == {429}
    assert functions.client.get_function_concurrency(FunctionName="sleepy")["ReservedConcurrentExecutions"] == 2
    throttles = functions.aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda", MetricName="Throttles", Dimensions=[{"Name": "FunctionName", "Value": "sleepy"}],
        StartTime="2020-01-01", EndTime="2099-01-01", Period=86400 * 365, Statistics=["Sum"],
    )  # fmt: skip
    assert sum(point["Sum"] for point in throttles["Datapoints"]) == 3
    functions.client.put_function_concurrency(FunctionName="sleepy", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="TooManyRequests"):
        functions.call("sleepy")
    functions.client.delete_function_concurrency(FunctionName="sleepy")
    assert "ReservedConcurrentExecutions" not in functions.client.get_function_concurrency(FunctionName="sleepy")
    assert functions.call("sleepy", {}).status == 200


def test_a_hundred_stay_for_functions_without_a_reservation(functions: SimpleNamespace) -> None:
    functions.make("sleepy", SLEEPY)
    limits = functions.client.get_account_settings()["AccountLimit"]
    assert limits["ConcurrentExecutions"] == limits["UnreservedConcurrentExecutions"] == 1000
    functions.client.put_function_concurrency(FunctionName="sleepy", ReservedConcurrentExecutions=900)
    assert functions.client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 100
    with pytest.raises(ClientError, match=r"below its minimum value of \[100\]"):
        functions.client.put_function_concurrency(FunctionName="sleepy", ReservedConcurrentExecutions=901)


def test_provisioned_environments_are_there_before_the_first_event(functions: SimpleNamespace) -> None:
    client = functions.client
    functions.make("sleepy", SLEEPY)
    version = client.publish_version(FunctionName="sleepy")["Version"]
    client.create_alias(FunctionName="sleepy", Name="live", FunctionVersion=version)
    with pytest.raises(ClientError, match="unpublished"):
        client.put_provisioned_concurrency_config(
            FunctionName="sleepy", Qualifier="$LATEST", ProvisionedConcurrentExecutions=1
        )
    put = client.put_provisioned_concurrency_config(
        FunctionName="sleepy", Qualifier="live", ProvisionedConcurrentExecutions=2
    )
    assert (put["Status"], put["AvailableProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 0)
    functions.advance(180)
    ready = client.get_provisioned_concurrency_config(FunctionName="sleepy", Qualifier="live")
    assert (ready["Status"], ready["AvailableProvisionedConcurrentExecutions"]) == ("READY", 2)
    listed = client.list_provisioned_concurrency_configs(FunctionName="sleepy")["ProvisionedConcurrencyConfigs"]
    assert [each["FunctionArn"].rpartition(":")[2] for each in listed] == ["live"]
    answer = client.invoke(FunctionName="sleepy", Qualifier="live", LogType="Tail")
    assert b"Init Duration" not in base64.b64decode(answer["LogResult"])
    cold = client.invoke(FunctionName="sleepy", LogType="Tail")
    assert b"Init Duration" in base64.b64decode(cold["LogResult"])
    client.delete_provisioned_concurrency_config(FunctionName="sleepy", Qualifier="live")
    with pytest.raises(ClientError, match="ProvisionedConcurrencyConfigNotFound"):
        client.get_provisioned_concurrency_config(FunctionName="sleepy", Qualifier="live")


def test_more_events_than_processes_wait_for_their_turn(functions: SimpleNamespace) -> None:
    functions.make("sleepy", SLEEPY)
    answers = together(functions, 16, {"s": 0.4})
    assert all(isinstance(answer, list) for answer in answers)
    assert len({answer[0] for answer in answers}) <= 12

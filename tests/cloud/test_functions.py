"""Functions through a course session: made once, read back with every attribute, torn down to nothing."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest

from aws14.cloud import read_back, tear_down
from aws14.cloud.archives import by_content
from aws14.cloud.session import Session
from aws14.model.kinds import ATTRIBUTES
from tests.emulator.functions.conftest import TRUST

CODE = "def handler(event, context):\n    return 'hello'\n"


def package(text: str = CODE, when: float = 0.0) -> bytes:
    """A zip that says when it was packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(zipfile.ZipInfo("app.py", time.gmtime(1_600_000_000 + when)[:6]), text)
    return buffer.getvalue()


def build(session: Session, when: float = 0.0) -> None:
    """The cells of a lesson: plain create calls."""
    iam, client, sqs = (session.client(each) for each in ("iam", "lambda", "sqs"))
    role = iam.create_role(RoleName="members-api", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    reads = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
    iam.attach_role_policy(RoleName="members-api", PolicyArn=reads)
    queue = sqs.create_queue(QueueName="reports")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    layer = client.publish_layer_version(LayerName="words", Content={"ZipFile": package("word = 1", when)})
    client.create_function(
        FunctionName="members", Runtime="python3.13", Role=role, Handler="app.handler", Timeout=10,
        Code={"ZipFile": package(when=when)}, Environment={"Variables": {"TABLE": "members"}},
        Layers=[layer["LayerVersionArn"]],
    )  # fmt: skip
    client.get_waiter("function_active_v2").wait(FunctionName="members")
    version = client.publish_version(FunctionName="members")["Version"]
    client.create_alias(FunctionName="members", Name="live", FunctionVersion=version)
    client.add_permission(
        FunctionName="members", StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    client.create_event_source_mapping(FunctionName="members", EventSourceArn=arn, BatchSize=5)
    client.create_function_url_config(FunctionName="members", AuthType="NONE")


def test_a_second_run_of_the_cells_finds_everything_built(session: Session, said: list[str]) -> None:
    build(session)
    said.clear()
    build(session, when=7200.0)
    told = [line for line in said if line.startswith("already built")]
    for word in ("layer version", "function members", "function alias members, live", "function permission",
                 "event source mapping", "function url"):  # fmt: skip
        assert any(word.split(",")[0] in line for line in told), (word, told)
    listed = session.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert len(listed) == 1
    assert len(session.client("lambda").list_layer_versions(LayerName="words")["LayerVersions"]) == 1


def function_of(session: Session) -> dict[str, Any]:
    built = read_back(session)
    node = next(each for each in built.nodes if each.kind == "function")
    assert set(node.attributes) == set(ATTRIBUTES["function"])
    return dict(node.attributes)


def test_a_function_is_read_back_with_every_attribute(session: Session) -> None:
    build(session)
    client = session.client("lambda")
    client.put_function_concurrency(FunctionName="members", ReservedConcurrentExecutions=20)
    client.put_provisioned_concurrency_config(
        FunctionName="members", Qualifier="live", ProvisionedConcurrentExecutions=2
    )
    dead = session.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    arn = session.client("sqs").get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    client.put_function_event_invoke_config(
        FunctionName="members", DestinationConfig={"OnFailure": {"Destination": arn["Attributes"]["QueueArn"]}}
    )
    seen = function_of(session)
    assert seen.pop("url").startswith("https://")
    assert seen.pop("package_bytes") == len(package())
    assert seen == {
        "runtime": "python3.13",
        "handler": "app.handler",
        "memory_mib": 128,
        "ephemeral_mib": 512,
        "timeout_s": 10,
        "architecture": "x86_64",
        "state": "Active",
        "reserved_concurrency": 20,
        "provisioned": ("live 2",),
        "aliases": ("live 1",),
        "environment": ("TABLE",),
        "on_failure": "dead",
        "sources": ("reports batch=5",),
        "zones": (),
        "security_groups": (),
    }


@pytest.mark.parametrize(
    ("change", "attribute", "value"),
    [
        ({"MemorySize": 512}, "memory_mib", 512),
        ({"Timeout": 29}, "timeout_s", 29),
        ({"EphemeralStorage": {"Size": 1024}}, "ephemeral_mib", 1024),
        ({"Environment": {"Variables": {"B": "1", "A": "2"}}}, "environment", ("A", "B")),
        ({"Handler": "app.other"}, "handler", "app.other"),
    ],
)
def test_a_change_is_seen(session: Session, change: dict[str, Any], attribute: str, value: Any) -> None:
    build(session)
    client = session.client("lambda")
    client.update_function_configuration(FunctionName="members", **change)
    client.get_waiter("function_updated_v2").wait(FunctionName="members")
    assert function_of(session)[attribute] == value


def test_a_function_leaves_nothing(session: Session) -> None:
    build(session)
    session.client("lambda").invoke(FunctionName="members")
    assert session.client("logs").describe_log_groups()["logGroups"]
    report = tear_down(session)
    assert report.ok, report
    assert not session.client("lambda").list_functions()["Functions"]
    assert (
        not session.client("lambda").list_layers()["Layers"]
        or not session.client("lambda").list_layer_versions(LayerName="words")["LayerVersions"]
    )
    assert not session.client("logs").describe_log_groups()["logGroups"]


def test_an_archive_is_known_by_its_content() -> None:
    assert by_content({"Code": {"ZipFile": package()}}) == by_content({"Code": {"ZipFile": package(when=7200.0)}})
    assert by_content(package("other")) != by_content(package())
    assert by_content(b"PK\x03\x04 broken") == b"PK\x03\x04 broken"

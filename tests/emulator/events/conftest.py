"""Functions made from a few lines of code, and looking into what came of an event."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)

#: To write logs and the diary, and to read queues and streams.
POLICIES = (
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaSQSQueueExecutionRole",
    "service-role/AWSLambdaDynamoDBExecutionRole",
    "service-role/AWSLambdaKinesisExecutionRole",
    "AmazonDynamoDBFullAccess",
)


def package(code: str) -> bytes:
    """A zip with one module, ``app``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", code)
    return buffer.getvalue()


@pytest.fixture
def role(clean_emulator, aws) -> str:
    """The ARN of a role that functions may take."""
    arn: str = aws("iam").create_role(RoleName="functions", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for policy in POLICIES:
        aws("iam").attach_role_policy(RoleName="functions", PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return arn


@pytest.fixture
def function(clean_emulator, aws, role) -> Callable[..., str]:
    """Make a function that is ready: ``function("name", "def handler(event, context): ...")`` -> ARN."""

    def make(name: str, code: str, **settings: Any) -> str:
        options = {"Runtime": "python3.13", "Handler": "app.handler", "Timeout": 10} | settings
        client = aws("lambda")
        made = client.create_function(FunctionName=name, Role=role, Code={"ZipFile": package(code)}, **options)
        clean_emulator.advance(60)
        return str(made["FunctionArn"])

    return make


class Diary:
    """What a function was given, written down in a table: one item a run."""

    CODE = (
        "import boto3, json, time\n"
        "table = boto3.resource('dynamodb').Table('diary')\n"
        "def note(event):\n"
        "    table.put_item(Item={'at': str(time.monotonic_ns()), 'event': json.dumps(event)})\n"
    )

    def __init__(self, aws: Callable[..., Any]) -> None:
        self._client = aws("dynamodb")
        self._client.create_table(
            TableName="diary",
            KeySchema=[{"AttributeName": "at", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "at", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def events(self) -> list[dict[str, Any]]:
        """In the order in which the function ran."""
        items = self._client.scan(TableName="diary", ConsistentRead=True)["Items"]
        return [json.loads(each["event"]["S"]) for each in sorted(items, key=lambda item: item["at"]["S"])]


@pytest.fixture
def diary(clean_emulator, aws) -> Diary:
    """A table that functions write into with ``Diary.CODE``."""
    made = Diary(aws)
    clean_emulator.advance(30)
    return made

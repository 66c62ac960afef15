"""Functions on the worker's embedded AWS: a role, zips made in memory."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)

LOGS = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def packed(**files: str) -> bytes:
    """A zip: ``packed(app="def handler(event, context): ...")``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, text in files.items():
            package.writestr(f"{name.replace('__', '/')}.py", text)
    return buffer.getvalue()


@pytest.fixture
def functions(clean_emulator: Emulator, aws: Callable[..., Any]) -> SimpleNamespace:
    """Return ``make(name, code, **more)``, ``call(name, event, **more)``, the client and an advance of the clock."""
    client = aws("lambda")
    role = aws("iam").create_role(RoleName="run", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    aws("iam").attach_role_policy(RoleName="run", PolicyArn=LOGS)

    def make(name: str, code: str | bytes, **more: Any) -> dict[str, Any]:
        package = code if isinstance(code, bytes) else packed(app=code)
        given = {"Runtime": "python3.13", "Role": role, "Handler": "app.handler", "Code": {"ZipFile": package}, **more}
        made: dict[str, Any] = client.create_function(FunctionName=name, **given)
        clean_emulator.advance(61.0 if "VpcConfig" in more else 2.0)
        return made

    def call(name: str, event: Any = None, **more: Any) -> SimpleNamespace:
        payload = {} if event is None else {"Payload": json.dumps(event)}
        answer = client.invoke(FunctionName=name, **payload, **more)
        body = answer["Payload"].read()
        return SimpleNamespace(
            status=answer["StatusCode"],
            error=answer.get("FunctionError", ""),
            version=answer.get("ExecutedVersion", ""),
            log=answer.get("LogResult", ""),
            body=json.loads(body) if body else None,
        )

    return SimpleNamespace(client=client, role=role, make=make, call=call, aws=aws, advance=clean_emulator.advance)

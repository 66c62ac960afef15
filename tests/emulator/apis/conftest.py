"""Asking APIs as a client does: by name, over TLS, checked against the authority of the home."""

from __future__ import annotations

import http.client
import io
import json
import socket
import ssl
import zipfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator

REGION, ACCOUNT = "ap-northeast-1", "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}

Ask = Callable[..., SimpleNamespace]


@pytest.fixture
def ask(emulator: Emulator) -> Ask:
    """Send a request to a name over TLS."""
    status = emulator.status()
    context = ssl.create_default_context(cafile=status["ca_file"])

    def send(host: str, path: str, method: str = "GET", *, body: str | bytes = "", **headers: str) -> SimpleNamespace:
        given = {"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPSConnection("127.0.0.1", status["tls_port"], timeout=40)
        plain = socket.create_connection(("127.0.0.1", status["tls_port"]), timeout=40)
        connection.sock = context.wrap_socket(plain, server_hostname=host)
        try:
            connection.request(method, path, body=body or None, headers=given)
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        got = dict(answer.getheaders())
        text = raw.decode("utf-8", "replace")
        is_json = got.get("Content-Type", "").startswith("application/json") and text.startswith(("{", "["))
        return SimpleNamespace(
            status=answer.status, headers=got, raw=raw, body=text, json=json.loads(text) if is_json else None
        )

    return send


class Api:
    """A REST API under construction."""

    def __init__(self, client: Any, **more: Any) -> None:
        self.client = client
        made = client.create_rest_api(name="members-api", endpointConfiguration={"types": ["REGIONAL"]}, **more)
        self.id = made["id"]
        self.host = f"{self.id}.execute-api.{REGION}.amazonaws.com"
        self.resources = {"/": made["rootResourceId"]}

    def resource(self, path: str) -> str:
        """The id of a path's resource, made with those above it."""
        if path not in self.resources:
            above, _, part = path.rpartition("/")
            parent = self.resource(above or "/")
            made = self.client.create_resource(restApiId=self.id, parentId=parent, pathPart=part)
            self.resources[path] = made["id"]
        return self.resources[path]

    def method(self, path: str, verb: str = "GET", *, auth: str = "NONE", **more: Any) -> dict[str, Any]:
        where = {"restApiId": self.id, "resourceId": self.resource(path), "httpMethod": verb}
        self.client.put_method(**where, authorizationType=auth, **more)
        return where

    def mock(self, path: str, verb: str = "GET", *, answer: str = '{"ok": true}', **more: Any) -> dict[str, Any]:
        where = self.method(path, verb, **more)
        self.client.put_method_response(**where, statusCode="200")
        templates = {"application/json": '{"statusCode": 200}'}
        self.client.put_integration(**where, type="MOCK", requestTemplates=templates)
        self.client.put_integration_response(**where, statusCode="200", responseTemplates={"application/json": answer})
        return where

    def function(self, path: str, verb: str, arn: str, **more: Any) -> dict[str, Any]:
        where = self.method(path, verb)
        return self.invokes(where, arn, **more)

    def invokes(self, where: dict[str, Any], arn: str, *, kind: str = "AWS_PROXY", **more: Any) -> dict[str, Any]:
        uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
        self.client.put_integration(**where, type=kind, integrationHttpMethod="POST", uri=uri, **more)
        return where

    def deploy(self, stage: str = "stg", **more: Any) -> str:
        return str(self.client.create_deployment(restApiId=self.id, stageName=stage, **more)["id"])

    def patch(self, stage: str, **operations: str) -> None:
        changes = [{"op": "replace", "path": path, "value": value} for path, value in operations.items()]
        self.client.update_stage(restApiId=self.id, stageName=stage, patchOperations=changes)


@pytest.fixture
def api(clean_emulator: Emulator, aws: Callable[..., Any]) -> Api:
    del clean_emulator
    return Api(aws("apigateway"))


def package(**files: str) -> bytes:
    """A zip of modules: ``package(app="...")``."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return made.getvalue()


@pytest.fixture
def function(aws: Callable[..., Any], emulator: Emulator) -> Callable[..., str]:
    """Make a function that API Gateway may run, from the code of its module; its ARN."""

    def made(code: str, *, name: str = "members", permit: bool = True, **more: Any) -> str:
        iam = aws("iam")
        if not any(each["RoleName"] == "runs" for each in iam.list_roles()["Roles"]):
            iam.create_role(RoleName="runs", AssumeRolePolicyDocument=json.dumps(TRUST))
            for policy in ("service-role/AWSLambdaBasicExecutionRole", "AmazonDynamoDBReadOnlyAccess"):
                iam.attach_role_policy(RoleName="runs", PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
        client = aws("lambda")
        arn = client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=f"arn:aws:iam::{ACCOUNT}:role/runs",
            Handler="app.handler",
            Code={"ZipFile": package(app=code)},
            **({"Timeout": 30} | more),
        )["FunctionArn"]
        emulator.advance(60)
        if permit:
            allow(client, name)
        return str(arn)

    return made


def allow(client: Any, name: str, **more: Any) -> None:
    """Let API Gateway run a function."""
    client.add_permission(
        FunctionName=name,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        **more,
    )

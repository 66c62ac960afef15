"""Functions from outside: the AWS CLI, a restart of the embedded AWS, names of the cloud, the packaged library."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from aws14.cloud.process import Emulator, find_or_start
from tests.conftest import client
from tests.emulator.functions.conftest import TRUST, packed
from tests.emulator.functions.test_invoking import COUNTER


def test_the_aws_cli_invokes(functions: SimpleNamespace, emulator: Emulator, tmp_path: Path) -> None:
    functions.make("members", COUNTER)
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": emulator.endpoint, "AWS_ACCESS_KEY_ID": emulator.access_key,
        "AWS_SECRET_ACCESS_KEY": emulator.secret_key, "AWS_DEFAULT_REGION": "ap-northeast-1",
    }  # fmt: skip
    command = [sys.executable, "-m", "awscli", "lambda", "invoke", "--function-name", "members", "--log-type", "Tail",
               "--payload", '{"id": 7}', "out.json"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["StatusCode"], told["ExecutedVersion"]) == (200, "$LATEST")
    assert "REPORT RequestId" in base64.b64decode(told["LogResult"]).decode()
    assert json.loads((tmp_path / "out.json").read_text())["event"] == {"id": 7}


@pytest.mark.slow
def test_functions_are_there_after_a_restart_and_environments_are_not(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = find_or_start(home, idle_s=120)
    try:
        role = client(first, "iam").create_role(RoleName="run", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        functions = client(first, "lambda")
        code = {"ZipFile": packed(app=COUNTER.replace('"count": count', '"count": count, "pid": os.getpid()'))}
        functions.create_function(
            FunctionName="members", Runtime="python3.13", Role=role, Handler="app.handler", Code=code
        )
        first.advance(2.0)
        before = json.loads(functions.invoke(FunctionName="members")["Payload"].read())
        functions.invoke(FunctionName="members", InvocationType="Event", Payload=b'{"late": 1}')
        assert psutil.pid_exists(before["pid"])
    finally:
        first.shutdown()
    assert not psutil.pid_exists(before["pid"]) or psutil.Process(before["pid"]).status() == psutil.STATUS_ZOMBIE
    again = find_or_start(home, idle_s=120)
    try:
        again.advance(1.0)
        answer = json.loads(client(again, "lambda").invoke(FunctionName="members")["Payload"].read())
        assert answer["count"] in (1, 2) and answer["born"] != before["born"]
        client(again, "lambda").delete_function(FunctionName="members")
        assert client(again, "lambda").list_functions()["Functions"] == []
    finally:
        again.shutdown()


def test_a_name_that_nobody_has_is_not_found_and_the_internet_is_not_there(functions: SimpleNamespace) -> None:
    code = (
        "import socket\ndef handler(event, context):\n    told = []\n"
        "    for host in ('nobody.example', '93.184.216.34'):\n"
        "        try: socket.create_connection((host, 80), timeout=0.3); told.append('reached')\n"
        "        except OSError as error: told.append(type(error).__name__)\n    return told\n"
    )
    functions.make("outgoing", code)
    told = functions.call("outgoing").body
    assert told[0] == "gaierror" and told[1] in {"TimeoutError", "OSError"}


def test_a_page_of_the_cloud_is_read_over_http(functions: SimpleNamespace) -> None:
    s3 = functions.aws("s3")
    where = {"LocationConstraint": "ap-northeast-1"}
    s3.create_bucket(Bucket="fitness-pages", CreateBucketConfiguration=where)
    s3.delete_public_access_block(Bucket="fitness-pages")
    s3.put_bucket_website(Bucket="fitness-pages", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::fitness-pages/*",
    }
    s3.put_bucket_policy(Bucket="fitness-pages", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    s3.put_object(Bucket="fitness-pages", Key="index.html", Body=b"welcome", ContentType="text/html")
    code = (
        "import urllib.request\ndef handler(event, context):\n"
        "    url = 'http://fitness-pages.s3-website-ap-northeast-1.amazonaws.com/'\n"
        "    return urllib.request.urlopen(url, timeout=5).read().decode()\n"
    )
    functions.make("reader", code, Timeout=10)
    assert functions.call("reader").body == "welcome"

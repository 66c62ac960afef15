"""Many at once: readers during events, long polls, the aws CLI, another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conftest import client


def hammer(emulator, ids, seen, done) -> None:
    reader = client(emulator, "ec2")
    while not done.is_set():
        found = reader.describe_instances(InstanceIds=ids)["Reservations"][0]["Instances"]
        seen.append(frozenset(each["State"]["Name"] for each in found))


def test_readers_hammering_while_events_run_see_only_states_that_there_are(clean_emulator, aws, ami):
    ec2 = aws("ec2")
    made = ec2.run_instances(ImageId=ami, InstanceType="t3.micro", MinCount=30, MaxCount=30)
    ids = [instance["InstanceId"] for instance in made["Instances"]]

    def advance() -> list[tuple[float, str]]:
        return [event for event in clean_emulator.advance(3600)[1] if event[1] == "instance.enters"]

    events, seen, done = advance(), [], threading.Event()
    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(hammer, clean_emulator, ids, seen, done) for _ in range(3)]
        cycles, deadline = 0, time.monotonic() + 30
        while len(seen) < 60 and time.monotonic() < deadline:
            for act in (ec2.stop_instances, ec2.start_instances):
                act(InstanceIds=ids)
                events += advance()
            cycles += 1
        done.set()
    assert [reader.result(60) for reader in readers] == [None] * 3  # none of them met an error
    assert len(events) == 30 + cycles * 2 * 30
    assert events == sorted(events)
    assert len(seen) >= 60
    assert set().union(*seen) <= {"pending", "running", "stopping", "stopped"}


def test_a_long_poll_lets_everybody_else_go_on_and_ends_with_the_message(clean_emulator, aws):
    sqs = aws("sqs")
    queue = sqs.create_queue(QueueName="queue")["QueueUrl"]
    got: list[str] = []

    def poll() -> None:
        answer = client(clean_emulator, "sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)
        got.extend(message["Body"] for message in answer.get("Messages", []))

    before = clean_emulator.status()["requests"]
    polling = threading.Thread(target=poll, daemon=True)
    polling.start()
    # Requests are counted when answered: these are, while the poll, begun before, is not.
    deadline = time.monotonic() + 10
    answered = 0
    while answered < 5 and time.monotonic() < deadline:
        aws("ec2").describe_vpcs()
        answered += 1
    assert polling.is_alive()
    assert clean_emulator.status()["requests"] == before + answered
    sqs.send_message(QueueUrl=queue, MessageBody="hello")
    polling.join(15)
    assert got == ["hello"]


def test_a_long_poll_ends_when_aws_time_has_passed(clean_emulator, aws):
    queue = aws("sqs").create_queue(QueueName="queue")["QueueUrl"]
    answers: list[dict] = []
    poller = client(clean_emulator, "sqs")
    polling = threading.Thread(
        target=lambda: answers.append(poller.receive_message(QueueUrl=queue, WaitTimeSeconds=20)), daemon=True
    )
    started = time.monotonic()
    polling.start()
    while polling.is_alive() and time.monotonic() - started < 15:
        clean_emulator.advance(10)
        polling.join(0.2)
    assert answers
    assert "Messages" not in answers[0]


def test_the_aws_command_works(clean_emulator, aws):
    environment = os.environ | {
        "AWS_ENDPOINT_URL": clean_emulator.endpoint,
        "AWS_ACCESS_KEY_ID": clean_emulator.access_key,
        "AWS_SECRET_ACCESS_KEY": clean_emulator.secret_key,
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    command = Path(sys.executable).with_name("aws")

    def run(*words: str) -> dict:
        said = subprocess.run(
            [sys.executable, str(command), *words, "--output", "json"],
            env=environment, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return json.loads(said.stdout or "{}")

    vpc = run("ec2", "create-vpc", "--cidr-block", "10.7.0.0/16")["Vpc"]["VpcId"]
    assert vpc in {each["VpcId"] for each in aws("ec2").describe_vpcs()["Vpcs"]}
    run(
        "s3api",
        "create-bucket",
        "--bucket",
        "by-command",
        "--create-bucket-configuration",
        "LocationConstraint=ap-northeast-1",
    )
    assert [each["Name"] for each in aws("s3").list_buckets()["Buckets"]] == ["by-command"]


def test_another_process_sees_the_same_cloud(clean_emulator, emulator_home, aws):
    aws("sqs").create_queue(QueueName="shared")
    code = (
        "import boto3; from aws14.cloud.process import find_or_start; e = find_or_start()\n"
        "sqs = boto3.client('sqs', endpoint_url=e.endpoint, region_name='ap-northeast-1',"
        " aws_access_key_id=e.access_key, aws_secret_access_key=e.secret_key)\n"
        "print(e.pid, sqs.list_queues()['QueueUrls'])"
    )
    environment = os.environ | {"AWS14_HOME": str(emulator_home)}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    assert said.stdout.split()[0] == str(clean_emulator.pid), said.stderr
    assert "shared" in said.stdout

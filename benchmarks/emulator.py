"""The embedded AWS against a bare ``moto_server``: call latency, ratios, and the time from start to the first answers.

Run ``python benchmarks/emulator.py [--calls N]``. Both are processes of their own, asked in turn by the same client
code, so that what else the machine does hits both; medians are compared.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from tabulate import tabulate

from aws14.cloud.process import find_or_start

REGION = "ap-northeast-1"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
Clients = dict[str, Any]


def clients(endpoint: str, access_key: str, secret_key: str) -> Clients:
    """Return plain clients on one server."""
    session = boto3.session.Session(access_key, secret_key, region_name=REGION)
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    names = ("ec2", "s3", "sqs", "ssm", "cloudwatch", "dynamodb", "route53")
    return {name: session.client(name, endpoint_url=endpoint, config=config) for name in names}


def start_bare() -> tuple[subprocess.Popen[bytes], Clients]:
    """Start a bare moto server, and return it once it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, clients(f"http://127.0.0.1:{port}", "AKIAIOSFODNN7EXAMPLE", "secret")
        time.sleep(0.01)
    raise TimeoutError("moto_server does not listen")


def prepare(aws: Clients) -> dict[str, Callable[[], Any]]:
    """Make what the calls need, and return the calls by name."""
    location = {"LocationConstraint": REGION}
    aws["s3"].create_bucket(Bucket="bench-bucket", CreateBucketConfiguration=location)
    aws["s3"].put_object(Bucket="bench-bucket", Key="read", Body=b"x" * 1024)
    queue = aws["sqs"].create_queue(QueueName="bench")["QueueUrl"]
    aws["dynamodb"].create_table(
        TableName="bench", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )  # fmt: skip
    image = aws["ssm"].get_parameter(Name=IMAGE)["Parameter"]["Value"]
    launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    one = aws["ec2"].run_instances(**launch)["Instances"][0]["InstanceId"]
    metric = [{"MetricName": "m", "Value": 1.0}]

    def read() -> bytes:
        body: bytes = aws["s3"].get_object(Bucket="bench-bucket", Key="read")["Body"].read()
        return body

    return {
        "ec2 describe_vpcs": aws["ec2"].describe_vpcs,
        "ec2 describe_instances (1)": lambda: aws["ec2"].describe_instances(InstanceIds=[one]),
        "ec2 run_instances": partial(aws["ec2"].run_instances, **launch),
        "s3 put_object 1 KB": lambda: aws["s3"].put_object(Bucket="bench-bucket", Key="k", Body=b"x" * 1024),
        "s3 put_object 1 MB": lambda: aws["s3"].put_object(Bucket="bench-bucket", Key="m", Body=b"x" * 1024**2),
        "s3 get_object 1 KB": read,
        "s3 list_objects_v2": lambda: aws["s3"].list_objects_v2(Bucket="bench-bucket"),
        "sqs send_message": lambda: aws["sqs"].send_message(QueueUrl=queue, MessageBody="x"),
        "dynamodb put_item": lambda: aws["dynamodb"].put_item(TableName="bench", Item={"pk": {"S": "1"}}),
        "cloudwatch put_metric_data": lambda: aws["cloudwatch"].put_metric_data(Namespace="b", MetricData=metric),
        "route53 list_hosted_zones": aws["route53"].list_hosted_zones,
    }


def seconds(call: Callable[[], Any]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def compare(ours: Clients, bare: Clients, calls: int) -> list[list[Any]]:
    """Return rows of name, our median, bare median (ms), ratio, our 95th percentile."""
    mine, theirs = prepare(ours), prepare(bare)
    rows: list[list[Any]] = []
    for name in mine:
        a, b = [], []
        for _ in range(calls):  # in turn: neither meets a busier machine than the other
            a.append(seconds(mine[name]))
            b.append(seconds(theirs[name]))
        ratio = statistics.median(a) / statistics.median(b)
        p95 = statistics.quantiles(a, n=20)[-1]
        rows.append([name, statistics.median(a) * 1e3, statistics.median(b) * 1e3, ratio, p95 * 1e3])
    return rows


def starts(home: Path) -> tuple[list[list[Any]], Any, Clients]:
    """Start ours; return rows of what was waited for, in seconds since the start, and the running one."""
    began = time.perf_counter()
    running = find_or_start(home)
    answered = time.perf_counter()
    aws = clients(running.endpoint, running.access_key, running.secret_key)
    made = time.perf_counter()
    first_s3 = seconds(aws["s3"].list_buckets)
    first_ec2 = seconds(aws["ec2"].describe_vpcs)
    rows = [
        ["process answers", answered - began],
        ["first S3 answer (clients made meanwhile not counted)", answered - began + first_s3],
        ["first EC2 answer after that", first_ec2],
        ["making seven boto3 clients", made - answered],
    ]
    return rows, running, aws


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100, help="calls of each kind (default: %(default)s)")
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as home:
        rows, running, ours = starts(Path(home))
        print(tabulate(rows, ["from start", "s"], floatfmt=".2f"), "\n")
        process, bare = start_bare()
        try:
            table = compare(ours, bare, calls)
        finally:
            process.terminate()
            process.wait(30)
            running.shutdown()
    print(tabulate(table, ["call", "ours ms", "moto_server ms", "ratio", "ours p95 ms"], floatfmt=".2f"))
    ratios = [row[3] for row in table]
    print(f"\nmedian ratio {statistics.median(ratios):.2f}, worst {max(ratios):.2f}; {calls} calls each")


if __name__ == "__main__":
    main()

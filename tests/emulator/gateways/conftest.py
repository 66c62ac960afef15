"""A gateway in the office: activated, with a cache, a bucket, and a role that it may take."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator, ask
from tests.conftest import client

REGION = "ap-northeast-1"
BUCKET = "models-123456789012"
GIB = 1024**3


def fetch(emulator: Emulator, url: str) -> str:
    """The body of a page in the office."""
    from urllib.request import ProxyHandler, build_opener

    port = ask(emulator, "GET", "status")["http_port"]
    return build_opener(ProxyHandler({"http": f"http://127.0.0.1:{port}"})).open(url, timeout=10).read().decode()


def activated(emulator: Emulator, api: Any, kind: str = "FILE_S3", host: str = "gateway.office") -> str:
    key = fetch(emulator, f"http://{host}/?activationRegion={REGION}&no_redirect")
    return str(
        api.activate_gateway(
            ActivationKey=key,
            GatewayName="office-files",
            GatewayTimezone="GMT+9:00",
            GatewayRegion=REGION,
            GatewayType=kind,
            Tags=[{"Key": "Name", "Value": "office-files"}],
        )["GatewayARN"]
    )


def taken_by_gateways(iam: Any, name: str = "office-gateway", action: str = "s3:*") -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "storagegateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    may = {"Effect": "Allow", "Action": action, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName=name, PolicyName="objects", PolicyDocument=policy)
    return str(arn)


def gateway_of(emulator: Emulator) -> SimpleNamespace:
    """A file gateway with one cache disk of 150 GiB, and no share yet."""
    s3, gateways = client(emulator, "s3"), client(emulator, "storagegateway")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    role = taken_by_gateways(client(emulator, "iam"))
    gateway = activated(emulator, gateways)
    disks = gateways.list_local_disks(GatewayARN=gateway)["Disks"]
    gateways.add_cache(GatewayARN=gateway, DiskIds=[disks[0]["DiskId"]])
    return SimpleNamespace(s3=s3, api=gateways, role=role, gateway=gateway, disks=disks, emulator=emulator)


def built(emulator: Emulator, office: SimpleNamespace | None = None) -> SimpleNamespace:
    """The same with an NFS share on the bucket, available."""
    office = office or gateway_of(emulator)
    office.share = office.api.create_nfs_file_share(
        ClientToken="office",
        GatewayARN=office.gateway,
        Role=office.role,
        LocationARN=f"arn:aws:s3:::{BUCKET}",
        DefaultStorageClass="S3_STANDARD",
        ClientList=["192.168.0.0/24"],
    )["FileShareARN"]
    emulator.advance(60)
    return office


@pytest.fixture
def office(emulator: Emulator) -> SimpleNamespace:
    """A file gateway on an empty cloud."""
    emulator.reset()
    return gateway_of(emulator)


@pytest.fixture
def share(office: SimpleNamespace) -> SimpleNamespace:
    """The same with a share."""
    return built(office.emulator, office)

"""Gateways through a course session: activated once, read back with every attribute, deleted with all they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aws14.cloud import request
from aws14.cloud.arns import named
from aws14.cloud.readback import read_back
from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down
from aws14.model.kinds import ATTRIBUTES

REGION = "ap-northeast-1"
BUCKET = "models-123456789012"
GIB = 1024**3


def build(session: Session, pattern: str = "p05") -> str:
    """The cells of the lesson."""
    iam, s3, storagegateway = session.client("iam"), session.client("s3"), session.client("storagegateway")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    trust = {"Effect": "Allow", "Principal": {"Service": "storagegateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role_arn = iam.create_role(RoleName="office-gateway", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    may = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_role_policy(RoleName="office-gateway", PolicyName="objects", PolicyDocument=policy)
    page = f"http://gateway.office/?activationRegion={REGION}&no_redirect"
    key = request(session, page).body.decode()
    gateway = storagegateway.activate_gateway(
        ActivationKey=key,
        GatewayName="office-files",
        GatewayTimezone="GMT+9:00",
        GatewayRegion=REGION,
        GatewayType="FILE_S3",
    )["GatewayARN"]
    disks = storagegateway.list_local_disks(GatewayARN=gateway)["Disks"]
    storagegateway.add_cache(GatewayARN=gateway, DiskIds=[disks[0]["DiskId"]])
    share = storagegateway.create_nfs_file_share(
        ClientToken="office",
        GatewayARN=gateway,
        Role=role_arn,
        LocationARN=f"arn:aws:s3:::{BUCKET}",
        DefaultStorageClass="S3_STANDARD",
        ClientList=["192.168.0.0/24"],
    )
    return str(share["FileShareARN"])


def folder(session: Session) -> Path:
    return Path(session.place.control.gateway({"do": "look", "target": BUCKET})["folder"])  # type: ignore[union-attr]


def covered() -> set[tuple[str, str]]:
    """(kind, attribute) of everything that this module asks for."""
    names = ("gateway_type", "cache_gib", "buffer_gib", "shares", "state")
    return {("storage_gateway", name) for name in names}


def test_the_lessons_cells_build_once_are_read_back_and_go(session: Session, said: list[str]) -> None:
    share = build(session)
    session.advance(60)
    (folder(session) / "house.dxf").write_bytes(b"a house")
    session.advance(600)
    assert session.client("s3").get_object(Bucket=BUCKET, Key="house.dxf")["Body"].read() == b"a house"
    said.clear()
    assert build(session) == share
    assert sum(text.startswith("already built") for text in said) == 5
    built = read_back(session)
    found = [node for node in built.nodes if node.kind == "storage_gateway"]
    assert [node.id for node in found] == ["office-files"]
    assert set(found[0].attributes) == set(ATTRIBUTES["storage_gateway"])
    assert dict(found[0].attributes) == {
        "gateway_type": "FILE_S3",
        "cache_gib": 150.0,
        "buffer_gib": 0.0,
        "shares": (f"{BUCKET} NFS {BUCKET}",),
        "state": "RUNNING",
    }
    links = [link for link in built.links if link.source == "office-files"]
    assert [(link.target, link.kind, link.label) for link in links] == [(BUCKET, "routes", "stores")]
    listed = session.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "aws14:course"}], ResourceTypeFilters=["storagegateway"]
    )["ResourceTagMappingList"]
    kinds = {named(one["ResourceARN"]) for one in listed}
    assert ("file-share", share) in kinds and {kind for kind, _ in kinds} == {"file-share", "storage-gateway"}
    local = folder(session)
    tear_down(session)
    assert session.client("storagegateway").list_gateways()["Gateways"] == []
    assert not local.exists()
    assert [node.kind for node in read_back(session).nodes if node.kind in ("storage_gateway", "bucket")] == []


def test_volumes_and_tapes_are_read_back_and_deleted_with_their_gateways(session: Session) -> None:
    api: Any = session.client("storagegateway")
    arns = {}
    for kind in ("CACHED", "VTL"):
        page = f"http://{kind.lower()}-gateway.office/?activationRegion={REGION}&no_redirect"
        arns[kind] = api.activate_gateway(
            ActivationKey=request(session, page).body.decode(),
            GatewayName=kind.lower(),
            GatewayTimezone="GMT+9:00",
            GatewayRegion=REGION,
            GatewayType=kind,
        )["GatewayARN"]
        disks = api.list_local_disks(GatewayARN=arns[kind])["Disks"]
        api.add_cache(GatewayARN=arns[kind], DiskIds=[disks[0]["DiskId"]])
        api.add_upload_buffer(GatewayARN=arns[kind], DiskIds=[disks[1]["DiskId"], disks[2]["DiskId"]])
    volume = api.create_cached_iscsi_volume(
        GatewayARN=arns["CACHED"],
        VolumeSizeInBytes=200 * GIB,
        TargetName="plans",
        NetworkInterfaceId="192.168.0.10",
        ClientToken="plans",
    )["VolumeARN"]
    api.create_tapes(
        GatewayARN=arns["VTL"],
        TapeSizeInBytes=100 * GIB,
        ClientToken="weekly",
        NumTapesToCreate=2,
        TapeBarcodePrefix="WK",
    )
    api.create_tape_with_barcode(GatewayARN=arns["VTL"], TapeSizeInBytes=100 * GIB, TapeBarcode="YEAR2026")
    session.advance(120)
    snapshot = api.create_snapshot(VolumeARN=volume, SnapshotDescription="weekly")["SnapshotId"]
    session.place.control.gateway({"do": "eject", "target": "YEAR2026"})  # type: ignore[union-attr]
    session.advance(3600)
    found = {node.id: node.attributes for node in read_back(session).nodes if node.kind == "storage_gateway"}
    assert (found["cached"]["shares"], found["cached"]["buffer_gib"]) == (("plans 200 0",), 300.0)
    assert [each.split()[1:] for each in found["vtl"]["shares"]] == [["100", "AVAILABLE", "0"]] * 2
    tear_down(session)
    assert api.list_tapes()["TapeInfos"] == [] and api.list_gateways()["Gateways"] == []
    kept = session.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert snapshot not in {one["SnapshotId"] for one in kept}


def test_arns_name_what_hangs_on_a_gateway() -> None:
    start = "arn:aws:storagegateway:ap-northeast-1:123456789012"
    told = {rest: named(f"{start}:{rest}")[0] for rest in ("gateway/sgw-1", "gateway/sgw-1/volume/vol-1", "tape/WK1")}
    assert list(told.values()) == ["storage-gateway", "gateway-volume", "tape"]

"""A course session makes each thing once: every cell of pattern 1 runs twice, and what is gone is made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from aws14.cloud import read_back
from aws14.cloud.ledger import Ledger
from aws14.cloud.presence import bucket_exists
from aws14.cloud.session import Session
from aws14.model import Topology

Build = Callable[[Session], SimpleNamespace]


def test_the_whole_pattern_twice_gives_the_same_ids_and_makes_nothing(
    session: Session, build: Build, said: list[str]
) -> None:
    first = build(session)
    before, made = read_back(session), session.ledger.writes
    said.clear()
    second = build(session)
    assert vars(second) == vars(first)
    assert read_back(session) == before
    assert session.ledger.writes == made
    assert f"already built: vpc {first.vpc}" in said
    assert f"already built: route {first.public_table} to 0.0.0.0/0" in said


def test_another_process_answers_from_the_same_ledger(session: Session, build: Build, place: Any) -> None:
    first = build(session)
    again = Session(place, ledger=Ledger(session.ledger.path), pattern="p01", say=lambda _: None)
    assert vars(build(again)) == vars(first)


def test_a_key_pair_asked_for_again_has_its_private_key(ec2: Any) -> None:
    first, second = (ec2.create_key_pair(KeyName="k", KeyType="ed25519") for _ in range(2))
    assert second["KeyMaterial"] == first["KeyMaterial"]
    assert second["KeyPairId"] == first["KeyPairId"]


def test_the_answer_has_the_types_that_boto3_gives(session: Session, site: SimpleNamespace, ec2: Any) -> None:
    arguments = {"VolumeType": "gp3", "Size": 5, "AvailabilityZone": "ap-northeast-1a"}
    first, second = ec2.create_volume(**arguments), ec2.create_volume(**arguments)
    assert second["CreateTime"] == first["CreateTime"]
    assert second["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_was_deleted_is_made_anew(ec2: Any) -> None:
    first = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.delete_vpc(VpcId=first)
    assert ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] != first


def test_a_terminated_instance_is_launched_anew(
    session: Session, site: SimpleNamespace, ec2: Any, build: Build
) -> None:
    ec2.terminate_instances(InstanceIds=[site.web])
    again = build(session)
    assert again.web != site.web
    assert again.db == site.db
    assert ec2.describe_addresses(AllocationIds=[site.web_address])["Addresses"][0]["InstanceId"] == again.web


def test_one_changed_parameter_is_another_wish(ec2: Any) -> None:
    first = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    assert ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"] != first


def test_the_order_of_keys_does_not_matter_and_the_order_of_items_does(ec2: Any) -> None:
    tag, other = {"Key": "a", "Value": "1"}, {"Value": "1", "Key": "a"}
    ids = [
        ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": [t]}])["Vpc"][
            "VpcId"
        ]
        for t in (tag, other)
    ]
    assert ids[0] == ids[1]


def test_two_patterns_have_their_own(session: Session, ec2: Any) -> None:
    other = session.for_pattern("p02").client("ec2")
    ids = {client.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] for client in (ec2, other)}
    assert len(ids) == 2


def test_two_regions_have_their_own(session: Session) -> None:
    ids = {
        session.client("ec2", region).create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        for region in ("ap-northeast-1", "us-west-2")
    }
    assert len(ids) == 2


def test_a_token_of_the_attempt_does_not_make_another_wish(session: Session) -> None:
    route53 = session.client("route53")
    zones = {
        route53.create_hosted_zone(Name="example.jp", CallerReference=reference)["HostedZone"]["Id"]
        for reference in ("one", "two")
    }
    assert len(zones) == 1


def test_a_refused_call_is_refused_again(session: Session, ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for _ in range(2):
        with pytest.raises(ClientError, match=r"InvalidSubnet\.Range"):
            ec2.create_subnet(VpcId=vpc, CidrBlock="172.16.0.0/24")
    failed = [record for record in session.ledger.records() if record.state == "failed"]
    assert [record.error for record in failed] == ["InvalidSubnet.Range"] * 2


def test_a_rule_that_was_revoked_is_authorized_again(
    session: Session, site: SimpleNamespace, ec2: Any, build: Build
) -> None:
    before = _labels(read_back(session))
    ec2.revoke_security_group_ingress(GroupId=site.db_group, IpPermissions=_mysql(site))
    assert _labels(read_back(session)) != before
    build(session)
    assert _labels(read_back(session)) == before


def _mysql(site: SimpleNamespace) -> list[dict[str, Any]]:
    return [{"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "UserIdGroupPairs": [{"GroupId": site.web_group}]}]


def test_of_several_rules_only_the_missing_one_is_authorized_again(
    session: Session, site: SimpleNamespace, ec2: Any, build: Build
) -> None:
    """Break it, run the build cell again: AWS alone would refuse the whole call for the rules that still stand."""
    before = _labels(read_back(session))
    http = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.revoke_security_group_ingress(GroupId=site.web_group, IpPermissions=[http])
    assert len(_labels(read_back(session))) == len(before) - 1
    build(session)
    assert _labels(read_back(session)) == before


def test_of_several_sources_only_the_missing_one_is_authorized_again(site: SimpleNamespace, ec2: Any) -> None:
    ranges = [{"CidrIp": "192.0.2.0/24"}, {"CidrIp": "198.51.100.0/24"}]
    rule = {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000, "IpRanges": ranges}
    ec2.authorize_security_group_ingress(GroupId=site.db_group, IpPermissions=[rule])
    ec2.revoke_security_group_ingress(GroupId=site.db_group, IpPermissions=[{**rule, "IpRanges": ranges[:1]}])
    ec2.authorize_security_group_ingress(GroupId=site.db_group, IpPermissions=[rule])
    entry = ec2.describe_security_groups(GroupIds=[site.db_group])["SecurityGroups"][0]["IpPermissions"]
    assert sorted(source["CidrIp"] for e in entry for source in e["IpRanges"]) == ["192.0.2.0/24", "198.51.100.0/24"]


def test_rules_given_flat_are_known_again(site: SimpleNamespace, ec2: Any) -> None:
    for _ in range(2):
        ec2.authorize_security_group_ingress(
            GroupId=site.web_group, IpProtocol="tcp", FromPort=8080, ToPort=8080, CidrIp="0.0.0.0/0"
        )


def test_a_route_that_leads_elsewhere_now_is_not_taken_for_the_one_recorded(
    session: Session, site: SimpleNamespace, ec2: Any
) -> None:
    ec2.replace_route(RouteTableId=site.private_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=site.igw)
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        ec2.create_route(RouteTableId=site.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=site.nat)


def test_a_record_changed_by_hand_is_put_back(session: Session, site: SimpleNamespace) -> None:
    def upsert(ttl: int) -> None:
        record = {"Name": "www.example.co.jp.", "Type": "A", "TTL": ttl, "ResourceRecords": [{"Value": site.web_ip}]}
        session.client("route53").change_resource_record_sets(
            HostedZoneId=site.zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        )

    upsert(60)
    upsert(5)
    upsert(60)
    assert read_back(session).node("www.example.co.jp").require("ttl_s") == 60


def test_a_bucket_twice(session: Session) -> None:
    s3 = session.client("s3")
    for _ in range(2):
        s3.create_bucket(Bucket="aws14-p01", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["aws14-p01"]


def test_a_bucket_of_before_the_course_is_not_recorded(session: Session, place: Any, tmp_path: Path) -> None:
    """In us-east-1 AWS answers 200 to an owner who creates a bucket again: the course must not think it its own."""
    arguments = {"Bucket": "holiday-photos"}
    stranger = place.client(place.open(), "s3", "us-east-1")
    stranger.create_bucket(**arguments)
    session.client("s3", "us-east-1").create_bucket(**arguments)
    assert session.ledger.records() == ()
    assert "holiday-photos" not in session.ledger.ids()


@pytest.mark.parametrize(("code", "there"), [("404", False), ("403", False), ("500", None)])
def test_a_strangers_bucket_is_not_ours(code: str, there: bool | None, session: Session) -> None:
    s3 = session.client("s3")
    with Stubber(s3) as stub:
        stub.add_client_error("head_bucket", code, http_status_code=int(code))
        if there is None:
            with pytest.raises(ClientError):
                bucket_exists(s3, "theirs", {})
        else:
            assert bucket_exists(s3, "theirs", {}) is there


def _labels(topology: Topology) -> set[tuple[str, str, str, str]]:
    return {(link.kind, link.source, link.target, link.label) for link in topology.links}

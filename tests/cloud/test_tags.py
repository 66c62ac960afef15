"""Tags: every creating operation carries the course's, in its own shape, beside the caller's own."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest

from aws14.cloud.creation import Creation
from aws14.cloud.kinds import KINDS, kind_of
from aws14.cloud.operations import OPERATIONS
from aws14.cloud.session import Session
from aws14.cloud.tags import TAG_AFTER, course_tags, with_tags

service_model = lru_cache(botocore.session.Session().get_service_model)
OURS = {"aws14:course": "aws14", "aws14:pattern": "p01"}


def test_the_three_tags() -> None:
    end = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    assert course_tags("p01", end) == {**OURS, "aws14:expires": "2026-11-24T18:00:00Z"}
    assert course_tags("", None) == {"aws14:course": "aws14"}


def test_the_callers_tags_stay_and_ours_win_over_the_same_key() -> None:
    given = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "v"}, {"Key": "aws14:pattern", "Value": "x"}]}]
    params = {"CidrBlock": "c", "TagSpecifications": given}
    result = with_tags(params, Creation(kind="vpc", ids=""), OURS)
    assert _as_dict(result["TagSpecifications"][0]["Tags"]) == {"Name": "v", **OURS}
    assert len(result["TagSpecifications"]) == 1
    assert given[0]["Tags"][1]["Value"] == "x", "the caller's own list is not changed"


def test_each_resource_type_is_tagged_once() -> None:
    given = [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "disk"}]}]
    creation = Creation(kind="instance", ids="", tagged=("instance", "volume"))
    specifications = with_tags({"TagSpecifications": given}, creation, OURS)["TagSpecifications"]
    assert {entry["ResourceType"]: _as_dict(entry["Tags"]) for entry in specifications} == {
        "volume": {"Name": "disk", **OURS},
        "instance": OURS,
    }


def test_a_plain_list_of_tags() -> None:
    creation = Creation(kind="x", ids="", tags="list")
    assert _as_dict(with_tags({"Tags": [{"Key": "a", "Value": "b"}]}, creation, OURS)["Tags"]) == {"a": "b", **OURS}


def test_the_instances_of_a_group_inherit_our_tags() -> None:
    creation = Creation(kind="x", ids="", tags="propagated")
    given = [{"Key": "Name", "Value": "app", "PropagateAtLaunch": False}]
    tags = with_tags({"Tags": given}, creation, OURS)["Tags"]
    assert _as_dict(tags) == {"Name": "app", **OURS}
    assert {tag["Key"]: tag["PropagateAtLaunch"] for tag in tags} == {"Name": False} | dict.fromkeys(OURS, True)


def test_tags_as_a_mapping() -> None:
    creation = Creation(kind="x", ids="", tags="map")
    assert with_tags({"logGroupName": "/web", "tags": {"a": "b"}}, creation, OURS)["tags"] == {"a": "b", **OURS}


def test_a_launch_template_hands_our_tags_to_volumes_too() -> None:
    data = {"ImageId": "ami-1", "TagSpecifications": [{"ResourceType": "instance", "Tags": []}]}
    creation = Creation(kind="launch-template", ids="")
    made = with_tags({"LaunchTemplateData": data}, creation, OURS)
    inside = {
        entry["ResourceType"]: _as_dict(entry["Tags"]) for entry in made["LaunchTemplateData"]["TagSpecifications"]
    }
    assert inside == {"instance": OURS, "volume": OURS}
    assert made["LaunchTemplateData"]["ImageId"] == "ami-1"
    assert data["TagSpecifications"] == [{"ResourceType": "instance", "Tags": []}], "the caller's own is not changed"


# Kubernetes is asked by its own client, and what deletes a cluster asks it, too.
@pytest.mark.parametrize(("service", "operation"), [row for row in OPERATIONS if row[0] != "kubernetes"])
def test_a_row_fits_the_operation_as_aws_defines_it(service: str, operation: str) -> None:
    """Every row against botocore's own model: the operation, its tag parameter, the path to its id."""
    creation = OPERATIONS[service, operation]
    model = service_model(service).operation_model(operation)
    assert creation.kind in KINDS
    # A volume of a storage gateway has its snapshots in EC2.
    elsewhere = {"cluster": "kubernetes", "snapshot": "ec2"}
    assert KINDS[creation.kind].service == elsewhere.get(creation.kind, service)
    shapes = {
        "specifications": "TagSpecifications",
        "list": "Tags",
        "propagated": "Tags",
        "map": "tags",
        "small list": "tags",
    }
    parameter = shapes.get(creation.tags)
    if parameter:
        assert parameter in model.input_shape.members
    assert (creation.tags == "after") == (creation.kind in TAG_AFTER)
    if creation.tags == "specifications" and service == "ec2":
        types = model.service_model.shape_for("ResourceType").enum
        assert set(creation.tagged or (creation.kind,)) <= set(types)
    if creation.ids.startswith("{"):
        for field in creation.ids.split("{")[1:]:
            outer, _, inner = field.split("}")[0].partition("[")
            assert outer in model.input_shape.members
            assert not inner or inner.removesuffix("]") in model.input_shape.members[outer].members
    elif creation.kind != "dns-record":
        for path in creation.ids.split("|"):
            _walk(model.output_shape, path)
    assert all(name in model.output_shape.members for name in creation.secret)


def _walk(shape: Any, path: str) -> None:
    for step in path.split("."):
        shape = shape.members[step.removesuffix("[]")]
        if step.endswith("[]"):
            shape = shape.member
    assert shape.type_name in ("string", "long")


def test_an_id_tells_its_kind() -> None:
    assert kind_of("vpc-0abc") == "vpc"
    assert kind_of("eipalloc-0abc") == "elastic-ip"
    assert kind_of("i-0abc") == "instance"
    assert kind_of("thing-0abc") == ""
    assert kind_of("0abc") == ""


def test_everything_taggable_of_pattern_1_is_tagged(session: Session, site: SimpleNamespace) -> None:
    tags = session.client("ec2").describe_tags(Filters=[{"Name": "key", "Values": ["aws14:pattern"]}])["Tags"]
    tagged = {tag["ResourceId"] for tag in tags if tag["Value"] == "p01"}
    taggable = {
        resource
        for record in session.ledger.records()
        for resource in record.resources
        if OPERATIONS[record.service, record.operation].tags == "specifications"
    }
    assert taggable <= tagged
    assert {kind_of(resource) for resource in tagged} == {
        "elastic-ip",
        "instance",
        "internet-gateway",
        "key-pair",
        "natgateway",
        "route-table",
        "security-group",
        "subnet",
        "volume",
        "vpc",
    }
    zone = session.client("route53").list_tags_for_resource(
        ResourceType="hostedzone", ResourceId=site.zone.rpartition("/")[2]
    )
    assert _as_dict(zone["ResourceTagSet"]["Tags"]) == OURS


def test_a_bucket_is_tagged_after_it_was_made(session: Session) -> None:
    s3 = session.client("s3")
    s3.create_bucket(Bucket="aws14-tags", CreateBucketConfiguration={"LocationConstraint": session.region})
    assert _as_dict(s3.get_bucket_tagging(Bucket="aws14-tags")["TagSet"]) == OURS


def _as_dict(tags: Any) -> dict[str, str]:
    pairs = [(tag["Key"], tag["Value"]) for tag in tags]
    assert len(pairs) == len(dict(pairs)), "AWS refuses a key twice"
    return dict(pairs)

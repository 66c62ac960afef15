"""Tags: every creating operation carries the course's, in its own shape, beside the caller's own."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest

from aws14.cloud.kinds import KINDS, kind_of
from aws14.cloud.operations import OPERATIONS, Creation
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


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_a_row_fits_the_operation_as_aws_defines_it(service: str, operation: str) -> None:
    """Every row against botocore's own model: the operation, its tag parameter, the path to its id."""
    creation = OPERATIONS[service, operation]
    model = service_model(service).operation_model(operation)
    assert creation.kind in KINDS
    assert KINDS[creation.kind].service == service
    parameter = {"specifications": "TagSpecifications", "list": "Tags"}.get(creation.tags)
    if parameter:
        assert parameter in model.input_shape.members
    assert (creation.tags == "after") == (creation.kind in TAG_AFTER)
    if creation.tags == "specifications" and service == "ec2":
        types = model.service_model.shape_for("ResourceType").enum
        assert set(creation.tagged or (creation.kind,)) <= set(types)
    if creation.ids.startswith("{"):
        assert all(field.split("}")[0] in model.input_shape.members for field in creation.ids.split("{")[1:])
    elif creation.kind != "dns-record":
        _walk(model.output_shape, creation.ids)
    assert all(name in model.output_shape.members for name in creation.secret)


def _walk(shape: Any, path: str) -> None:
    for step in path.split("."):
        shape = shape.members[step.removesuffix("[]")]
        if step.endswith("[]"):
            shape = shape.member
    assert shape.type_name == "string"


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

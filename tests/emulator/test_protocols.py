"""What is not there, and what breaks, is said in the protocol of the service: an error code and a sentence."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

ABSENT = [
    ("ec2", "describe_verified_access_groups", {}),  # ec2
    ("autoscaling", "describe_traffic_sources", {"AutoScalingGroupName": "a"}),  # query
    ("logs", "list_anomalies", {}),  # json
    ("cloudwatch", "list_managed_insight_rules", {"ResourceARN": "arn:aws:ec2:x"}),  # cbor
    ("cloudfront", "list_field_level_encryption_configs", {}),  # rest-xml
    ("route53", "list_cidr_collections", {}),  # rest-xml
    ("backup", "list_scan_jobs", {}),  # rest-json
    ("rolesanywhere", "list_profiles", {}),  # rest-json, the whole service
    ("globalaccelerator", "list_accelerators", {}),  # json, the whole service
    (
        "s3",
        "put_bucket_request_payment",
        {"Bucket": "bucket-one", "RequestPaymentConfiguration": {"Payer": "Requester"}},
    ),
    ("s3", "list_bucket_intelligent_tiering_configurations", {"Bucket": "bucket-one"}),
]


@pytest.mark.parametrize(
    ("service", "call", "parameters"), ABSENT, ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_operation_that_is_not_there_says_so(emulator, aws, service, call, parameters):
    client = aws(service)
    operation = client.meta.method_to_api_mapping[call]
    with pytest.raises(ClientError) as refused:
        getattr(client, call)(**parameters)
    error = refused.value.response["Error"]
    assert error["Code"] == "NotImplemented"
    assert operation in error["Message"]
    assert "docs/fidelity.md" in error["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_snowball_is_not_sent_to_new_customers(emulator, aws):
    with pytest.raises(ClientError, match="closed to new customers; AWS points to DataSync") as refused:
        aws("snowball").create_job(JobType="IMPORT", SnowballType="EDGE_S")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_the_reads_of_a_bucket_that_are_there_are_not_refused(clean_emulator, aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket-one", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    assert s3.get_bucket_location(Bucket="bucket-one")["LocationConstraint"] == "ap-northeast-1"
    assert s3.get_bucket_versioning(Bucket="bucket-one")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert s3.list_objects_v2(Bucket="bucket-one")["KeyCount"] == 0
    assert s3.list_object_versions(Bucket="bucket-one")["IsTruncated"] is False
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket="bucket-one")
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket="bucket-one", Key="nothing")


def test_an_unknown_host_is_not_taken_for_a_bucket(emulator, aws):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        aws("s3").list_objects_v2(Bucket="no-such-bucket")


def test_a_crash_of_moto_is_an_internal_error_and_is_logged(clean_emulator, emulator_home, aws):
    ec2 = aws("ec2")
    volume = ec2.create_volume(AvailabilityZone="ap-northeast-1a", Size=1)["VolumeId"]
    with pytest.raises(ClientError) as refused:
        ec2.detach_volume(VolumeId=volume)  # moto 5.2.5 falls over the missing InstanceId
    error = refused.value.response["Error"]
    assert error["Code"] == "InternalError"
    assert "ec2 DetachVolume" in error["Message"]
    assert "Traceback" in (emulator_home / "emulator.log").read_text()

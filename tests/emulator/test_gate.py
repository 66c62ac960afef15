"""Closed to strangers: other keys, web pages, other hosts, moto's own pages."""

from __future__ import annotations

import http.client
import json

import pytest
from botocore.exceptions import ClientError

from tests.conftest import client

STRANGER = "AKIASTRANGERSTRANGER"


def ask(emulator, method, path, *, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)
    connection.request(
        method, path, body=body, headers={key.replace("_", "-"): value for key, value in headers.items()}
    )
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("rds", "describe_db_instances", "InvalidClientTokenId"),
        ("iam", "list_users", "InvalidClientTokenId"),
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("cloudwatch", "describe_alarms", "UnrecognizedClientException"),
        ("route53", "list_hosted_zones", "InvalidClientTokenId"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ],
)
def test_another_key_is_refused_in_the_services_own_words(emulator, service, call, code):
    stranger = client(emulator, service, aws_access_key_id=STRANGER)
    with pytest.raises(ClientError) as refused:
        getattr(stranger, call)()
    answer = refused.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert answer["Error"]["Code"] == code
    assert "security token" in answer["Error"]["Message"]


def test_a_key_that_this_cloud_gave_out_is_welcome(clean_emulator, aws):
    aws("iam").create_user(UserName="someone")
    key = aws("iam").create_access_key(UserName="someone")["AccessKey"]
    theirs = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    assert client(clean_emulator, "ec2", **theirs).describe_vpcs()["Vpcs"]
    role = {"Version": "2012-10-17", "Statement": []}
    arn = aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(role))["Role"]["Arn"]
    lent = aws("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    theirs = {
        "aws_access_key_id": lent["AccessKeyId"],
        "aws_secret_access_key": lent["SecretAccessKey"],
        "aws_session_token": lent["SessionToken"],
    }
    assert client(clean_emulator, "ec2", **theirs).describe_vpcs()["Vpcs"]
    clean_emulator.reset()
    with pytest.raises(ClientError, match="AuthFailure"):
        client(clean_emulator, "ec2", **theirs).describe_vpcs()


def test_a_web_page_is_refused_even_with_the_key(emulator):
    key = f"AWS4-HMAC-SHA256 Credential={emulator.access_key}/20260101/us-east-1/s3/aws4_request, Signature=0"
    assert ask(emulator, "GET", "/", Authorization=key)[0] == 200
    assert ask(emulator, "GET", "/", Authorization=key, Origin="http://localhost:8888")[0] == 403
    assert ask(emulator, "GET", "/_aws14/status", X_Aws14_Key=emulator.access_key)[0] == 200
    assert ask(emulator, "GET", "/_aws14/status", X_Aws14_Key=emulator.access_key, Origin="http://x")[0] == 403


@pytest.mark.parametrize("path", ["/moto-api/data.json", "/moto-api/", "/favicon.ico", "/latest/meta-data/iam/"])
def test_motos_own_pages_are_closed(emulator, path):
    assert ask(emulator, "GET", path)[0] == 403
    key = f"AWS4-HMAC-SHA256 Credential={emulator.access_key}/20260101/us-east-1/s3/aws4_request, Signature=0"
    assert ask(emulator, "GET", path, Authorization=key)[0] == 403


def test_motos_reset_is_closed(clean_emulator, aws):
    aws("sqs").create_queue(QueueName="stays")
    assert ask(clean_emulator, "POST", "/moto-api/reset")[0] == 403
    assert len(aws("sqs").list_queues()["QueueUrls"]) == 1


@pytest.mark.parametrize(
    "host", ["evil.example.com", "127.0.0.1.nip.io", "localhost.evil.com", "alb-1.elb.amazonaws.com"]
)
def test_names_of_other_machines_are_refused(emulator, host):
    status, text = ask(emulator, "GET", "/", Host=host)
    assert status == 421
    assert host in text


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:80", "bucket-one.localhost"])
def test_names_of_this_machine_are_known(emulator, host):
    key = f"AWS4-HMAC-SHA256 Credential={emulator.access_key}/20260101/us-east-1/sts/aws4_request, Signature=0"
    form = "Action=GetCallerIdentity&Version=2011-06-15"
    status, text = ask(
        emulator, "POST", "/", body=form, Host=host, Authorization=key, Content_Type="application/x-www-form-urlencoded"
    )
    assert (status, "123456789012" in text) == (200, True)


def test_nobody_in_particular_may_only_read_what_is_public_in_s3(clean_emulator, aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket-one", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.put_object(Bucket="bucket-one", Key="page", Body=b"hello")
    assert ask(clean_emulator, "GET", "/bucket-one/page")[0] == 403
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket-one/*"}
    s3.delete_public_access_block(Bucket="bucket-one")
    s3.put_bucket_policy(Bucket="bucket-one", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    assert ask(clean_emulator, "GET", "/bucket-one/page") == (200, "hello")
    assert ask(clean_emulator, "PUT", "/bucket-one/page", body="mine")[0] == 403
    assert ask(clean_emulator, "DELETE", "/bucket-one/page")[0] == 403
    assert ask(clean_emulator, "GET", "/")[0] == 403  # the list of all buckets
    form = "Action=DescribeVpcs&Version=2016-11-15"
    status, text = ask(clean_emulator, "POST", "/", body=form, Content_Type="application/x-www-form-urlencoded")
    assert (status, "MissingAuthenticationToken" in text) == (403, True)


def test_presigned_addresses_work(clean_emulator, aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket-one", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "bucket-one", "Key": "k"})
    get = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket-one", "Key": "k"})
    path = put.split(str(clean_emulator.port), 1)[1]
    assert ask(clean_emulator, "PUT", path, body="by address")[0] == 200
    assert ask(clean_emulator, "GET", get.split(str(clean_emulator.port), 1)[1]) == (200, "by address")
    forged = path.replace(clean_emulator.access_key, STRANGER)
    assert ask(clean_emulator, "PUT", forged, body="forged")[0] == 403

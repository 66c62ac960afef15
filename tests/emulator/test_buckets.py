"""Buckets answer at their names as configured, and copy themselves."""

from __future__ import annotations

import http.client
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from aws14.emulator.buckets.policy import Caller, is_public, verdict

REGION, AWAY = "ap-northeast-1", "ap-northeast-3"
BUCKET = "aoba-static"
SITE = f"{BUCKET}.s3-website-{REGION}.amazonaws.com"
REST = f"{BUCKET}.s3.{REGION}.amazonaws.com"


@pytest.fixture
def s3(clean_emulator: Emulator, aws: Callable[..., Any]) -> Any:
    client = aws("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


Fetch = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture
def fetch(emulator: Emulator) -> Fetch:
    def get(host: str, path: str = "/", *, source: str = "internet", method: str = "GET", **headers: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", emulator.status()["http_port"], timeout=10)
        try:
            told = {"Host": host, "X-Aws14-Source": source, **{k.replace("_", "-"): v for k, v in headers.items()}}
            connection.request(method, path, headers=told)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    return get


def statement(**changed: Any) -> dict[str, Any]:
    told = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    return told | changed


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def open_up(s3: Any, *statements: dict[str, Any]) -> None:
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(*(statements or (statement(),))))


def test_a_large_object_goes_up_in_parts(s3: Any) -> None:
    whole = bytes(9 << 20)
    s3.upload_fileobj(io.BytesIO(whole), BUCKET, "large")
    assert s3.get_object(Bucket=BUCKET, Key="large")["Body"].read() == whole


@pytest.mark.parametrize("resource", ["arn:aws:s3:::another/*", f"arn:aws:s3:::{BUCKET}-2/*", ""])
def test_a_policy_is_about_its_own_bucket(s3: Any, resource: str) -> None:
    own = statement(Effect="Deny", Resource=[f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET[:3]}*/*"])
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(own))
    told = statement(Effect="Deny", Resource=[f"arn:aws:s3:::{BUCKET}", resource])
    with pytest.raises(ClientError, match="Policy has invalid resource") as caught:
        s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(told))
    assert caught.value.response["Error"]["Code"] == "MalformedPolicy"


def test_a_bucket_is_closed_until_both_locks_are_open(s3: Any, fetch: Fetch) -> None:
    s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"hello", ContentType="text/plain")
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    assert fetch(REST, "/a.txt")[0] == 403
    with pytest.raises(ClientError) as caught:
        s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(statement()))
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert "BlockPublicPolicy" in caught.value.response["Error"]["Message"]
    open_up(s3)
    status, headers, body = fetch(REST, "/a.txt")
    assert (status, body, headers["Content-Type"]) == (200, "hello", "text/plain")
    assert s3.get_bucket_policy_status(Bucket=BUCKET)["PolicyStatus"]["IsPublic"] is True
    restrict = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy"), False)
    s3.put_public_access_block(
        Bucket=BUCKET, PublicAccessBlockConfiguration={**restrict, "RestrictPublicBuckets": True}
    )
    assert fetch(REST, "/a.txt")[0] == 403
    assert s3.get_object(Bucket=BUCKET, Key="a.txt")["Body"].read() == b"hello"


def test_a_policy_that_is_none_is_refused(s3: Any) -> None:
    with pytest.raises(ClientError, match="MalformedPolicy"):
        s3.put_bucket_policy(Bucket=BUCKET, Policy="let me in")
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_the_address_of_the_caller_decides(s3: Any, fetch: Fetch) -> None:
    s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"hello")
    office = statement(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(office))  # narrow: nothing blocks it
    assert fetch(REST, "/a.txt", source="203.0.113.10")[0] == 200
    assert fetch(REST, "/a.txt", source="198.51.100.250")[0] == 403


def test_what_is_denied_over_plain_http_is_denied(s3: Any, fetch: Fetch, emulator: Emulator) -> None:
    s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"hello")
    insecure = statement(Effect="Deny", Action="s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    open_up(s3, statement(), insecure)
    assert fetch(REST, "/a.txt")[0] == 403
    assert emulator.connect(REST, 443)["tls"]
    assert s3.get_object(Bucket=BUCKET, Key="a.txt")["Body"].read() == b"hello", "the API speaks TLS on AWS"


def test_what_is_not_there(s3: Any, fetch: Fetch) -> None:
    open_up(s3)
    assert "<Code>AccessDenied</Code>" in fetch(REST, "/b.txt")[2]
    lists = statement(Action="s3:ListBucket", Resource=f"arn:aws:s3:::{BUCKET}")
    open_up(s3, statement(), lists)
    status, _, body = fetch(REST, "/b.txt")
    assert (status, "<Code>NoSuchKey</Code>" in body) == (404, True)
    assert fetch(f"nobody.s3.{REGION}.amazonaws.com", "/x")[0] == 404
    assert fetch(f"{BUCKET}.s3.{AWAY}.amazonaws.com", "/x")[0] == 301


def test_parts_and_conditional_requests(s3: Any, fetch: Fetch) -> None:
    s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"0123456789")
    open_up(s3)
    status, headers, body = fetch(REST, "/a.txt", Range="bytes=2-4")
    assert (status, body, headers["Content-Range"]) == (206, "234", "bytes 2-4/10")
    assert fetch(REST, "/a.txt", Range="bytes=-3")[2] == "789"
    tag = fetch(REST, "/a.txt")[1]["ETag"]
    assert fetch(REST, "/a.txt", If_None_Match=tag)[0] == 304
    head = fetch(REST, "/a.txt", method="HEAD")
    assert (head[0], head[1]["Content-Length"], head[2]) == (200, "10", "")


@pytest.fixture
def site(s3: Any) -> Any:
    for key, text in {
        "index.html": "home",
        "news/index.html": "news",
        "news/a b.html": "blank",
        "error.html": "sorry",
        "old/x.html": "old",
    }.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode(), ContentType="text/html")
    rules = [
        {"Condition": {"KeyPrefixEquals": "docs/"}, "Redirect": {"ReplaceKeyPrefixWith": "documents/"}},
        {
            "Condition": {"HttpErrorCodeReturnedEquals": "403", "KeyPrefixEquals": "gone/"},
            "Redirect": {
                "HostName": "example.jp",
                "Protocol": "https",
                "ReplaceKeyWith": "",
                "HttpRedirectCode": "302",
            },
        },
    ]
    s3.put_bucket_website(
        Bucket=BUCKET,
        WebsiteConfiguration={
            "IndexDocument": {"Suffix": "index.html"},
            "ErrorDocument": {"Key": "error.html"},
            "RoutingRules": rules,
        },
    )
    open_up(s3)
    return s3


@pytest.mark.parametrize(
    ("path", "status", "body", "location"),
    [
        ("/", 200, "home", None),
        ("/?x=1", 200, "home", None),
        ("/news/", 200, "news", None),
        ("/news", 302, "", "/news/"),
        ("/news/a%20b.html", 200, "blank", None),
        ("/none.html", 403, "sorry", None),
        ("/docs/a.html", 301, "", f"http://{SITE}/documents/a.html"),
        ("/gone/a.html", 302, "", "https://example.jp/"),
    ],
)
def test_a_website(site: Any, fetch: Fetch, path: str, status: int, body: str, location: str | None) -> None:
    del site
    got = fetch(SITE, path)
    assert (got[0], got[2], got[1].get("Location")) == (status, body, location)


def test_errors_of_a_website_are_pages(site: Any, fetch: Fetch, emulator: Emulator) -> None:
    assert fetch(SITE, "/", method="POST")[0] == 405
    site.delete_bucket_policy(Bucket=BUCKET)
    status, headers, body = fetch(SITE, "/")
    assert (status, headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "<h1>403 Forbidden</h1>" in body
    assert "<li>Code: AccessDenied</li>" in body
    site.delete_bucket_website(Bucket=BUCKET)
    assert "NoSuchWebsiteConfiguration" in fetch(SITE, "/")[2]
    assert "NoSuchBucket" in fetch(f"nobody.s3-website-{REGION}.amazonaws.com", "/")[2]
    assert emulator.connect(SITE, 443)["outcome"] == "timed_out"


def test_a_website_at_a_name_of_ones_own(s3: Any, aws: Callable[..., Any], fetch: Fetch) -> None:
    name = "www.example.jp"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="index.html", Body=b"mine")
    s3.put_bucket_website(Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_policy(Bucket=name, Policy=policy(statement(Resource=f"arn:aws:s3:::{name}/*")))
    route53 = aws("route53")
    zone = route53.create_hosted_zone(Name="example.jp", CallerReference="w")["HostedZone"]["Id"]
    target = {
        "HostedZoneId": "Z2M4EHUR26P7ZW",
        "DNSName": f"s3-website-{REGION}.amazonaws.com",
        "EvaluateTargetHealth": False,
    }
    change = {"Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": "A", "AliasTarget": target}}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    assert fetch(name, "/")[::2] == (200, "mine")


def test_acls_are_off(s3: Any) -> None:
    with pytest.raises(ClientError, match="AccessControlListNotSupported"):
        s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"x", ACL="public-read")
    with pytest.raises(ClientError, match="AccessControlListNotSupported"):
        s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read")


CLOUDFRONT = Caller(kind="service", service="cloudfront.amazonaws.com", facts={"aws:sourcearn": "arn:aws:x:d/E1"})


@pytest.mark.parametrize(
    ("told", "caller", "said"),
    [
        (statement(), Caller(), "allow"),
        (statement(Effect="Deny"), Caller(), "deny"),
        (statement(Principal={"AWS": "*"}), Caller(), "allow"),
        (statement(Principal={"Service": "cloudfront.amazonaws.com"}), Caller(), ""),
        (statement(Principal={"Service": "cloudfront.amazonaws.com"}), CLOUDFRONT, "allow"),
        (statement(Condition={"StringEquals": {"AWS:SourceArn": "arn:aws:x:d/E1"}}), CLOUDFRONT, "allow"),
        (statement(Condition={"StringEquals": {"AWS:SourceArn": "arn:aws:x:d/E2"}}), CLOUDFRONT, ""),
        (statement(Condition={"StringLike": {"aws:SourceArn": "arn:aws:x:*"}}), CLOUDFRONT, "allow"),
        (statement(Condition={"StringEquals": {"aws:SourceArn": "arn:aws:x:d/E1"}}), Caller(), ""),
        (statement(Condition={"StringEqualsIfExists": {"aws:SourceArn": "arn:aws:x:d/E1"}}), Caller(), "allow"),
        (statement(Condition={"NumericLessThan": {"s3:max-keys": "10"}}), Caller(), ""),
        (statement(Effect="Deny", Condition={"NumericLessThan": {"s3:max-keys": "10"}}), Caller(), "deny"),
        (statement(Action="s3:Get*"), Caller(), "allow"),
        (statement(Action=["s3:PutObject"]), Caller(), ""),
        (statement(Resource=f"arn:aws:s3:::{BUCKET}/images/*"), Caller(), ""),
    ],
)
def test_what_a_statement_says(told: dict[str, Any], caller: Caller, said: str) -> None:
    assert verdict(policy(told), caller, "s3:GetObject", f"arn:aws:s3:::{BUCKET}/a.txt") == said


@pytest.mark.parametrize(
    ("told", "public"),
    [
        (statement(), True),
        (statement(Effect="Deny"), False),
        (statement(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), False),
        (statement(Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), True),
        (statement(Condition={"StringLike": {"aws:Referer": "https://example.jp/*"}}), True),
        (statement(Principal={"Service": "cloudfront.amazonaws.com"}), False),
    ],
)
def test_what_is_public(told: dict[str, Any], public: bool) -> None:
    assert is_public(policy(told)) is public


COPY = "aoba-copy"


@pytest.fixture
def pair(s3: Any, aws: Callable[..., Any]) -> tuple[Any, Any]:
    there = aws("s3", region=AWAY)
    there.create_bucket(Bucket=COPY, CreateBucketConfiguration={"LocationConstraint": AWAY})
    return s3, there


def rule(**changed: Any) -> dict[str, Any]:
    told = {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{COPY}"},
    }
    return told | changed


def replicate(s3: Any, there: Any, *rules: dict[str, Any]) -> None:
    for client, name in ((s3, BUCKET), (there, COPY)):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    told = {"Role": "arn:aws:iam::123456789012:role/copy", "Rules": list(rules)}
    s3.put_bucket_replication(Bucket=BUCKET, ReplicationConfiguration=told)


def keys(client: Any, name: str) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=name).get("Contents", ())]


def test_new_objects_are_copied_a_little_later(pair: tuple[Any, Any], emulator: Emulator) -> None:
    s3, there = pair
    s3.put_object(Bucket=BUCKET, Key="before.txt", Body=b"old")
    replicate(s3, there, rule())
    version = s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"hello", Metadata={"who": "me"}, Tagging="k=v")
    assert s3.head_object(Bucket=BUCKET, Key="a.txt")["ReplicationStatus"] == "PENDING"
    assert keys(there, COPY) == []
    emulator.advance(1800)
    assert s3.head_object(Bucket=BUCKET, Key="a.txt")["ReplicationStatus"] == "COMPLETED"
    assert "ReplicationStatus" not in s3.head_object(Bucket=BUCKET, Key="before.txt")
    assert keys(there, COPY) == ["a.txt"]
    copied = there.get_object(Bucket=COPY, Key="a.txt")
    assert copied["ReplicationStatus"] == "REPLICA"
    assert (copied["Body"].read(), copied["Metadata"], copied["VersionId"]) == (
        b"hello",
        {"who": "me"},
        version["VersionId"],
    )
    assert there.get_object_tagging(Bucket=COPY, Key="a.txt")["TagSet"] == [{"Key": "k", "Value": "v"}]


def test_filters_and_delete_markers(pair: tuple[Any, Any], emulator: Emulator) -> None:
    s3, there = pair
    both = {"And": {"Prefix": "b/", "Tags": [{"Key": "keep", "Value": "yes"}]}}
    marked = rule(ID="a", Priority=2, Filter={"Prefix": "a/"}, DeleteMarkerReplication={"Status": "Enabled"})
    replicate(s3, there, marked, rule(ID="b", Filter=both))
    shown = s3.get_bucket_replication(Bucket=BUCKET)["ReplicationConfiguration"]["Rules"]
    assert [each["Filter"] for each in shown] == [{"Prefix": "a/"}, both]
    for key, tags in (("a/1", ""), ("b/1", "keep=yes"), ("b/2", "keep=no"), ("c/1", "keep=yes")):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x", Tagging=tags)
    emulator.advance(1800)
    assert keys(there, COPY) == ["a/1", "b/1"]
    for key in ("a/1", "b/1"):
        s3.delete_object(Bucket=BUCKET, Key=key)
    emulator.advance(1800)
    assert keys(there, COPY) == ["b/1"]


def test_copies_are_not_copied_back(pair: tuple[Any, Any], emulator: Emulator) -> None:
    s3, there = pair
    replicate(s3, there, rule())
    back = {
        "Role": "arn:aws:iam::123456789012:role/copy",
        "Rules": [rule(Destination={"Bucket": f"arn:aws:s3:::{BUCKET}"})],
    }
    there.put_bucket_replication(Bucket=COPY, ReplicationConfiguration=back)
    s3.put_object(Bucket=BUCKET, Key="a.txt", Body=b"x")
    emulator.advance(7200)
    assert len(s3.list_object_versions(Bucket=BUCKET)["Versions"]) == 1
    assert len(there.list_object_versions(Bucket=COPY)["Versions"]) == 1


def test_both_ends_need_versioning(pair: tuple[Any, Any]) -> None:
    s3, _ = pair
    told = {"Role": "arn:aws:iam::123456789012:role/copy", "Rules": [rule()]}
    with pytest.raises(ClientError, match=r"InvalidRequest.*Versioning"):
        s3.put_bucket_replication(Bucket=BUCKET, ReplicationConfiguration=told)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    with pytest.raises(ClientError, match=r"InvalidRequest.*Destination"):
        s3.put_bucket_replication(Bucket=BUCKET, ReplicationConfiguration=told)

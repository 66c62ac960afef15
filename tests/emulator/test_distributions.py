"""A distribution answers as it is configured: behaviours, caching, buckets that are its own, errors, its life."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.dataplane.site_builder import launch, record

OPTIMIZED, DISABLED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
BUCKET, ALIAS, ORIGIN = "aoba-static", "www.example.jp", "origin.example.jp"
USER_DATA = """#!/bin/bash
dnf install -y httpd php
cat > /var/www/html/heard.php <<'PAGE'
<?php $known = $_COOKIE["who"] ?? "nobody"; $said = $_POST["said"] ?? "nothing"; $host = $_SERVER["HTTP_HOST"]; ?>
<?= "$known said $said to $host" ?>
PAGE
mkdir -p /var/www/html/news
echo one > /var/www/html/index.html
echo news > /var/www/html/news/a.html
systemctl enable --now httpd
"""


def certificate(*names: str) -> dict[str, bytes]:
    """A certificate for import, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"Certificate": built.public_bytes(Encoding.PEM), "PrivateKey": private}


def listed(*values: Any) -> dict[str, Any]:
    return {"Quantity": len(values), "Items": list(values)}


def bucket_origin(control: str = "") -> dict[str, Any]:
    told = {"Id": "static", "DomainName": f"{BUCKET}.s3.ap-northeast-1.amazonaws.com"}
    return told | {"S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": control}


def web_origin(**changed: Any) -> dict[str, Any]:
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"} | changed
    return {"Id": "web", "DomainName": ORIGIN, "CustomOriginConfig": custom}


def behaviour(pattern: str = "", target: str = "web", policy: str = DISABLED, **more: Any) -> dict[str, Any]:
    told = {"TargetOriginId": target, "CachePolicyId": policy, "ViewerProtocolPolicy": "allow-all", **more}
    return told | ({"PathPattern": pattern} if pattern else {})


@pytest.fixture(scope="session")
def built_once() -> dict[str, Any]:
    return {}


@pytest.fixture
def site(
    emulator: Emulator, aws: Callable[..., Any], built_once: dict[str, Any], request: pytest.FixtureRequest
) -> SimpleNamespace:
    """A web server called origin, a closed bucket with a picture, a control, a certificate in us-east-1."""
    if built_once:
        emulator.restore("edge-site")
        return SimpleNamespace(**built_once)
    net = request.getfixturevalue("small_network")
    ec2, route53, s3 = aws("ec2"), aws("route53"), aws("s3")
    net.page = launch(ec2, request.getfixturevalue("ami"), "page", net.public, net.web_group, UserData=USER_DATA)
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=net.page)
    net.zone = route53.create_hosted_zone(Name="example.jp", CallerReference="c")["HostedZone"]["Id"]
    record(route53, net.zone, ORIGIN, address["PublicIp"])
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.put_object(Bucket=BUCKET, Key="images/logo.svg", Body=b"<svg/>", ContentType="image/svg+xml")
    signed = {"OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}
    control = aws("cloudfront").create_origin_access_control(OriginAccessControlConfig={"Name": "s", **signed})
    net.control = control["OriginAccessControl"]["Id"]
    acm = aws("acm", region="us-east-1")
    net.certificate = acm.import_certificate(**certificate(ALIAS))["CertificateArn"]
    emulator.advance(600)
    built_once |= vars(net)
    emulator.save("edge-site")
    return net


@pytest.fixture
def cloudfront(aws: Callable[..., Any]) -> Any:
    return aws("cloudfront")


def config(*origins: dict[str, Any], default: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = {
        "CallerReference": str(more)[:100],
        "Comment": "cdn",
        "Enabled": True,
        "Origins": listed(*origins),
        "DefaultCacheBehavior": default,
    }
    return told | more


@pytest.fixture
def make(site: SimpleNamespace, cloudfront: Any, emulator: Emulator) -> Callable[..., dict[str, Any]]:
    """Make a distribution and let it be deployed."""
    del site

    def made(*origins: dict[str, Any], **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = cloudfront.create_distribution(DistributionConfig=config(*origins, **more))
        emulator.advance(600)
        return dict(told["Distribution"])

    return made


Get = Callable[..., SimpleNamespace]


@pytest.fixture
def get(emulator: Emulator) -> Get:
    """Fetch; by TLS without looking at the certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def fetch(host: str, path: str, *, tls: bool = False, method: str = "GET", body: str = "", **headers: str) -> Any:
        told = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        status = emulator.status()
        connection = http.client.HTTPConnection("127.0.0.1", status["http_port"], timeout=10)
        if tls:
            plain = socket.create_connection(("127.0.0.1", status["tls_port"]), timeout=10)
            connection.sock = context.wrap_socket(plain, server_hostname=host)
        try:
            connection.request(method, path, body=body or None, headers=told)
            answer = connection.getresponse()
            got = dict(answer.getheaders())
            text = answer.read().decode()
            return SimpleNamespace(
                status=answer.status, headers=got, body=text, cache=got.get("X-Cache", "").split(" ")[0]
            )
        finally:
            connection.close()

    return fetch


def let_in(aws: Callable[..., Any], arn: str) -> None:
    only = {"StringEquals": {"AWS:SourceArn": arn}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": only,
    }
    aws("s3").put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_the_site_of_the_lesson(
    site: SimpleNamespace,
    cloudfront: Any,
    aws: Callable[..., Any],
    emulator: Emulator,
    get: Get,
) -> None:
    told = config(
        bucket_origin(site.control),
        web_origin(),
        default=behaviour(ViewerProtocolPolicy="redirect-to-https"),
        CacheBehaviors=listed(behaviour("/images/*", "static", OPTIMIZED)),
        Aliases=listed(ALIAS),
        ViewerCertificate={"ACMCertificateArn": site.certificate, "SSLSupportMethod": "sni-only"},
    )
    cdn = cloudfront.create_distribution(DistributionConfig=told)["Distribution"]
    assert cdn["Status"] == "InProgress"
    assert emulator.resolve(cdn["DomainName"])["code"] == "NXDOMAIN"
    emulator.advance(600)
    assert cloudfront.get_distribution(Id=cdn["Id"])["Distribution"]["Status"] == "Deployed"
    alias = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": cdn["DomainName"], "EvaluateTargetHealth": False}
    record(aws("route53"), site.zone, ALIAS, AliasTarget=alias)
    assert get(ALIAS, "/images/logo.svg").status == 403, "the bucket knows nothing of it yet"
    let_in(aws, cdn["ARN"])
    emulator.advance(60)
    first, second = get(ALIAS, "/images/logo.svg", tls=True), get(ALIAS, "/images/logo.svg", tls=True)
    assert (first.status, first.body, first.headers["X-Cache"]) == (200, "<svg/>", "Miss from cloudfront")
    assert (second.headers["X-Cache"], second.headers["Content-Type"]) == ("Hit from cloudfront", "image/svg+xml")
    assert get(f"{BUCKET}.s3.ap-northeast-1.amazonaws.com", "/images/logo.svg").status == 403
    for _ in range(2):
        page = get(ALIAS, "/", tls=True)
        assert (page.status, page.body.strip(), page.cache) == (200, "one", "Miss")
    moved = get(ALIAS, "/x?y=1")
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{ALIAS}/x?y=1")


def test_the_certificate_is_that_of_the_name(
    site: SimpleNamespace, make: Callable[..., dict[str, Any]], aws: Callable[..., Any], emulator: Emulator
) -> None:
    viewer = {"ACMCertificateArn": site.certificate, "SSLSupportMethod": "sni-only"}
    cdn = make(web_origin(), default=behaviour(), Aliases=listed(ALIAS), ViewerCertificate=viewer)
    alias = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": cdn["DomainName"], "EvaluateTargetHealth": False}
    record(aws("route53"), site.zone, ALIAS, AliasTarget=alias)

    def subject(name: str) -> str:
        from cryptography import x509

        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", emulator.status()["tls_port"]), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=name) as secured,
        ):
            found = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")
            return str(found.subject.rfc4514_string())

    assert subject(ALIAS) == f"CN={ALIAS}"
    assert subject(cdn["DomainName"]) == "CN=*.cloudfront.net"


def test_behaviours_in_order_with_wildcards(
    make: Callable[..., dict[str, Any]], get: Get, site: SimpleNamespace, aws: Callable[..., Any]
) -> None:
    del site
    ordered = listed(
        behaviour("/images/secret/*", ViewerProtocolPolicy="https-only"),
        behaviour("images/*.svg", "static", OPTIMIZED),
        behaviour("/news/?.html", AllowedMethods={**listed("GET", "HEAD"), "CachedMethods": listed("GET", "HEAD")}),
    )
    cdn = make(bucket_origin(), web_origin(), default=behaviour(), CacheBehaviors=ordered)
    name = cdn["DomainName"]
    assert get(name, "/images/secret/logo.svg").status == 403
    assert get(name, "/images/logo.svg").headers["Server"] == "AmazonS3"
    assert get(name, "/images/logo.SVG").headers["Server"] != "AmazonS3", "case counts"
    assert get(name, "/news/a.html").body.strip() == "news"
    refused = get(name, "/news/a.html", method="POST", body="x")
    assert (refused.status, "HTTP request method" in refused.body) == (403, True)


def test_pages_for_one_visitor_get_the_whole_request(
    make: Callable[..., dict[str, Any]], get: Get, site: SimpleNamespace
) -> None:
    """Logins behind CloudFront: cookies, forms and the Host header reach the origin, and nothing is kept."""
    del site
    every = listed("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
    passed_on = behaviour(
        OriginRequestPolicyId=ALL_VIEWER, AllowedMethods={**every, "CachedMethods": listed("GET", "HEAD")}
    )
    through = make(web_origin(), default=passed_on, Comment="all")["DomainName"]
    bare = make(web_origin(), default=behaviour(), Comment="bare")["DomainName"]

    def heard(name: str, who: str, **how: str) -> tuple[str, str]:
        told = get(name, "/heard.php", Cookie=f"who={who}", **how)
        return told.body.strip(), told.cache

    form = {"method": "POST", "body": "said=hello", "Content_Type": "application/x-www-form-urlencoded"}
    assert heard(through, "aoba", **form) == (f"aoba said hello to {through}", "Miss")
    assert heard(through, "aoba") == (f"aoba said nothing to {through}", "Miss")
    assert heard(through, "midori") == (f"midori said nothing to {through}", "Miss")
    assert heard(bare, "aoba") == (f"nobody said nothing to {ORIGIN}", "Miss")
    assert get(bare, "/heard.php", **form).status == 403


def test_only_this_distribution_is_let_in(
    make: Callable[..., dict[str, Any]], get: Get, site: SimpleNamespace, aws: Callable[..., Any], cloudfront: Any
) -> None:
    mine = make(bucket_origin(site.control), default=behaviour(target="static"), Comment="mine")
    other = make(bucket_origin(site.control), default=behaviour(target="static"), Comment="other")
    unsigned = make(bucket_origin(), default=behaviour(target="static"), Comment="unsigned")
    let_in(aws, mine["ARN"])
    seen = [get(each["DomainName"], "/images/logo.svg").status for each in (mine, other, unsigned)]
    assert seen == [200, 403, 403]
    kept = cloudfront.get_distribution_config(Id=mine["Id"])["DistributionConfig"]["Origins"]["Items"][0]
    assert kept["OriginAccessControlId"] == site.control


def test_answers_are_kept_for_their_time(
    make: Callable[..., dict[str, Any]], get: Get, site: SimpleNamespace, aws: Callable[..., Any], emulator: Emulator
) -> None:
    cdn = make(bucket_origin(site.control), default=behaviour(target="static", policy=OPTIMIZED))
    let_in(aws, cdn["ARN"])
    s3, name = aws("s3"), cdn["DomainName"]
    s3.put_object(Bucket=BUCKET, Key="short.txt", Body=b"a", CacheControl="max-age=60")
    s3.put_object(Bucket=BUCKET, Key="long.txt", Body=b"a")
    s3.put_object(Bucket=BUCKET, Key="never.txt", Body=b"a", CacheControl="no-store")
    seen = [[get(name, f"/{key}.txt").cache for _ in range(2)] for key in ("short", "long")]
    assert seen == [["Miss", "Hit"], ["Miss", "Hit"]]
    emulator.advance(50)
    assert 50 <= int(get(name, "/short.txt").headers["Age"]) <= 55
    emulator.advance(20)
    assert get(name, "/short.txt").cache == "RefreshHit", "S3 says that it has not changed"
    assert get(name, "/short.txt").cache == "Hit"
    s3.put_object(Bucket=BUCKET, Key="short.txt", Body=b"b", CacheControl="max-age=60")
    assert get(name, "/short.txt").body == "a"
    emulator.advance(70)
    changed = get(name, "/short.txt")
    assert (changed.cache, changed.body) == ("Miss", "b")
    emulator.advance(86_400 - 300)
    assert get(name, "/long.txt").cache == "Hit"
    emulator.advance(300)
    assert get(name, "/long.txt").cache == "RefreshHit"
    assert get(name, "/never.txt").cache == "Miss"
    emulator.advance(2)  # the least time of the policy is a second
    assert get(name, "/never.txt").cache != "Hit"


def test_what_tells_answers_apart(
    make: Callable[..., dict[str, Any]], get: Get, cloudfront: Any, site: SimpleNamespace
) -> None:
    del site
    parts = {
        "EnableAcceptEncodingGzip": False,
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": listed("Accept-Language")},
        "CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": listed("lang")},
        "QueryStringsConfig": {"QueryStringBehavior": "whitelist", "QueryStrings": listed("page")},
    }
    told = {"Name": "mine", "MinTTL": 0, "DefaultTTL": 60, "MaxTTL": 600}
    policy = cloudfront.create_cache_policy(
        CachePolicyConfig={**told, "ParametersInCacheKeyAndForwardedToOrigin": parts}
    )["CachePolicy"]
    assert policy["CachePolicyConfig"]["DefaultTTL"] == 60
    name = make(web_origin(), default=behaviour(policy=policy["Id"]))["DomainName"]

    def cache(path: str = "/", **headers: str) -> str:
        return str(get(name, path, **headers).cache)

    assert [cache("/?page=1&x=1"), cache("/?x=2&page=1"), cache("/?page=2")] == ["Miss", "Hit", "Miss"]
    assert [cache(Accept_Language="ja"), cache(Accept_Language="ja"), cache(Accept_Language="en")] == [
        "Miss",
        "Hit",
        "Miss",
    ]
    assert [cache(Cookie="lang=ja; s=1"), cache(Cookie="s=2; lang=ja"), cache(Cookie="lang=en")] == [
        "Miss",
        "Hit",
        "Miss",
    ]
    with pytest.raises(ClientError, match="CachePolicyInUse"):
        cloudfront.delete_cache_policy(Id=policy["Id"], IfMatch="x")


def test_managed_policies_can_be_read(cloudfront: Any, clean_emulator: Emulator) -> None:
    del clean_emulator
    managed = cloudfront.list_cache_policies(Type="managed")["CachePolicyList"]["Items"]
    names = {each["CachePolicy"]["CachePolicyConfig"]["Name"] for each in managed}
    assert {"Managed-CachingOptimized", "Managed-CachingDisabled"} <= names
    one = cloudfront.get_cache_policy(Id=OPTIMIZED)["CachePolicy"]["CachePolicyConfig"]
    assert (one["MinTTL"], one["DefaultTTL"], one["MaxTTL"]) == (1, 86_400, 31_536_000)
    with pytest.raises(ClientError, match="NoSuchCachePolicy"):
        cloudfront.get_cache_policy(Id="nothing")


def test_the_older_settings(make: Callable[..., dict[str, Any]], get: Get, emulator: Emulator) -> None:
    values = {"QueryString": False, "Cookies": {"Forward": "none"}}
    older = behaviour(policy="") | {"ForwardedValues": values, "MinTTL": 0, "DefaultTTL": 30, "MaxTTL": 100}
    older.pop("CachePolicyId")
    name = make(web_origin(), default=older)["DomainName"]
    assert [get(name, "/?a=1").cache, get(name, "/?a=2").cache] == ["Miss", "Hit"]
    emulator.advance(31)
    assert get(name, "/").cache in ("Miss", "RefreshHit")


def test_an_invalidation_drops_what_it_names(
    make: Callable[..., dict[str, Any]], get: Get, cloudfront: Any, emulator: Emulator
) -> None:
    cdn = make(web_origin(), default=behaviour(policy=OPTIMIZED))
    name = cdn["DomainName"]
    for path in ("/", "/news/a.html"):
        get(name, path)
    batch = {"Paths": listed("/news/*"), "CallerReference": "1"}
    made = cloudfront.create_invalidation(DistributionId=cdn["Id"], InvalidationBatch=batch)["Invalidation"]
    assert made["Status"] == "InProgress"
    assert get(name, "/news/a.html").cache == "Hit"
    emulator.advance(300)
    done = cloudfront.get_invalidation(DistributionId=cdn["Id"], Id=made["Id"])["Invalidation"]
    assert done["Status"] == "Completed"
    assert [get(name, "/news/a.html").cache, get(name, "/").cache] == ["Miss", "Hit"]
    with pytest.raises(ClientError, match="InvalidArgument"):
        bad = {"Paths": listed("news"), "CallerReference": "2"}
        cloudfront.create_invalidation(DistributionId=cdn["Id"], InvalidationBatch=bad)


def test_an_origin_that_fails(
    make: Callable[..., dict[str, Any]], get: Get, emulator: Emulator, site: SimpleNamespace
) -> None:
    name = make(web_origin(), default=behaviour())["DomainName"]
    no_name = {**web_origin(), "DomainName": "nobody.example.jp"}
    nobody = make(no_name, default=behaviour(), Comment="nobody")["DomainName"]
    by_tls = make(web_origin(OriginProtocolPolicy="https-only"), default=behaviour(), Comment="tls")["DomainName"]
    assert (get(nobody, "/").status, get(by_tls, "/").status) == (502, 504)
    missing = get(name, "/nothing")
    assert (missing.status, missing.headers["X-Cache"]) == (404, "Error from cloudfront")
    emulator.damage("instance", site.page, None)
    failed = get(name, "/")
    assert (failed.status, failed.cache, "could not be satisfied" in failed.body) == (504, "Error", True)


def test_errors_are_kept_shortly_and_have_pages(
    make: Callable[..., dict[str, Any]], get: Get, emulator: Emulator, aws: Callable[..., Any], site: SimpleNamespace
) -> None:
    sorry = {"ErrorCode": 403, "ResponsePagePath": "/sorry.html", "ResponseCode": "404", "ErrorCachingMinTTL": 30}
    cdn = make(bucket_origin(site.control), default=behaviour(target="static"), CustomErrorResponses=listed(sorry))
    let_in(aws, cdn["ARN"])
    s3, name = aws("s3"), cdn["DomainName"]
    s3.put_object(Bucket=BUCKET, Key="sorry.html", Body=b"sorry", ContentType="text/html")
    first = get(name, "/late.txt")
    assert (first.status, first.body, first.cache) == (404, "sorry", "Error")
    s3.put_object(Bucket=BUCKET, Key="late.txt", Body=b"here")
    emulator.advance(20)
    assert get(name, "/late.txt").status == 404
    emulator.advance(15)
    assert get(name, "/late.txt").body == "here"


def test_a_second_origin_where_the_first_fails(
    make: Callable[..., dict[str, Any]], get: Get, emulator: Emulator, aws: Callable[..., Any], site: SimpleNamespace
) -> None:
    group = {
        "Id": "both",
        "FailoverCriteria": {"StatusCodes": listed(502, 504)},
        "Members": listed({"OriginId": "web"}, {"OriginId": "static"}),
    }
    cdn = make(web_origin(), bucket_origin(site.control), default=behaviour(target="both"), OriginGroups=listed(group))
    let_in(aws, cdn["ARN"])
    aws("s3").put_object(Bucket=BUCKET, Key="index.html", Body=b"from the bucket")
    root = get(cdn["DomainName"], "/index.html")
    assert root.body.strip() == "one"
    emulator.damage("instance", site.page, None)
    assert get(cdn["DomainName"], "/index.html").body == "from the bucket"


def test_a_root_object_and_what_the_viewer_has(
    make: Callable[..., dict[str, Any]], get: Get, aws: Callable[..., Any], site: SimpleNamespace
) -> None:
    cdn = make(
        bucket_origin(site.control),
        default=behaviour(target="static", policy=OPTIMIZED),
        DefaultRootObject="index.html",
    )
    let_in(aws, cdn["ARN"])
    aws("s3").put_object(Bucket=BUCKET, Key="index.html", Body=b"root")
    page = get(cdn["DomainName"], "/")
    assert page.body == "root"
    assert "(CloudFront)" in page.headers["Via"]
    assert page.headers["X-Amz-Cf-Pop"]
    again = get(cdn["DomainName"], "/", If_None_Match=page.headers["ETag"])
    assert (again.status, again.body) == (304, "")
    head = get(cdn["DomainName"], "/", method="HEAD")
    assert (head.status, head.body, head.headers["Content-Length"], head.cache) == (200, "", "4", "Hit")


def test_aliases_need_a_certificate_from_us_east_1(
    site: SimpleNamespace, cloudfront: Any, aws: Callable[..., Any]
) -> None:
    elsewhere = aws("acm").import_certificate(**certificate(ALIAS))["CertificateArn"]
    other = aws("acm", region="us-east-1").import_certificate(**certificate("www.example.com"))["CertificateArn"]

    def refusal(viewer: dict[str, Any] | None, reference: str) -> str:
        more = {"ViewerCertificate": viewer} if viewer else {}
        told = config(web_origin(), default=behaviour(), Aliases=listed(ALIAS), Comment=reference, **more)
        with pytest.raises(ClientError) as caught:
            cloudfront.create_distribution(DistributionConfig=told)
        return str(caught.value.response["Error"]["Code"])

    assert refusal(None, "none") == "InvalidViewerCertificate"
    for arn in (elsewhere, other):
        assert refusal({"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only"}, arn) == "InvalidViewerCertificate"
    viewer = {"ACMCertificateArn": site.certificate, "SSLSupportMethod": "sni-only"}
    told = config(web_origin(), default=behaviour(), Aliases=listed(ALIAS), ViewerCertificate=viewer)
    cloudfront.create_distribution(DistributionConfig=told)
    assert refusal(viewer, "again") == "CNAMEAlreadyExists"


def test_it_is_changed_disabled_and_deleted(
    make: Callable[..., dict[str, Any]], get: Get, cloudfront: Any, emulator: Emulator, site: SimpleNamespace
) -> None:
    key = make(bucket_origin(site.control), web_origin(), default=behaviour(policy=OPTIMIZED))["Id"]
    read = cloudfront.get_distribution_config(Id=key)
    told, etag = read["DistributionConfig"], read["ETag"]
    with pytest.raises(ClientError, match="DistributionNotDisabled"):
        cloudfront.delete_distribution(Id=key, IfMatch=etag)
    told["Enabled"] = False
    with pytest.raises(ClientError, match="PreconditionFailed"):
        cloudfront.update_distribution(Id=key, IfMatch="old", DistributionConfig=told)
    changed = cloudfront.update_distribution(Id=key, IfMatch=etag, DistributionConfig=told)
    assert changed["Distribution"]["Status"] == "InProgress"
    assert changed["ETag"] != etag
    name = changed["Distribution"]["DomainName"]
    assert get(name, "/").status == 200, "not there yet"
    with pytest.raises(ClientError, match="DistributionNotDisabled"):
        cloudfront.delete_distribution(Id=key, IfMatch=changed["ETag"])
    with pytest.raises(ClientError, match="OriginAccessControlInUse"):
        cloudfront.delete_origin_access_control(Id=site.control)
    emulator.advance(600)
    assert get(name, "/").status == 403
    cloudfront.delete_distribution(Id=key, IfMatch=changed["ETag"])
    assert emulator.resolve(name)["code"] == "NXDOMAIN"
    cloudfront.delete_origin_access_control(Id=site.control)


def test_the_cache_survives_a_restore(make: Callable[..., dict[str, Any]], get: Get, emulator: Emulator) -> None:
    name = make(web_origin(), default=behaviour(policy=OPTIMIZED))["DomainName"]
    get(name, "/")
    emulator.save("edge-cache")
    emulator.restore("edge-cache")
    assert get(name, "/").cache == "Hit"

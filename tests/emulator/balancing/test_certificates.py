"""HTTPS at the load balancer, with certificates that ACM issues or that were imported."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from aws14.cloud.process import Emulator
from aws14.emulator.durations import typical_s
from tests.emulator.balancing.balanced_site import forward, listen

ISSUE = "ACM certificate issued after its DNS record stands"


def zone(aws: Callable[..., Any], name: str = "example.jp", **more: Any) -> str:
    return str(aws("route53").create_hosted_zone(Name=name, CallerReference=name, **more)["HostedZone"]["Id"])


def point(aws: Callable[..., Any], zone_id: str, name: str, kind: str, value: str) -> None:
    told = {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": told}]
    aws("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def wanted(acm: Any, *names: str, method: str = "DNS") -> str:
    more = {"SubjectAlternativeNames": list(names[1:])} if names[1:] else {}
    return str(acm.request_certificate(DomainName=names[0], ValidationMethod=method, **more)["CertificateArn"])


def said(acm: Any, arn: str) -> dict[str, Any]:
    return dict(acm.describe_certificate(CertificateArn=arn)["Certificate"])


def issued(emulator: Emulator, aws: Callable[..., Any], zone_id: str, *names: str) -> str:
    acm = aws("acm")
    arn = wanted(acm, *names)
    for option in said(acm, arn)["DomainValidationOptions"]:
        record = option["ResourceRecord"]
        point(aws, zone_id, record["Name"], record["Type"], record["Value"])
    emulator.advance(typical_s(ISSUE) + 1)
    assert said(acm, arn)["Status"] == "ISSUED"
    return arn


def presented(emulator: Emulator, host: str, name: str) -> x509.Certificate:
    """The certificate that a client which calls `name` at `host` gets to see."""
    found = emulator.connect(host, 443)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", found["loopback_port"]), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        return x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")


def names_of(certificate: x509.Certificate) -> list[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return list(found.value.get_values_for_type(x509.DNSName))


def self_signed(name: str) -> tuple[bytes, bytes, x509.Certificate]:
    """Certificate and key as PEM, made here."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    # AWS time has run ahead of this clock, and ACM takes what is valid then only.
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=400))
    made = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(pem), private, made


def test_a_certificate_waits_for_its_record(clean_emulator: Emulator, aws: Callable[..., Any]) -> None:
    acm, held = aws("acm"), zone(aws)
    arn = wanted(acm, "example.jp", "*.example.jp")
    clean_emulator.advance(3600)
    told = said(acm, arn)
    assert (told["Status"], "NotAfter" in told) == ("PENDING_VALIDATION", False)
    first, second = told["DomainValidationOptions"]
    assert [first["DomainName"], second["DomainName"]] == ["example.jp", "*.example.jp"]
    assert first["ResourceRecord"] == second["ResourceRecord"], "with and without the star the same"
    record = first["ResourceRecord"]
    point(aws, held, record["Name"], "CNAME", "_wrong.acm-validations.aws.")
    clean_emulator.advance(3600)
    assert said(acm, arn)["Status"] == "PENDING_VALIDATION"
    point(aws, held, record["Name"], "CNAME", record["Value"])
    clean_emulator.advance(typical_s(ISSUE) - 5)
    assert said(acm, arn)["Status"] == "PENDING_VALIDATION"
    clean_emulator.advance(10)
    told = said(acm, arn)
    assert told["Status"] == "ISSUED"
    assert {each["ValidationStatus"] for each in told["DomainValidationOptions"]} == {"SUCCESS"}
    assert told["NotAfter"] > told["IssuedAt"]


def test_the_record_serves_every_region(clean_emulator: Emulator, aws: Callable[..., Any]) -> None:
    issued(clean_emulator, aws, zone(aws), "example.jp", "*.example.jp")
    acm = aws("acm", region="us-east-1")
    arn = wanted(acm, "example.jp", "*.example.jp")
    other = wanted(acm, "example.com")
    clean_emulator.advance(typical_s(ISSUE) + 1)
    assert said(acm, arn)["Status"] == "ISSUED"
    assert said(acm, other)["Status"] == "PENDING_VALIDATION"


def test_a_private_zone_proves_nothing_and_nobody_reads_mail(clean_emulator: Emulator, aws: Callable[..., Any]) -> None:
    vpc = aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    place = {"VPC": {"VPCRegion": "ap-northeast-1", "VPCId": vpc}, "HostedZoneConfig": {"PrivateZone": True}}
    held, acm = zone(aws, "example.jp", **place), aws("acm")
    arn, by_mail = wanted(acm, "example.jp"), wanted(acm, "mail.example.jp", method="EMAIL")
    record = said(acm, arn)["DomainValidationOptions"][0]["ResourceRecord"]
    point(aws, held, record["Name"], "CNAME", record["Value"])
    clean_emulator.advance(3600)
    assert said(acm, arn)["Status"] == "PENDING_VALIDATION"
    option = said(acm, by_mail)["DomainValidationOptions"][0]
    assert (option["ValidationMethod"], "ResourceRecord" in option) == ("EMAIL", False)
    clean_emulator.advance(73 * 3600)
    assert {said(acm, each)["Status"] for each in (arn, by_mail)} == {"VALIDATION_TIMED_OUT"}


def test_an_https_listener_shows_the_certificate_of_the_name(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Callable[..., Any]
) -> None:
    held = zone(aws)
    first = issued(emulator, aws, held, "example.jp", "*.example.jp")
    second = issued(emulator, aws, zone(aws, "example.com"), "example.com")
    on = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": first}]}
    listener = listen(aws("elbv2"), site, 443, [forward(site.targets)], **on)
    aws("elbv2").add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": second}])
    point(aws, held, "www.example.jp", "CNAME", site.dns)
    emulator.advance(60)
    assert get("https://www.example.jp/").text in ("server a\n", "server c\n")
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        get(f"https://{site.dns}/")
    cases = {
        "www.example.jp": "example.jp",
        "example.com": "example.com",
        "deep.www.example.jp": "example.jp",
        "x.org": "example.jp",
    }
    for name, subject in cases.items():
        assert names_of(presented(emulator, site.dns, name))[0] == subject, name
    assert emulator.connect(site.dns, 443)["tls"] is True
    told = said(aws("acm"), first)
    assert (told["InUseBy"], told["RenewalEligibility"]) == ([site.alb], "ELIGIBLE")
    with pytest.raises(ClientError, match="ResourceInUseException"):
        aws("acm").delete_certificate(CertificateArn=first)
    aws("elbv2").delete_listener(ListenerArn=listener)
    aws("acm").delete_certificate(CertificateArn=first)


def test_an_imported_certificate_is_shown_as_it_is(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    acm = aws("acm")
    certificate, key, made = self_signed("own.example.jp")
    chain = self_signed("authority.example.jp")[0]
    arn = acm.import_certificate(Certificate=certificate, PrivateKey=key, CertificateChain=chain)["CertificateArn"]
    assert acm.get_certificate(CertificateArn=arn)["CertificateChain"] == chain.decode()
    on = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": arn}]}
    listen(aws("elbv2"), site, 443, [forward(site.targets)], **on)
    assert presented(emulator, site.dns, "own.example.jp") == made
    with pytest.raises(ClientError, match="does not match"):
        acm.import_certificate(Certificate=certificate, PrivateKey=self_signed("other.example.jp")[1])

"""Kinds of names, certificates, the edge and what it serves."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.cloud import deletion, lost, presence
from aws14.cloud.kinds.kind import Kind

EDGE: Mapping[str, Kind] = {
    "dns-record": Kind(service="route53", order=10, exists=presence.record_exists, delete=deletion.delete_record),
    "health-check": Kind(
        service="route53",
        order=11,
        exists=presence.got("get_health_check", "HealthCheckId"),
        delete=deletion.call("delete_health_check", "HealthCheckId"),
        find=lost.find_health_check,
    ),
    "zone-association": Kind(service="route53", order=11, exists=presence.zone_associated),
    "hosted-zone": Kind(
        service="route53", order=12, exists=presence.zone_exists, delete=deletion.delete_zone, find=lost.find_zone
    ),
    "distribution": Kind(
        service="cloudfront",
        order=13,
        exists=presence.got("get_distribution", "Id"),
        delete=deletion.delete_distribution,
        find=lost.find_distribution,
    ),
    "origin-access-control": Kind(
        service="cloudfront",
        order=14,
        exists=presence.got("get_origin_access_control", "Id"),
        delete=deletion.delete_access_control,
        find=lost.find_access_control,
    ),
    "certificate": Kind(
        service="acm",
        order=36,
        exists=presence.got("describe_certificate", "CertificateArn"),
        delete=deletion.call("delete_certificate", "CertificateArn"),
    ),
    "bucket": Kind(service="s3", order=94, exists=presence.bucket_exists, delete=deletion.delete_bucket),
}
"""Kind -> how it is seen and deleted."""

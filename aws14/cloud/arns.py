"""ARNs: which kind of resource one names, and by which id the kind's own calls know it."""

from __future__ import annotations

from collections.abc import Mapping

_BY_ARN: Mapping[tuple[str, str], str] = {
    ("elasticloadbalancing", "loadbalancer"): "load-balancer",
    ("elasticloadbalancing", "targetgroup"): "target-group",
    ("elasticloadbalancing", "listener"): "listener",
    ("elasticloadbalancing", "listener-rule"): "listener-rule",
    ("acm", "certificate"): "certificate",
    ("iam", "policy"): "policy",
}
"""(service, word before the name) -> kind, for kinds that are known by their ARN."""

_BY_NAME: Mapping[tuple[str, str], str] = {
    ("autoscaling", "autoScalingGroup"): "autoscaling-group",
    ("cloudwatch", "alarm"): "alarm",
    ("logs", "log-group"): "log-group",
    ("rds", "db"): "db-instance",
    ("rds", "snapshot"): "db-snapshot",
    ("rds", "subgrp"): "db-subnet-group",
    ("rds", "pg"): "db-parameter-group",
    ("cloudfront", "distribution"): "distribution",
    ("iam", "role"): "role",
    ("iam", "instance-profile"): "instance-profile",
}
"""The same, for kinds that are known by the name at the end."""

_ASKED_THEMSELVES = frozenset({"ec2", "route53"})


def named(arn: str) -> tuple[str, str]:
    """Kind and id of what an ARN names.

    Parameters
    ----------
    arn : str
        Such as ``arn:aws:rds:ap-northeast-1:123456789012:db:orders``.

    Returns
    -------
    tuple of str
        Kind and id; the service and the ARN for what the course has no row for; empty for what other calls list.
    """
    _, _, service, _, _, resource = arn.split(":", 5)
    if service in _ASKED_THEMSELVES:
        return "", ""
    if service == "s3":
        return "bucket", resource
    if service == "sns":
        return "topic", arn
    word, _, rest = resource.replace(":", "/", 1).partition("/") if ":" in resource else resource.partition("/")
    if (service, word) in _BY_ARN:
        return _BY_ARN[service, word], arn
    if (service, word) in _BY_NAME:
        # Names of log groups may begin with and hold slashes; others have what AWS puts before them.
        return _BY_NAME[service, word], rest if service == "logs" else rest.rpartition("/")[2]
    return service, arn

"""ARNs: which kind of resource one names, and by which id the kind's own calls know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_BY_ARN: Mapping[tuple[str, str], str] = {
    ("elasticloadbalancing", "loadbalancer"): "load-balancer",
    ("elasticloadbalancing", "targetgroup"): "target-group",
    ("elasticloadbalancing", "listener"): "listener",
    ("elasticloadbalancing", "listener-rule"): "listener-rule",
    ("acm", "certificate"): "certificate",
    ("iam", "policy"): "policy",
    ("events", "rule"): "rule",
    ("states", "stateMachine"): "state-machine",
    ("datasync", "agent"): "datasync-agent",
    ("datasync", "location"): "datasync-location",
    ("datasync", "task"): "datasync-task",
}
"""(service, word before the name) -> kind, for kinds that are known by their ARN."""

_BY_NAME: Mapping[tuple[str, str], str] = {
    ("autoscaling", "autoScalingGroup"): "autoscaling-group",
    ("cloudwatch", "alarm"): "alarm",
    ("logs", "log-group"): "log-group",
    ("dynamodb", "table"): "table",
    ("events", "event-bus"): "event-bus",
    ("kinesis", "stream"): "stream",
    ("scheduler", "schedule-group"): "schedule-group",
    ("rds", "db"): "db-instance",
    ("rds", "snapshot"): "db-snapshot",
    ("rds", "subgrp"): "db-subnet-group",
    ("rds", "pg"): "db-parameter-group",
    ("cloudfront", "distribution"): "distribution",
    ("iam", "role"): "role",
    ("iam", "instance-profile"): "instance-profile",
    ("lambda", "function"): "function",
    ("elasticfilesystem", "file-system"): "file-system",
    ("elasticfilesystem", "access-point"): "access-point",
    ("fsx", "file-system"): "fsx-file-system",
    ("fsx", "storage-virtual-machine"): "storage-virtual-machine",
    ("fsx", "volume"): "fsx-volume",
    ("fsx", "backup"): "fsx-backup",
    ("ds", "directory"): "directory",
    ("backup", "backup-vault"): "backup-vault",
    ("backup", "backup-plan"): "backup-plan",
    ("backup", "restore-testing-plan"): "restore-testing-plan",
    ("dlm", "policy"): "dlm-policy",
    ("kms", "key"): "key",
}
"""The same, for kinds that are known by the name at the end."""

_OF_EKS: Mapping[str, str] = {
    "cluster": "cluster",
    "nodegroup": "node-group",
    "fargateprofile": "fargate-profile",
    "addon": "add-on",
    "podidentityassociation": "pod-identity",
}
"""Word of an ARN of EKS -> kind; parts of a cluster are known by its name and theirs."""


_OF_GATEWAY: Mapping[str, str] = {
    "restapis": "rest-api",
    "apis": "http-api",
    "apikeys": "api-key",
    "usageplans": "usage-plan",
}
"""First word of an ARN of API Gateway -> kind."""


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
    if service in _IN_THEIR_OWN_WAY:
        return _IN_THEIR_OWN_WAY[service](arn, resource)
    if service == "rds" and resource.startswith("db-proxy:"):
        return "", ""  # it does not say the proxy's name; the readers list it
    word, _, rest = resource.replace(":", "/", 1).partition("/") if ":" in resource else resource.partition("/")
    if (service, word) in _BY_ARN:
        return _BY_ARN[service, word], arn
    if (service, word) in _BY_NAME:
        # Names of log groups may begin with and hold slashes; others have what AWS puts before them.
        return _BY_NAME[service, word], rest if service == "logs" else rest.rpartition("/")[2]
    return service, arn


def _of_eks(arn: str, resource: str) -> tuple[str, str]:
    """A cluster by its name, a part of one as ``<cluster>|<name>``; what goes with its cluster is not listed."""
    word, *names = resource.split("/")
    if word not in _OF_EKS:
        return ("", "") if word == "access-entry" else ("eks", arn)
    return _OF_EKS[word], "|".join(names[:2])


def _of_storage(arn: str, resource: str) -> tuple[str, str]:
    """Of ``gateway/<id>``, ``gateway/<id>/volume/<id>``, ``share/<id>``, ``tape/<barcode>``."""
    word, _, rest = resource.partition("/")
    known = {"gateway": "storage-gateway", "share": "file-share", "tape": "tape"}
    return ("gateway-volume" if "/volume/" in rest else known.get(word, "storagegateway")), arn


_IN_THEIR_OWN_WAY: Mapping[str, Callable[[str, str], tuple[str, str]]] = {
    # These two are asked themselves.
    "ec2": lambda arn, resource: ("", ""),  # noqa: ARG005 - all are called alike
    "route53": lambda arn, resource: ("", ""),  # noqa: ARG005 - as above
    "s3": lambda arn, resource: ("bucket", resource),  # noqa: ARG005 - as above
    "sqs": lambda arn, resource: ("queue", resource),  # noqa: ARG005 - as above
    "sns": lambda arn, resource: ("topic", arn),  # noqa: ARG005 - as above
    "secretsmanager": lambda arn, resource: ("secret", arn),  # noqa: ARG005 - as above
    "ecr": lambda arn, resource: ("repository", resource.partition("/")[2]),  # noqa: ARG005 - as above
    "eks": _of_eks,
    "storagegateway": _of_storage,
}
"""Service -> kind and id, from ARN and resource, where the word in the ARN does not decide."""


def _of_gateway(resource: str) -> tuple[str, str]:
    """Of ``/restapis/<id>``, ``/restapis/<id>/stages/<name>`` and their like; a stage is known with its API."""
    word, key, *more = resource.strip("/").split("/")
    kind = _OF_GATEWAY.get(word, "apigateway")
    if len(more) == 2 and more[0] == "stages":
        return ("rest-stage" if kind == "rest-api" else "http-stage"), f"{key}|{more[1]}"
    return kind, key

"""Which services a read-back asks, and in which regions.

Most patterns use few services, and a service that is asked for the first time costs a second. One is asked where
anything hints at it: the ledger recorded that it made something, something of it carries the pattern's tag, or what it
keeps in EC2 is there (the interfaces of load balancers and databases, the instances of groups). Where the ledger never
knew anything of the pattern, every service is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.assemble import PATTERN_TAG
from aws14.model.network import owner_of

REGIONAL = (
    "elbv2",
    "autoscaling",
    "cloudwatch",
    "rds",
    "acm",
    "logs",
    "eks",
    "ecr",
    "lambda",
    "apigateway",
    "apigatewayv2",
    "dynamodb",
    "sqs",
    "sns",
    "events",
    "scheduler",
    "stepfunctions",
    "efs",
    "fsx",
    "ds",
    "backup",
    "dlm",
    "kms",
    "datasync",
    "storagegateway",
)
GLOBAL = ("s3", "cloudfront")
_HOME_OF_GLOBAL = "us-east-1"

_OF_ARN: Mapping[str, str] = {
    "elasticloadbalancing": "elbv2",
    "autoscaling": "autoscaling",
    "cloudwatch": "cloudwatch",
    "rds": "rds",
    "acm": "acm",
    "logs": "logs",
    "eks": "eks",
    "ecr": "ecr",
    "lambda": "lambda",
    "apigateway": "apigateway",
    "dynamodb": "dynamodb",
    "sqs": "sqs",
    "sns": "sns",
    "events": "events",
    "scheduler": "scheduler",
    "states": "stepfunctions",
    "elasticfilesystem": "efs",
    "fsx": "fsx",
    "ds": "ds",
    "backup": "backup",
    "dlm": "dlm",
    "kms": "kms",
    "datasync": "datasync",
    "storagegateway": "storagegateway",
    "s3": "s3",
    "cloudfront": "cloudfront",
}
"""Service of an ARN -> boto3 client."""

_OWNERS: Mapping[str, str] = {"elb": "elbv2", "rds": "rds", "efs": "efs", "fsx": "fsx", "ds": "ds"}
_TOGETHER: Mapping[str, tuple[str, ...]] = {"autoscaling": ("elbv2", "cloudwatch"), "apigateway": ("apigatewayv2",)}
"""Services whose untagged parts hang on those of another."""

Places = Mapping[str, tuple[str, ...]]


def to_ask(asking: Asking, word: str, around: Sequence[ec2.Facts]) -> Places:
    """The regions in which each service is asked; a global service has one entry.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    word : str
        Word of the pattern; empty for everything.
    around : sequence of ec2.Facts
        What EC2 answered, region by region.
    """
    regions = tuple(facts.region for facts in around)
    recorded = list(_recorded(asking, word))
    if not word or not asking.session.ledger.records(word):
        everywhere = tuple(dict.fromkeys((*regions, *(region for _, region in recorded))))
        wanted = dict.fromkeys((*REGIONAL, *GLOBAL), everywhere)
        return wanted | {"acm": tuple(dict.fromkeys((*everywhere, _HOME_OF_GLOBAL)))}
    found: dict[str, dict[str, None]] = {}
    for service, region in (*recorded, *_kept_in_ec2(around), *_tagged(asking, word, regions)):
        for each in (service, *_TOGETHER.get(service, ())):
            found.setdefault(each, {})[region] = None
    return {service: tuple(found.get(service, ())) for service in (*REGIONAL, *GLOBAL)}


def _recorded(asking: Asking, word: str) -> Iterator[tuple[str, str]]:
    for record in asking.session.ledger.records(word):
        if record.state in ("begun", "done"):
            yield record.service, record.region


def _kept_in_ec2(around: Sequence[ec2.Facts]) -> Iterator[tuple[str, str]]:
    for facts in around:
        for interface in facts.interfaces:
            text = interface.get("Description", "")
            kind = "rds" if text.startswith("RDSNetworkInterface") else owner_of(text).partition("/")[0]
            if kind in _OWNERS:
                yield _OWNERS[kind], facts.region
        if any(ec2.group_name(instance) for instance in facts.instances):
            yield "autoscaling", facts.region


def _tagged(asking: Asking, word: str, regions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    wanted = [{"Key": PATTERN_TAG, "Values": [word]}]
    for region in dict.fromkeys((*regions, _HOME_OF_GLOBAL)):
        operation, key = "get_resources", "ResourceTagMappingList"
        for entry in asking.listed("resourcegroupstaggingapi", region, operation, key, TagFilters=wanted):
            service = entry["ResourceARN"].split(":")[2]
            if service in _OF_ARN:
                yield _OF_ARN[service], region

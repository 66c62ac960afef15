"""Lambda read back: functions as nodes, what triggers them and where failed events go as links.

A function in a VPC stands in the innermost container that holds its subnets; any other stands in its region.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.ec2_links import Holder
from aws14.cloud.readback.seen import Resource, Seen, called, required
from aws14.model import Link, Node

_NONE = ("ResourceNotFoundException",)
_ENI = "AWS Lambda VPC ENI-"


@dataclass(frozen=True, kw_only=True)
class Function:
    """What Lambda says of one function.

    Parameters
    ----------
    configuration : dict
        Of ``$LATEST``.
    tags : dict
        Its tags.
    reserved : int
        Concurrency reserved for it; -1: none.
    aliases, provisioned, sources : tuple of dict
        As the list calls answer.
    events : dict
        How its asynchronous events are handled; empty for the default.
    url : str
        Its function URL, or empty.
    """

    configuration: Resource
    tags: dict[str, str]
    reserved: int
    aliases: tuple[Resource, ...]
    provisioned: tuple[Resource, ...]
    sources: tuple[Resource, ...]
    events: Resource
    url: str

    @property
    def arn(self) -> str:
        """Without a qualifier."""
        return str(self.configuration["FunctionArn"])

    @property
    def name(self) -> str:
        """In AWS."""
        return str(self.configuration["FunctionName"])

    @property
    def subnets(self) -> tuple[str, ...]:
        """Ids of its subnets; none outside a VPC."""
        return tuple(self.configuration.get("VpcConfig", {}).get("SubnetIds", ()))

    @property
    def groups(self) -> tuple[str, ...]:
        """Ids of its security groups."""
        return tuple(self.configuration.get("VpcConfig", {}).get("SecurityGroupIds", ()))

    @property
    def failures(self) -> str:
        """ARN that failed events go to; empty for nowhere."""
        ends = self.events.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
        return str(ends or self.configuration.get("DeadLetterConfig", {}).get("TargetArn", ""))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What Lambda answered in one region."""

    region: str
    functions: tuple[Function, ...]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every function of one region, and what belongs to each.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    found = asking.listed("lambda", region, "list_functions", "Functions")
    mappings = asking.listed("lambda", region, "list_event_source_mappings", "EventSourceMappings") if found else ()
    return Facts(region=region, functions=tuple(_function(asking, region, one, mappings) for one in found))


def _function(asking: Asking, region: str, one: Resource, mappings: tuple[Resource, ...]) -> Function:
    client, name = asking.client("lambda", region), one["FunctionName"]
    arn = one["FunctionArn"].removesuffix(":$LATEST")
    aliases = "list_aliases", "Aliases"
    ahead = "list_provisioned_concurrency_configs", "ProvisionedConcurrencyConfigs"
    return Function(
        configuration={**one, "FunctionArn": arn},
        tags=client.list_tags(Resource=arn).get("Tags", {}),
        reserved=client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", -1),
        aliases=asking.listed("lambda", region, *aliases, FunctionName=name),
        provisioned=asking.listed("lambda", region, *ahead, FunctionName=name),
        sources=tuple(each for each in mappings if _is_for(each, arn)),
        events=unless(_NONE, lambda: client.get_function_event_invoke_config(FunctionName=name), {}),
        url=unless(_NONE, lambda: client.get_function_url_config(FunctionName=name), {}).get("FunctionUrl", ""),
    )


def _is_for(mapping: Resource, arn: str) -> bool:
    meant = str(mapping.get("FunctionArn", ""))
    return meant == arn or meant.startswith(f"{arn}:")


def to_nodes(facts: Facts, around: ec2.Facts) -> tuple[Seen, ...]:
    """Functions, with ARNs for names.

    Parameters
    ----------
    facts : Facts
        Of one region.
    around : ec2.Facts
        What EC2 answered there.
    """
    return tuple(_node(one, facts.region, around) for one in facts.functions)


def _node(one: Function, region: str, around: ec2.Facts) -> Seen:
    subnets = [each for each in around.subnets if each["SubnetId"] in one.subnets]
    node = Node(
        id=one.arn,
        kind="function",
        parent=ec2.home(around, one.subnets) if subnets else region,
        aws_id=one.name,
        attributes={
            **_configured(one.configuration, f"function {one.name}"),
            "reserved_concurrency": one.reserved,
            "provisioned": tuple(sorted(_provisioned(each) for each in one.provisioned)),
            "aliases": tuple(sorted(_alias(each) for each in one.aliases)),
            "url": one.url,
            "on_failure": one.failures.rpartition(":")[2],
            "sources": tuple(sorted(_source(each) for each in one.sources)),
            "zones": tuple(sorted({each["AvailabilityZone"] for each in subnets})),
            "security_groups": ec2.group_names(around, one.groups),
        },
    )
    return Seen(node=node, tags=one.tags, name=called(one.tags, one.name))


def _configured(one: Resource, of: str) -> dict[str, Any]:
    return {
        "runtime": one.get("Runtime", ""),  # an image has none, nor a handler
        "handler": one.get("Handler", ""),
        "memory_mib": required(one, "MemorySize", of),
        "ephemeral_mib": required(one, "EphemeralStorage", of)["Size"],
        "timeout_s": required(one, "Timeout", of),
        "package_bytes": required(one, "CodeSize", of),
        "architecture": required(one, "Architectures", of)[0],
        "state": one.get("State", "Active"),  # list calls leave it out on AWS
        "environment": tuple(sorted(one.get("Environment", {}).get("Variables", {}))),
    }


def _provisioned(one: Resource) -> str:
    qualifier = one["FunctionArn"].rpartition(":")[2]
    return f"{qualifier} {one['RequestedProvisionedConcurrentExecutions']}"


def _alias(one: Resource) -> str:
    weights = (one.get("RoutingConfig") or {}).get("AdditionalVersionWeights", {})
    second = "".join(f" {version}={weight:g}" for version, weight in weights.items())
    return f"{one['Name']} {one['FunctionVersion']}{second}"


def _source(one: Resource) -> str:
    return f"{_origin(one).rpartition(':')[2].rpartition('/')[2]} batch={one.get('BatchSize', 1)}"


def _origin(one: Resource) -> str:
    """ARN of the queue, table or stream; that of a table's stream begins with the table's."""
    return str(one.get("EventSourceArn", "")).partition("/stream/")[0]


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The functions in VPCs as what security groups guard; interfaces are shared by those with the same groups."""
    return tuple(
        Holder(
            key=one.arn,
            vpc=str(one.configuration["VpcConfig"]["VpcId"]),
            groups=frozenset(one.groups),
            places=tuple(
                (each["SubnetId"], each["PrivateIpAddress"])
                for each in around.interfaces
                if each.get("Description", "").startswith(_ENI) and _has_groups(each, one.groups)
            ),
        )
        for one in facts.functions
        if one.subnets
    )


def _has_groups(interface: Resource, groups: tuple[str, ...]) -> bool:
    return {each["GroupId"] for each in interface.get("Groups", ())} == set(groups)


def to_links(facts: Facts) -> Iterator[Link]:
    """From what triggers a function to it, and from it to where failed events go."""
    for one in facts.functions:
        for source in one.sources:
            yield Link(source=_origin(source), target=one.arn, kind="routes", label="triggers")
        if one.failures:
            yield Link(source=one.arn, target=one.failures, kind="routes", label="on failure")

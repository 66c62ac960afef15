"""CloudFront read back: distributions as nodes, their behaviours as links to origins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.s3 import key_of as bucket_key
from aws14.cloud.readback.seen import Resource, Seen, called, required
from aws14.errors import ReadbackError
from aws14.model import Link, Node

EVERYWHERE = "us-east-1"
"""CloudFront is asked in one place for all of the world."""

_MANAGED: Mapping[str, str] = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": "CachingOptimized",
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": "CachingOptimizedForUncompressedObjects",
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": "CachingDisabled",
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": "UseOriginCacheControlHeaders",
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": "UseOriginCacheControlHeaders-QueryStrings",
}
"""Ids of AWS's own cache policies -> their names (CloudFront developer guide), for an AWS that cannot be asked."""

_AS_THE_ORIGIN_SAYS = ("CachingDisabled", "UseOriginCacheControlHeaders", "UseOriginCacheControlHeaders-QueryStrings")
"""Those that keep nothing unless the origin asks for it."""


_WHOLE_REQUEST = ("216adef6-5c7f-47e4-b989-5492eafa07d3", "b689b0a8-53d0-40ab-baf2-68738e2966ac")
"""AWS's own origin request policies that hand on every cookie: AllViewer, AllViewerExceptHostHeader."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What CloudFront answered: distributions, their tags by ARN, default TTL in s of each cache policy by id."""

    distributions: tuple[Resource, ...]
    tags: Mapping[str, Mapping[str, str]]
    ttl_s: Mapping[str, int]


def fetch(asking: Asking) -> Facts:
    """Ask for every distribution of the account.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    """
    client = asking.client("cloudfront")
    pages = client.get_paginator("list_distributions").paginate()
    found = tuple(one for page in pages for one in page["DistributionList"].get("Items", ()))
    tags = {}
    for one in found:
        items = client.list_tags_for_resource(Resource=one["ARN"])["Tags"].get("Items", ())
        tags[one["ARN"]] = {item["Key"]: item.get("Value", "") for item in items}
    policies = {each["CachePolicyId"] for one in found for each in _behaviours(one) if each.get("CachePolicyId")}
    return Facts(distributions=found, tags=tags, ttl_s={key: _ttl_s(asking, key) for key in policies})


def _ttl_s(asking: Asking, policy: str) -> int:
    client = asking.client("cloudfront")
    answer = unless(("NotImplemented", "NoSuchCachePolicy"), lambda: client.get_cache_policy(Id=policy))
    if answer:
        return int(answer["CachePolicy"]["CachePolicyConfig"]["DefaultTTL"])
    if _MANAGED.get(policy) in _AS_THE_ORIGIN_SAYS:
        return 0
    if policy in _MANAGED:
        return int(catalog.quota("CloudFront", f"default TTL of {_MANAGED[policy]}").value)
    raise ReadbackError(
        f"the cache policy {policy} could not be read",
        allowed=", ".join(f"{name} ({key})" for key, name in _MANAGED.items()),
    )


def _behaviours(one: Resource) -> tuple[Resource, ...]:
    """In order of precedence, the default last."""
    default = {"PathPattern": "*", **required(one, "DefaultCacheBehavior", f"distribution {one['Id']}")}
    return (*one.get("CacheBehaviors", {}).get("Items", ()), default)


def to_nodes(facts: Facts) -> tuple[Seen, ...]:
    """Distributions, called by their comment where no tag names them."""
    return tuple(_distribution(one, facts) for one in facts.distributions)


def _distribution(one: Resource, facts: Facts) -> Seen:
    key, of, tags = one["Id"], f"distribution {one['Id']}", facts.tags[one["ARN"]]
    node = Node(
        id=key,
        kind="distribution",
        aws_id=key,
        attributes={
            "domain_name": required(one, "DomainName", of),
            "aliases": tuple(one.get("Aliases", {}).get("Items", ())),
            "state": required(one, "Status", of),
            "price_class": one.get("PriceClass") or "PriceClass_All",
            "behaviours": tuple(
                f"{each['PathPattern']} {each['TargetOriginId']} ttl={_default_ttl_s(each, facts, of)}{_passes(each)}"
                for each in _behaviours(one)
            ),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, one.get("Comment", "")))


def _passes(behaviour: Resource) -> str:
    """What of a visitor's own goes on to the origin: every cookie, forms."""
    forwarded = behaviour.get("ForwardedValues", {}).get("Cookies", {}).get("Forward")
    passed = {
        "cookies": behaviour.get("OriginRequestPolicyId") in _WHOLE_REQUEST or forwarded == "all",
        "POST": "POST" in behaviour.get("AllowedMethods", {}).get("Items", ()),
    }
    told = ",".join(name for name, yes in passed.items() if yes)
    return f" passes={told}" if told else ""


def _default_ttl_s(behaviour: Resource, facts: Facts, of: str) -> int:
    policy = behaviour.get("CachePolicyId")
    if policy:
        return facts.ttl_s[policy]
    return int(required(behaviour, "DefaultTTL", f"behaviour {behaviour['PathPattern']} of {of}"))


def to_links(facts: Facts, nodes: Iterable[Seen]) -> tuple[Link, ...]:
    """From a distribution to the node behind each origin, and to its certificate.

    Parameters
    ----------
    facts : Facts
        What CloudFront answered.
    nodes : iterable of Seen
        Everything seen in the account: origins are known by their host names.
    """
    hosts = dict(_hosts(nodes))
    return tuple(dict.fromkeys(link for one in facts.distributions for link in _links(one, hosts)))


def _hosts(nodes: Iterable[Seen]) -> Iterator[tuple[str, str]]:
    """Host name -> key of what answers there; the name a learner gave goes before the one that AWS gave."""
    for seen in nodes:
        node = seen.node
        if node.kind == "load_balancer":
            yield str(node.require("dns_name")).lower(), node.id
        elif node.kind == "api":
            yield f"{node.require('api_id')}.execute-api.{node.parent}.amazonaws.com", node.id
        elif node.kind == "dns_record":
            yield str(node.require("name")).lower(), node.id


def _links(one: Resource, hosts: Mapping[str, str]) -> Iterator[Link]:
    origins = {origin["Id"]: _behind(origin["DomainName"].lower(), hosts) for origin in one["Origins"]["Items"]}
    for each in _behaviours(one):
        if target := origins.get(each["TargetOriginId"]):
            yield Link(source=one["Id"], target=target, kind="routes", label=each["PathPattern"])
    if certificate := one.get("ViewerCertificate", {}).get("ACMCertificateArn"):
        yield Link(source=one["Id"], target=certificate, kind="uses", label="TLS")


def _behind(host: str, hosts: Mapping[str, str]) -> str:
    bucket, dot, rest = host.partition(".s3")
    if dot and rest.endswith(".amazonaws.com"):
        return bucket_key(bucket)
    return hosts.get(host, "")

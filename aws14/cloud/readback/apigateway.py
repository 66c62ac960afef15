"""API Gateway's REST APIs read back: APIs as nodes, their methods as links to functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.cloud.readback import invoking
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, required
from aws14.model import Link, Node

_MOCK = "MOCK"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What API Gateway answered in one region: REST APIs; by their ids, methods, stages, functions they may invoke."""

    region: str
    apis: tuple[Resource, ...]
    resources: Mapping[str, tuple[Resource, ...]]
    stages: Mapping[str, tuple[Resource, ...]]
    invoked: Mapping[str, set[str]]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every REST API of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    apis = asking.listed("apigateway", region, "get_rest_apis", "items")
    resources, stages, invoked = {}, {}, {}
    for one in apis:
        key = one["id"]
        more = {"restApiId": key, "embed": ["methods"]}
        resources[key] = asking.listed("apigateway", region, "get_resources", "items", **more)
        stages[key] = asking.listed("apigateway", region, "get_stages", "item", restApiId=key)
        names = [each["stageName"] for each in stages[key]]
        methods = list(_calling(resources[key]))
        invoked[key] = invoking.may_invoke(asking, region, key, stages=names, methods=methods)
    return Facts(region=region, apis=apis, resources=resources, stages=stages, invoked=invoked)


def key_of(region: str, api_id: str) -> str:
    """The key of a REST API's node: its ARN."""
    return f"arn:aws:apigateway:{region}::/restapis/{api_id}"


def function_of(uri: str) -> str:
    """ARN, without a qualifier, of the function that an integration's address means; empty for none."""
    _, found, rest = uri.partition("arn:aws:lambda:")
    return ":".join(f"{found}{rest}".partition("/invocations")[0].split(":")[:7]) if found else ""


def backend(kind: str, uri: str) -> str:
    """What stands behind a method: a function's name, ``MOCK``, or an address."""
    if kind == _MOCK:
        return _MOCK
    return function_of(uri).rpartition(":")[2] or uri


def to_nodes(facts: Facts) -> tuple[Seen, ...]:
    """REST APIs, called by their names."""
    return tuple(_api(one, facts) for one in facts.apis)


def _api(one: Resource, facts: Facts) -> Seen:
    key, of = one["id"], f"REST API {one['id']}"
    methods = tuple(_methods(facts.resources[key]))
    slowest = [float(each[2].get("timeoutInMillis") or 0) / 1000 for each in methods]
    default = catalog.quota("API Gateway", "REST integration timeout").value
    node = Node(
        id=key_of(facts.region, key),
        kind="api",
        parent=facts.region,
        aws_id=key,
        attributes={
            "protocol": "REST",
            "api_id": key,
            "methods": tuple(
                f"{name} {path} {backend(str(each.get('type')), str(each.get('uri') or ''))}"
                for name, path, each, _ in methods
            ),
            "stages": tuple(_stage(each) for each in facts.stages[key]),
            "timeout_s": max((each or default for each in slowest), default=default),
            "api_key_required": any(wants_key for *_, wants_key in methods),
        },
    )
    tags = dict(one.get("tags") or {})
    return Seen(node=node, tags=tags, name=called(tags, required(one, "name", of)))


def _methods(resources: tuple[Resource, ...]) -> Iterator[tuple[str, str, Resource, bool]]:
    """Method, path, integration, whether a key is wanted; by path."""
    for each in sorted(resources, key=lambda one: str(one["path"])):
        for name, method in sorted((each.get("resourceMethods") or {}).items()):
            yield name, each["path"], method.get("methodIntegration") or {}, bool(method.get("apiKeyRequired"))


def _calling(resources: tuple[Resource, ...]) -> Iterator[invoking.Method]:
    """The methods with a function behind them."""
    for name, path, each, _ in _methods(resources):
        if function := function_of(str(each.get("uri") or "")):
            role = str(each.get("credentials") or "")
            yield invoking.Method(function=function, path=f"{name}{path}", role=role)


def _stage(stage: Resource) -> str:
    """``prod rate=100 burst=200``, or the bare name where the account's limits hold."""
    name, settings = stage["stageName"], (stage.get("methodSettings") or {}).get("*/*", {})
    rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
    limits = catalog.quota("API Gateway", "account throttle").value, catalog.quota("API Gateway", "account burst").value
    if rate is None or burst is None or (float(rate), float(burst)) == limits or float(rate) < 0:
        return str(name)
    return f"{name} rate={float(rate):g} burst={float(burst):g}"


def to_links(facts: Facts) -> Iterator[Link]:
    """From an API to the function behind each method, and to those that it may invoke."""
    for one in facts.apis:
        yield from invoking.to_links(key_of(facts.region, one["id"]), facts.invoked[one["id"]])
        for name, path, each, _ in _methods(facts.resources[one["id"]]):
            if function := function_of(str(each.get("uri") or "")):
                source = key_of(facts.region, one["id"])
                yield Link(source=source, target=function, kind="routes", label=f"{name} {path}")

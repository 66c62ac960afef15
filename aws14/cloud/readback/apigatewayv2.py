"""API Gateway's HTTP APIs read back: APIs as nodes, their routes as links to functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.cloud.readback import invoking
from aws14.cloud.readback.apigateway import backend, function_of
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, required
from aws14.model import Link, Node

_PARTS = ("get_routes", "get_integrations", "get_stages")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What API Gateway answered in one region: HTTP APIs, and by their ids what belongs to them."""

    region: str
    apis: tuple[Resource, ...]
    routes: Mapping[str, tuple[Resource, ...]]
    integrations: Mapping[str, tuple[Resource, ...]]
    stages: Mapping[str, tuple[Resource, ...]]
    invoked: Mapping[str, set[str]]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every HTTP API of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    every = asking.listed("apigatewayv2", region, "get_apis", "Items")
    apis = tuple(one for one in every if one["ProtocolType"] == "HTTP")
    found = [
        {one["ApiId"]: asking.listed("apigatewayv2", region, operation, "Items", ApiId=one["ApiId"]) for one in apis}
        for operation in _PARTS
    ]
    routes, integrations, stages = found
    invoked = {}
    for key in routes:
        names = [each["StageName"] for each in stages[key]]
        methods = list(_calling(routes[key], integrations[key]))
        invoked[key] = invoking.may_invoke(asking, region, key, stages=names, methods=methods)
    return Facts(region=region, apis=apis, routes=routes, integrations=integrations, stages=stages, invoked=invoked)


def _calling(routes: tuple[Resource, ...], integrations: tuple[Resource, ...]) -> Iterator[invoking.Method]:
    """The routes with a function behind them."""
    behind = {each["IntegrationId"]: each for each in integrations}
    for route in routes:
        each = behind.get(str(route.get("Target") or "").rpartition("/")[2], {})
        if function := function_of(str(each.get("IntegrationUri") or "")):
            path = str(route["RouteKey"]).replace(" ", "")
            yield invoking.Method(
                function=function,
                path=path.replace("$default", "GET/$default"),
                role=str(each.get("CredentialsArn") or ""),
            )


def key_of(region: str, api_id: str) -> str:
    """The key of an HTTP API's node: its ARN."""
    return f"arn:aws:apigateway:{region}::/apis/{api_id}"


def to_nodes(facts: Facts) -> tuple[Seen, ...]:
    """HTTP APIs, called by their names."""
    return tuple(_api(one, facts) for one in facts.apis)


def _api(one: Resource, facts: Facts) -> Seen:
    key, of = one["ApiId"], f"HTTP API {one['ApiId']}"
    default = catalog.quota("API Gateway", "HTTP API integration timeout").value
    waits = [float(each.get("TimeoutInMillis") or 1000 * default) / 1000 for each in facts.integrations[key]]
    node = Node(
        id=key_of(facts.region, key),
        kind="api",
        parent=facts.region,
        aws_id=key,
        attributes={
            "protocol": "HTTP",
            "api_id": key,
            "methods": tuple(
                f"{route} {backend(str(each.get('IntegrationType')), str(each.get('IntegrationUri') or ''))}"
                for route, each in _routes(facts, key)
            ),
            "stages": tuple(_stage(each) for each in facts.stages[key]),
            "timeout_s": max(waits, default=default),
            "api_key_required": False,
        },
    )
    tags = dict(one.get("Tags") or {})
    return Seen(node=node, tags=tags, name=called(tags, required(one, "Name", of)))


def _routes(facts: Facts, key: str) -> Iterator[tuple[str, Resource]]:
    """Method and path, and the integration behind; ``ANY /{proxy+}`` for the default, which takes what is left."""
    behind = {each["IntegrationId"]: each for each in facts.integrations[key]}
    for route in sorted(facts.routes[key], key=lambda one: str(one["RouteKey"])):
        name = "ANY /{proxy+}" if route["RouteKey"] == "$default" else str(route["RouteKey"])
        yield name, behind.get(str(route.get("Target") or "").rpartition("/")[2], {})


def _stage(stage: Resource) -> str:
    """``prod rate=100 burst=200``, or the bare name where the account's limits hold."""
    settings = stage.get("DefaultRouteSettings") or {}
    rate, burst = settings.get("ThrottlingRateLimit"), settings.get("ThrottlingBurstLimit")
    if not rate or not burst:
        return str(stage["StageName"])
    return f"{stage['StageName']} rate={float(rate):g} burst={float(burst):g}"


def to_links(facts: Facts) -> Iterator[Link]:
    """From an API to the function behind each route, and to those that it may invoke."""
    for one in facts.apis:
        yield from invoking.to_links(key_of(facts.region, one["ApiId"]), facts.invoked[one["ApiId"]])
        for name, each in _routes(facts, one["ApiId"]):
            if function := function_of(str(each.get("IntegrationUri") or "")):
                yield Link(source=key_of(facts.region, one["ApiId"]), target=function, kind="routes", label=name)

"""A members' site as read back, made by hand: pages in a bucket, calls through an API to a function."""

from __future__ import annotations

from dataclasses import replace

from aws14.model import Application, Link, Node, Scenario, Steady, Topology
from tests.topologies import connected

FUNCTION = {
    "runtime": "python3.13",
    "handler": "app.handler",
    "memory_mib": 1769,
    "ephemeral_mib": 512,
    "timeout_s": 10,
    "package_bytes": 2_000_000,
    "architecture": "x86_64",
    "state": "Active",
    "reserved_concurrency": -1,
    "provisioned": (),
    "aliases": ("live 1",),
    "environment": ("TABLE",),
    "url": "https://abc123.lambda-url.ap-northeast-1.on.aws/",
    "on_failure": "",
    "sources": (),
    "zones": (),
    "security_groups": (),
}
API = {
    "protocol": "REST",
    "api_id": "a1b2c3",
    "methods": ("GET /api/health MOCK", "GET /api/users members", "POST /api/users members"),
    "stages": ("prod", "stg rate=5 burst=10"),
    "timeout_s": 29.0,
    "api_key_required": False,
}
DATABASE = {
    "engine": "mysql",
    "instance_class": "db.t3.micro",
    "multi_az": False,
    "zone": "ap-northeast-1a",
    "secondary_zone": "",
    "zones": ("ap-northeast-1a", "ap-northeast-1c"),
    "gib": 20,
    "storage_type": "gp3",
    "iops": 3000,
    "state": "available",
    "endpoint": "members-db.abc.ap-northeast-1.rds.amazonaws.com",
    "port": 3306,
    "security_groups": (),
    "publicly_accessible": False,
    "backup_retention_days": 1,
    "replica_of": "",
}
PROXY = {
    "engine_family": "MYSQL",
    "endpoint": "members-proxy.proxy-abc.ap-northeast-1.rds.amazonaws.com",
    "target": "members-db",
    "max_connections_percent": 100,
    "state": "available",
    "security_groups": (),
}
TABLE = {
    "billing_mode": "PAY_PER_REQUEST",
    "key": "id",
    "read_units": 0,
    "write_units": 0,
    "ttl_attribute": "",
    "stream": "",
    "state": "ACTIVE",
}
REGION = "ap-northeast-1"


def node(kind, node_id, parent=REGION, **attributes):
    return Node(id=node_id, kind=kind, parent=parent, attributes=attributes)


def members(*, proxy=False, database=False, reserved_elsewhere=None) -> Topology:
    """The site; with a database behind the function, and a proxy between them, when asked for."""
    nodes = [
        node("internet", "internet", None),
        node("region", REGION, None),
        node("bucket", "members-site", name="members-site", versioning=False, website_index="", public_read=False),
        node(
            "distribution", "members-cdn", None, domain_name="d1.cloudfront.net", aliases=(), state="Deployed",
            price_class="PriceClass_All", behaviours=("/api/* members-api ttl=0", "* members-site ttl=86400"),
        ),
        node("api", "members-api", **API),
        node("function", "members", **FUNCTION),
        node("table", "members-table", **TABLE),
    ]  # fmt: skip
    links = [
        Link(source="members-cdn", target="members-site", kind="routes", label="*"),
        Link(source="members-cdn", target="members-api", kind="routes", label="/api/*"),
        Link(source="members-api", target="members", kind="routes", label="GET /api/users"),
        Link(source="members-api", target="members", kind="routes", label="POST /api/users"),
        Link(source="members-api", target="members", kind="allows", label="invoke"),
    ]
    if reserved_elsewhere is not None:
        nodes.append(node("function", "report", **FUNCTION | {"reserved_concurrency": reserved_elsewhere}))
    if database:
        nodes.append(node("db_instance", "members-db", **DATABASE))
        links.append(Link(source="members", target="members-db", kind="uses", label="MySQL"))
    else:
        links.append(Link(source="members", target="members-table", kind="uses", label="items"))
    if proxy:
        nodes.append(node("db_proxy", "members-proxy", **PROXY))
        links.append(Link(source="members", target="members-proxy", kind="uses", label="MySQL"))
        links.append(Link(source="members-proxy", target="members-db", kind="routes", label="3306"))
    return connected(Topology(name="members", origin="built", nodes=tuple(nodes), links=tuple(links)))


def calls(*, rate_rps=20.0, horizon_s=600.0, entry="members-api", load=None, **application) -> Scenario:
    """Ten minutes of calls of 100 ms each, one city."""
    profile = {
        "service_time_s": 0.1,
        "service_distribution": "exponential",
        "response_kib": 8.0,
        "port": 443,
        "client_timeout_s": 60.0,
    }
    return Scenario(
        name="calls",
        load=load or Steady(rate_rps=rate_rps),
        application=Application(**profile | application),
        entry=entry,
        users={"Tokyo": 1.0},
        horizon_s=horizon_s,
    )


def changed(topology: Topology, node_id: str, **attributes) -> Topology:
    """A copy in which a node has other attributes."""
    nodes = tuple(
        replace(each, attributes={**each.attributes, **attributes}) if each.id == node_id else each
        for each in topology.nodes
    )
    return replace(topology, nodes=nodes)

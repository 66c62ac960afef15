"""Serverless infrastructure: pages from a bucket, calls through an API to a function, and no server in sight.

Problem: a site that stands idle all night and is stormed at noon, and nobody who wants to look after servers.
Solution: CloudFront in front of S3 for what is alike for everybody, and of API Gateway and Lambda for the rest.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.patterns.p12_checks import checks
from aws14.patterns.p12_day import ASSUMPTIONS, BRIEF, ENTRY, scenario
from aws14.patterns.p12_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "checks", "design", "experiments", "scenario"]

METHODS = {
    "GET /api/users": "members",
    "POST /api/users": "members",
    "GET /api/users/{id}": "members",
}
"""Method and path -> backend, as drawn."""


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing of the members' site.

    Parameters
    ----------
    region : str
        Where it stands.
    """
    return Topology(
        name="p12_serverless",
        origin="drawn",
        nodes=(
            Node(id="internet", kind="internet", label="Members"),
            Node(id=ENTRY, kind="distribution", label="CloudFront"),
            Node(id=region, kind="region"),
            Node(
                id="members-site", kind="bucket", parent=region, label="Static pages", attributes={"public_read": False}
            ),
            *_calls(region),
        ),
        links=(
            Link(source=ENTRY, target="members-site", kind="routes", label="*"),
            Link(source=ENTRY, target="members-api", kind="routes", label="/api/*"),
            *(Link(source="members-api", target=backend, kind="routes", label=way) for way, backend in METHODS.items()),
            Link(source="members-api", target="members", kind="allows", label="invoke"),
            Link(source="members", target="members-table", kind="uses", label="items"),
        ),
    )


def _calls(region: str) -> tuple[Node, ...]:
    """What answers calls, in the order in which one passes."""
    return (
        Node(
            id="members-api",
            kind="api",
            parent=region,
            label="API Gateway",
            attributes={"protocol": "REST", "methods": tuple(f"{way} {end}" for way, end in METHODS.items())},
        ),
        Node(
            id="members",
            kind="function",
            parent=region,
            label="Lambda function",
            attributes={"runtime": "python3.13", "memory_mib": 512, "timeout_s": 10},
        ),
        Node(
            id="members-table",
            kind="table",
            parent=region,
            label="DynamoDB table",
            attributes={"billing_mode": "PAY_PER_REQUEST", "key": "id"},
        ),
    )

"""A first server: one instance in the default VPC, drawn, built, loaded and billed in five cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14 import cost
from aws14.checks import CheckFunction, drawn_equals_built, reachable
from aws14.model import Application, Link, Node, Scenario, Steady, Topology
from aws14.patterns.brief import Brief, Requirement

BRIEF = Brief(
    customer="You",
    story="You want to see the whole loop once: draw, build, load, pay, clean up.",
    requirements=(Requirement(name="arrival_rate_rps", text="20 requests a second for ten minutes", value=20.0),),
)

ASSUMPTIONS = cost.Assumptions()


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing: visitors, and one instance in a subnet of the region's default VPC."""
    zone = f"{region}a"
    return Topology(
        name="p00_first_server",
        origin="drawn",
        nodes=(
            Node(id="internet", kind="internet", label="Visitors"),
            Node(id=region, kind="region"),
            Node(id="default-vpc", kind="vpc", parent=region, label="Default VPC"),
            Node(id="igw", kind="internet_gateway", parent="default-vpc", label="Internet gateway"),
            Node(id=zone, kind="az", parent="default-vpc"),
            Node(id="default-subnet", kind="subnet", parent=zone, label="Default subnet"),
            Node(
                id="server",
                kind="instance",
                parent="default-subnet",
                attributes={"instance_type": "t3.micro", "state": "running", "public_ipv4_kind": "public"},
            ),
        ),
        links=(
            Link(source="default-subnet", target="igw", kind="routes", label="0.0.0.0/0"),
            Link(source="internet", target="server", kind="allows", label="tcp/80"),
        ),
    )


def scenario(*, arrival_rate_rps: float | None = None, seed: int = 14) -> Scenario:
    """Ten minutes of steady traffic from Tokyo to the server's address."""
    return Scenario(
        name="ten steady minutes",
        load=Steady(rate_rps=arrival_rate_rps or BRIEF.value("arrival_rate_rps")),
        application=Application(service_time_s=0.05, response_kib=40.0),
        entry="server",
        users={"Tokyo": 1.0},
        horizon_s=600.0,
        seed=seed,
    )


experiments: Mapping[str, Callable[..., object]] = {}

checks: Mapping[str, CheckFunction] = {
    "p00-built": lambda evidence: drawn_equals_built("Your first server", evidence),
    "p00-answers": lambda evidence: reachable("The server answers", evidence, entry="server", port=80),
}

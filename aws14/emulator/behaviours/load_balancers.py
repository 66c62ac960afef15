"""Application Load Balancers: nodes with addresses, a name that leads to them, listeners that answer.

What AWS does
    Puts a node with a network interface into each subnet of the load balancer, guarded by its security groups, with a
    public address when it faces the Internet. Its DNS name answers with the nodes' addresses, leaving out those that
    have failed. Nodes match requests with rules and forward them to targets: round robin or least outstanding
    requests, weighted groups, slow start, sticky sessions; they add X-Forwarded-For, -Proto, -Port and a trace
    id; redirect; say fixed things; answer 502, 503 and 504 where targets do not. HTTPS is spoken with the listener's
    certificates, chosen by the name that the client calls.
What moto leaves out
    All of it: load balancers are records. They are active at the first look, and go without a trace.
What this adds
    Nodes as interfaces (``ELB app/<name>/<id>``, of ``amazon-elb``), gone with the load balancer; ``provisioning``
    until the typical time of data/durations.csv; names, ``internal-`` and ``dualstack.`` ones too, with another
    address first each time; the idle time-out among the attributes; the data plane above, over the network as it is:
    security groups between node and target count.
    Certificates are signed by this home's authority, imported ones shown as they are.
What it still does not do
    Requests are answered at once, so least outstanding requests is round robin; the idle time-out ends only what a
    page in PHP says to take longer (``sleep``), and nobody waits for it.
    A node that cannot reach targets which others reach stays in DNS, and a target is healthy only when all working
    nodes reach it: AWS's nodes judge each for itself. Rules that authenticate answer 561. HTTP/2, WebSockets, gRPC,
    Lambda targets, mutual TLS, WAF, access logs, IPv6, zonal shift. Network and gateway load balancers stay records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.catalog import quota
from aws14.emulator.balancing import front, nodes
from aws14.emulator.behaviours.failures import also_down
from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.clock import handles
from aws14.emulator.dataplane import fronts
from aws14.emulator.durations import typical_s
from aws14.emulator.failure_records import records
from aws14.emulator.world import world

__all__ = ["install"]

#: Hosted zones of Elastic Load Balancing by region (AWS General Reference, "Elastic Load Balancing endpoints").
_ZONES = {
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-northeast-2": "ZWKZPGTI48KDX",
    "ap-northeast-3": "Z5LXEXXYW11ES",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-west-1": "Z32O12XQLNTSW2",
}


def install() -> None:
    """Take hold of how load balancers are made, moved and deleted, and let the data plane find their nodes."""
    from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer

    around(ELBv2Backend, "create_load_balancer", _create)
    around(ELBv2Backend, "delete_load_balancer", _delete)
    around(ELBv2Backend, "set_security_groups", _regroup)
    around(ELBv2Backend, "set_subnets", _move)
    replace(FakeLoadBalancer, "activate", lambda _: None)
    fronts.register("elb", names=nodes.addresses, of_interface=front.of_interface)
    also_down(_is_dark)


def _create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    balancer = original(backend, *args, **kwargs)
    balancer.scheme = balancer.scheme or "internet-facing"
    number = int(balancer.arn.rpartition("/")[2][:8], 16)
    prefix = "internal-" if balancer.scheme == "internal" else ""
    balancer.dns_name = f"{prefix}{balancer.name}-{number}.{backend.region_name}.elb.amazonaws.com"
    balancer.canonical_hosted_zone_id = _ZONES.get(backend.region_name, balancer.canonical_hosted_zone_id)
    if balancer.type != "application":
        balancer.state = "active"
        return balancer
    balancer.attrs["load_balancing.cross_zone.enabled"] = "true"
    balancer.attrs["idle_timeout.timeout_seconds"] = f"{quota('ALB', 'idle timeout unless changed').value:.0f}"
    if not balancer.security_groups:
        balancer.security_groups = [backend.ec2_backend.get_default_security_group(balancer.vpc_id).id]
    nodes.add_nodes(balancer)
    args = (backend.account_id, backend.region_name, balancer.arn)
    world().clock.after(typical_s("ELB load balancer provisioning to active"), "load_balancers.is_active", args)
    return balancer


@handles("load_balancers.is_active")
def _is_active(account: str, region: str, arn: str) -> None:
    from moto.elbv2.models import elbv2_backends

    balancer = elbv2_backends[account][region].load_balancers.get(arn)
    if balancer is not None and balancer.state == "provisioning":
        balancer.state = "active"


def _delete(original: Callable[..., None], backend: Any, arn: str) -> None:
    balancer = backend.load_balancers.get(arn)
    if balancer is not None:
        _forget(backend, balancer)
    original(backend, arn)


def _forget(backend: Any, balancer: Any) -> None:
    nodes.drop_nodes(balancer)
    for group in backend.target_groups.values():
        group.load_balancer_arns = [each for each in group.load_balancer_arns if each != balancer.arn]


def _regroup(original: Callable[..., None], backend: Any, arn: str, sec_groups: list[str]) -> None:
    original(backend, arn, sec_groups)
    _stand(backend.load_balancers[arn])


def _move(original: Callable[..., Any], backend: Any, arn: str, *args: Any) -> Any:
    moved = original(backend, arn, *args)
    nodes.drop_nodes(backend.load_balancers[arn], outside=True)
    _stand(backend.load_balancers[arn])
    return moved


def _stand(balancer: Any) -> None:
    if balancer.type == "application":
        nodes.add_nodes(balancer)


def _is_dark(resource_id: str) -> bool:
    """Whether a node stands in a zone that lost its power."""
    if not resource_id.startswith("eni-") or not records("zone"):
        return False
    found = nodes.of_interface(resource_id)
    return found is not None and found[1].subnet.availability_zone in records("zone")

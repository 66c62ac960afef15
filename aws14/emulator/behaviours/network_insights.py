"""Reachability Analyzer: paths, and analyses that say what stops a packet.

What AWS does
    Keeps paths (from a resource to a resource, protocol, port). An analysis of one runs for a while, then says whether
    there is a way there and back: if so its components with their rules, if not what blocks it, by an explanation code.
What moto leaves out
    All of it.
What this adds
    The operations on paths and analyses, answered from the network as it is when the analysis ends: security groups
    (by CIDR, group, prefix list), network ACLs, routes, Internet and NAT gateways, peerings, gateway endpoints, states.
    An analysis is "running" for the typical time of data/durations.csv.
What it still does not do
    Names only the first component that blocks. Every ephemeral port has to be let back, where AWS is content with one.
    Load balancers, interface endpoints, transit and virtual private gateways, firewalls and IPv6 are not followed.
    Filters take one port and one address; intermediate components and other accounts are not taken. Analyses stay
    until they are deleted; AWS deletes them after 120 days.
"""

from __future__ import annotations

from aws14.emulator.clock import handles
from aws14.emulator.insight_analysis import analyse
from aws14.emulator.insight_records import ANALYSIS, PATH, records
from aws14.emulator.insight_shapes import Shapes
from aws14.emulator.network_view import account_network

__all__ = ["install"]


def install() -> None:
    """Give moto's EC2 the six operations, and its tags the two kinds of ids."""
    from moto.ec2.responses import EC2Response
    from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX

    from aws14.emulator.insight_api import NetworkInsights

    for kind in (PATH, ANALYSIS):
        EC2_RESOURCE_TO_PREFIX[kind.name] = kind.prefix
        EC2_PREFIX_TO_RESOURCE[kind.prefix] = kind.name
    if NetworkInsights not in EC2Response.__bases__:
        EC2Response.__bases__ = (*EC2Response.__bases__, NetworkInsights)


@handles("network_insights.ends")
def _ends(account: str, region: str, key: str) -> None:
    analysis = records(ANALYSIS, account, region).get(key)
    if analysis is not None:
        path = records(PATH, account, region)[analysis[PATH.id]]
        shapes = Shapes(account_network(account), region, account)
        analysis |= {"Status": "succeeded", **analyse(path, shapes)}

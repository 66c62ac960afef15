"""What AWS made for a cluster is the cluster's: told once, at the node group and at the service that asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aws14.cloud.readback.seen import Seen
from aws14.model import Link

__all__ = ["folded"]


def folded(seen: Sequence[Seen], links: Iterable[Link]) -> tuple[list[Seen], list[Link]]:
    """What was seen, without the group behind a node group and the load balancer behind a service.

    Their sizes, instances and names stand at the node group and at the service.

    Parameters
    ----------
    seen : sequence of Seen
        Of one region.
    links : iterable of Link
        Between their keys.
    """
    links = list(links)
    gone = set(_groups(seen))
    balancers = set(_load_balancers(seen))
    gone |= balancers | {link.target for link in links if link.source in balancers and _is_group(link.target)}
    return (
        [one for one in seen if one.node.id not in gone],
        [link for link in links if link.source not in gone and link.target not in gone],
    )


def _groups(seen: Sequence[Seen]) -> Iterator[str]:
    made = {str(one.node.require("autoscaling_group")) for one in seen if one.node.kind == "node_group"} - {""}
    for one in seen:
        if one.node.kind == "autoscaling_group" and one.node.aws_id.partition(",")[0] in made:
            yield one.node.id


def _load_balancers(seen: Sequence[Seen]) -> Iterator[str]:
    made = {str(one.node.require("hostname")) for one in seen if one.node.kind == "pod_service"} - {""}
    for one in seen:
        if one.node.kind == "load_balancer" and str(one.node.require("dns_name")) in made:
            yield one.node.id


def _is_group(key: str) -> bool:
    return ":targetgroup/" in key

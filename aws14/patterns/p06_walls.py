"""Why is this box here? Each part of the file servers is taken away on paper, and a stated property is lost.

What was read back is copied without the part, and asked again: by serving the month's end, by losing a zone, by
following a packet, or by billing what is stored. Nothing that is built changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aws14.charts.numbers import duration, usd
from aws14.model import Node, Report, Topology
from aws14.patterns.p06_day import BRIEF, DIRECTORY, SHARE, SHARED
from aws14.patterns.p06_months import month, months_bill
from aws14.patterns.walls import Seen, Wall, taken_away
from aws14.sim import what_if
from aws14.sim.changes import without
from aws14.sim.files.losses import zone_lost_min

_NFS, _SMB = "tcp/2049", "tcp/445"
_LOST_MIN, _STORED_USD = 120.0, 300.0
"""How long a zone is lost, and what storing the orders' files may cost a month."""


def _clients(topology: Topology, servers: tuple[Node, ...], door: str) -> tuple[str, ...]:
    """Instances that are let in to at least one of these in their own zone."""
    allowed = {
        (link.source, link.target) for link in topology.links_of("allows") if link.label == door
    }  # fmt: skip
    there = [node for node in topology.of_kind("instance") if node.id.startswith("orders-")]
    return tuple(
        client.id
        for client in there
        if any((client.id, server.id) in allowed and _near(client, server) for server in servers)
    )


def _near(client: Node, server: Node) -> bool:
    return server.kind != "mount_target" or server.parent == client.parent


def _both_mount(topology: Topology) -> Seen:
    """Whether the servers of both zones reach the orders' files, each in its own zone."""
    servers = tuple(link.target for link in topology.links_of("routes", source=SHARED) if link.label == "NFS")
    found = _clients(topology, tuple(topology.node(name) for name in servers), _NFS)
    return Seen(len(found) == len(_orders(topology)), f"{len(found)} of {len(_orders(topology))} mount it at home")


def _orders(topology: Topology) -> tuple[Node, ...]:
    return tuple(node for node in topology.of_kind("instance") if node.id.startswith("orders-"))


def _share_is_reached(topology: Topology) -> Seen:
    found = _clients(topology, (topology.node(SHARE),), _SMB)
    return Seen(len(found) == len(_orders(topology)), f"{len(found)} of {len(_orders(topology))} are let in")


def _books_closed(topology: Topology) -> Seen:
    worst_s = month(topology).worst_wait_s
    return Seen(
        worst_s <= BRIEF.value("wait_s"), f"the longest wait is {duration(worst_s)}" if worst_s else "nobody waits"
    )


def _storage_is_cheap(topology: Topology) -> Seen:
    stored = sum(line.usd for line in months_bill(topology).lines if line.usage.unit == "GB-month")
    return Seen(stored <= _STORED_USD, f"what is stored costs {usd(stored)} a month")


def _survives(node: str) -> Callable[[Topology], Seen]:
    """Whether files are back in time when the zone they are served from is lost."""

    def seen(topology: Topology) -> Seen:
        away_min = zone_lost_min(topology.node(node), lasts_min=_LOST_MIN)
        return Seen(away_min <= BRIEF.value("zone_min"), f"away for {duration(60 * away_min)}")

    return seen


def _who_is_who(topology: Topology) -> Seen:
    """Whether the share has somebody to ask who logs in."""
    joined = [link.target for link in topology.links_of("routes", source=SHARE) if link.label == "joins"]
    return Seen(joined == [DIRECTORY], "the directory says who may" if joined else "nobody can log in")


def _kept(topology: Topology) -> Seen:
    backed_up = topology.node(SHARED).require("backed_up") is True
    return Seen(backed_up, "a copy a day" if backed_up else "what somebody deletes is gone from both zones at once")


def _no_door(door: str) -> Callable[[Topology], Topology]:
    def shut(topology: Topology) -> Topology:
        links = tuple(link for link in topology.links if not (link.kind == "allows" and link.label == door))
        return replace(topology, links=links)

    return shut


def _one_zone(topology: Topology) -> Topology:
    zones = topology.node(SHARED).require("zones")
    return what_if(topology, SHARED, zones=zones[:1] if isinstance(zones, tuple) else zones)


WALLS = (
    Wall(
        component="the mount target in the second zone", property="servers of both zones mount the orders' files",
        seen=_both_mount, without=lambda topology: without(topology, f"{SHARED}-1c"),
    ),
    Wall(
        component="the rule that opens 2049", property="servers of both zones mount the orders' files",
        seen=_both_mount, without=_no_door(_NFS),
    ),
    Wall(
        component="the rule that opens 445", property="the order system writes for the desks",
        seen=_share_is_reached, without=_no_door(_SMB),
    ),
    Wall(
        component="its throughput mode (bursting instead)", property="the books are closed in time",
        seen=_books_closed, without=lambda topology: what_if(topology, SHARED, throughput_mode="bursting"),
    ),
    Wall(
        component="the lifecycle", property="what lies untouched costs little",
        seen=_storage_is_cheap, without=lambda topology: what_if(topology, SHARED, lifecycle=()),
    ),
    Wall(
        component="the other zones of EFS (One Zone)", property="a lost zone stops the orders for minutes at most",
        seen=_survives(SHARED), without=_one_zone,
    ),
    Wall(
        component="the share's second file server", property="a lost zone stops the desks for minutes at most",
        seen=_survives(SHARE), without=lambda topology: what_if(topology, SHARE, deployment_type="SINGLE_AZ_2"),
    ),
    Wall(
        component="the directory", property="desks log in to the share",
        seen=_who_is_who, without=lambda topology: without(topology, DIRECTORY),
    ),
    Wall(
        component="the backup", property="a slip of the hand can be undone",
        seen=_kept, without=lambda topology: what_if(topology, SHARED, backed_up=False),
    ),
)  # fmt: skip


def why(topology: Topology) -> Report:
    """Look for each wall's property with and without it.

    Parameters
    ----------
    topology : Topology
        What was read back.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    return taken_away(WALLS, topology, check="p06-built")

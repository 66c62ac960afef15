"""Traffic: what the load of a run is charged for, scaled to a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from aws14.catalog import EVERYWHERE
from aws14.cost.containers import containers_load
from aws14.cost.copied import between_regions, through_gateways
from aws14.cost.edge import at_the_edge
from aws14.cost.location import region_of
from aws14.cost.serverless import PerCall, called
from aws14.cost.shared_files import files_moved
from aws14.cost.tiers import crossing_share, load_balancer_units, on_the_way
from aws14.errors import ScenarioError
from aws14.model import Node, Topology, Trace, Usage

_BYTES_PER_GB = 2**30
_KIB_PER_GB = 2**20
_QUERIES = 1e6
_ANSWERING = ("instance", "function", "pod_service")
_SURPLUS = {"t3": "T3 unlimited surplus credits (Linux)", "t4g": "T4g unlimited surplus credits"}
"""AWS counts a GB as 2**30 bytes, sells DNS queries by the million, and surplus credits by the family of types."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumptions:
    """What a trace does not show and a bill needs. The defaults add nothing that was not measured.

    Parameters
    ----------
    requests_per_dns_query : float
        Requests that one query to Route 53 serves, because resolvers and browsers remember the answer for its TTL.
        1 means that nobody remembers anything: the most queries there can be.
    package_gib : float
        GiB a month that private servers fetch through NAT gateways: packages, updates, container images.
    internal_kib_per_request : float
        KiB that travel over each declared ``uses`` link per answered request, both ways together.
    stored_gib : float
        GiB that lie in each bucket, and in each repository of images.
    written_gib : float
        GiB a month that are written to each database, bucket or vault which copies itself to another region, and
        through each gateway of the office.
    log_gib : float
        GiB a month that are written to each log group.
    reads_per_call, writes_per_call : float
        Items that a call of a function reads from, and writes to, each table it uses.
    item_kib : float
        Size of such an item.
    table_gib : float
        GiB that lie in each table.
    messages_per_call : float
        Messages that a call sends to each queue, topic or event bus it uses.
    transitions_per_call : float
        State transitions of each state machine that a call starts.
    changed_gib : float, optional
        GiB that a snapshot, and a day of automated backups, holds beyond the one before; None: as `metering.standing`.
    log_kib_per_call : float
        KiB that a call of a function writes to its log.
    viewers : Mapping[str, float]
        City -> share of the requests that come to a distribution from there; empty: all from near the run's region.

    Raises
    ------
    ScenarioError
        When one is negative, or `requests_per_dns_query` below 1.
    """

    requests_per_dns_query: float = 1.0
    package_gib: float = 0.0
    internal_kib_per_request: float = 0.0
    stored_gib: float = 0.0
    written_gib: float = 0.0
    log_gib: float = 0.0
    reads_per_call: float = 0.0
    writes_per_call: float = 0.0
    item_kib: float = 1.0
    table_gib: float = 0.0
    messages_per_call: float = 0.0
    transitions_per_call: float = 0.0
    changed_gib: float | None = None
    log_kib_per_call: float = 0.0
    viewers: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in _NUMBERS:
            value, least = getattr(self, name), 1 if name == "requests_per_dns_query" else 0
            if value is not None and not value >= least:
                raise ScenarioError(f"{name} is {value!r}", allowed=f"{least} or more")


_NUMBERS = tuple(each.name for each in fields(Assumptions) if each.name != "viewers")

NOTHING_ELSE = Assumptions()


def load(topology: Topology, trace: Trace, *, scale: float, assume: Assumptions) -> tuple[Usage, ...]:
    """Return what the load of a run is charged for, times `scale`.

    Parameters
    ----------
    topology : Topology
        What the run went through.
    trace : Trace
        The run.
    scale : float
        Length of the billed time over the length of the run.
    assume : Assumptions
        What a trace does not show; `package_gib` is for the whole billed time and is not scaled.

    Returns
    -------
    tuple of Usage
        Lines of quantity 0 are left out.
    """
    lines = (
        *_internet(topology, trace, scale),
        *_dns(topology, trace, scale, assume),
        *_nat(topology, assume),
        *_between_zones(topology, trace, scale, assume),
        *_surplus_credits(topology, trace, scale),
        *load_balancer_units(topology, trace, scale),
        *_buckets(topology, assume),
        *between_regions(topology, assume.written_gib),
        *through_gateways(topology, assume.written_gib),
        *_logs(topology, assume),
        *at_the_edge(topology, trace, scale, assume.viewers),
        *called(topology, trace, scale, _per_call(assume)),
        *files_moved(topology, trace, scale),
        *containers_load(topology, trace, scale=scale, stored_gib=assume.stored_gib),
    )
    return tuple(line for line in lines if line.quantity > 0)


def _per_call(assume: Assumptions) -> PerCall:
    return PerCall(
        reads=assume.reads_per_call,
        writes=assume.writes_per_call,
        item_kib=assume.item_kib,
        messages=assume.messages_per_call,
        transitions=assume.transitions_per_call,
        table_gib=assume.table_gib,
        log_kib=assume.log_kib_per_call,
    )


def _internet(topology: Topology, trace: Trace, scale: float) -> Iterator[Usage]:
    balancer = on_the_way(topology, trace, "load_balancer")
    if balancer is not None and balancer.require("scheme") == "internal":
        yield from _over_lines(balancer, trace, scale)
        return
    servers = (name for name in reversed(trace.nodes) if _is(topology, name, *_ANSWERING))
    server = balancer.id if balancer is not None else next(servers, "")
    for item, counted, note in (
        ("to Internet", trace.bytes_out, "answers on their way to the users"),
        ("in from Internet", trace.bytes_in, "requests come in free"),
    ):
        gigabytes = float(counted.sum()) * scale / _BYTES_PER_GB
        yield _transfer(item, trace.region, gigabytes, resource=server, note=note)


def _over_lines(balancer: Node, trace: Trace, scale: float) -> Iterator[Usage]:
    """People inside come over a peering from one zone; what is in the same zone is free."""
    zones = balancer.require("zones")
    share = 1 - 1 / len(zones) if isinstance(zones, tuple) and zones else 0.0
    gigabytes = float(trace.bytes_out.sum() + trace.bytes_in.sum()) * scale / _BYTES_PER_GB
    yield _transfer(
        "between AZs, each direction", trace.region, 2 * share * gigabytes, resource=balancer.id,
        note="to people inside, as far as they stand in another zone",
    )  # fmt: skip


def _buckets(topology: Topology, assume: Assumptions) -> Iterator[Usage]:
    for bucket in topology.of_kind("bucket"):
        yield Usage(
            service="S3", item="Standard storage", unit="GB-month", region=region_of(topology, bucket),
            quantity=assume.stored_gib, resource=bucket.id, note="what lies in the bucket (assumed)",
        )  # fmt: skip


def _logs(topology: Topology, assume: Assumptions) -> Iterator[Usage]:
    for group in topology.of_kind("log_group"):
        yield Usage(
            service="CloudWatch", item="Logs ingested (Standard)", unit="GB", region=region_of(topology, group),
            quantity=assume.log_gib, resource=group.id, note="what is written to it (assumed)",
        )  # fmt: skip


def _surplus_credits(topology: Topology, trace: Trace, scale: float) -> Iterator[Usage]:
    if not trace.surplus_vcpu_hours:
        return
    server = next(topology.node(name) for name in reversed(trace.nodes) if _is(topology, name, "instance"))
    yield Usage(
        service="EC2",
        item=_SURPLUS[str(server.require("instance_type")).partition(".")[0]],
        unit="vCPU-hour",
        region=trace.region,
        quantity=trace.surplus_vcpu_hours * scale,
        resource=server.id,
        note="CPU beyond its baseline that a burstable instance did not earn back",
    )


def _dns(topology: Topology, trace: Trace, scale: float, assume: Assumptions) -> Iterator[Usage]:
    record = next((name for name in trace.nodes if _is(topology, name, "dns_record")), None)
    if record is None or topology.node(record).attributes.get("alias"):
        return  # queries for an alias of something in AWS are free
    remembered = assume.requests_per_dns_query
    queries = int(trace.offered.sum()) * scale / remembered
    yield Usage(
        service="Route 53",
        item="Standard queries",
        unit="1M queries",
        region=EVERYWHERE,
        quantity=queries / _QUERIES,
        resource=record,
        note=f"one query for {remembered:g} requests (assumed)"
        if remembered > 1
        else "a query for every request (assumed)",
    )


def _nat(topology: Topology, assume: Assumptions) -> Iterator[Usage]:
    gateways = topology.of_kind("nat_gateway")
    for gateway in gateways:
        yield Usage(
            service="NAT gateway",
            item="Data processed",
            unit="GB",
            region=region_of(topology, gateway),
            quantity=assume.package_gib / len(gateways),
            resource=gateway.id,
            note="what private servers fetch from the Internet (assumed), on top of the hours",
        )


def _between_zones(topology: Topology, trace: Trace, scale: float, assume: Assumptions) -> Iterator[Usage]:
    for link in topology.links_of("uses"):
        share = crossing_share(topology, link)
        if share and _asked_in(trace, topology.node(link.target)):
            answered = _answered_with(trace, topology.node(link.target)) * scale
            gigabytes = share * answered * assume.internal_kib_per_request / _KIB_PER_GB
            yield _transfer(
                "between AZs, each direction",
                trace.region,
                2 * gigabytes,
                resource=link.target,
                note="charged where it leaves and again where it arrives",
            )


def _answered_with(trace: Trace, used: Node) -> int:
    """Requests that were answered with its help."""
    if trace.database is not None and used.id == trace.database.node:
        return int(trace.database.queries.sum())
    return int(trace.served.sum())


def _asked_in(trace: Trace, used: Node) -> bool:
    """Whether the run asked it, as far as the run tells."""
    return trace.database is None or used.kind != "db_instance" or used.id in trace.database.node.split(", ")


def _transfer(item: str, region: str, gigabytes: float, *, resource: str, note: str) -> Usage:
    return Usage(
        service="Data transfer",
        item=item,
        unit="GB",
        region=region,
        quantity=gigabytes,
        resource=resource,
        note=note,
    )


def _is(topology: Topology, node_id: str, *kinds: str) -> bool:
    return node_id in topology and topology.node(node_id).kind in kinds

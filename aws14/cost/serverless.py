"""Serverless: what functions, APIs, tables, queues and their like are charged for, standing and under a load.

Calls that an API throttles cost nothing; those that its function refuses do. The start of an environment is part of the
duration (``Lambda INIT billing`` in ``data/service_status.csv``). Left out: that Lambda's free tier does not hold for
functions with provisioned concurrency, custom domains, caches of stages, requests of a queue that is asked in vain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.catalog import EVERYWHERE
from aws14.cost.location import region_of
from aws14.cost.managed import GONE, Rates, number
from aws14.model import FunctionRecord, Node, Topology, Trace, Usage

_MILLION, _THOUSAND, _MB_PER_GB, _SECONDS_PER_HOUR = 1e6, 1e3, 1024, 3600
_KIB_PER_GIB = 1024 * 1024
_REQUESTS_PER_MESSAGE = 3
"""A message is sent, received and deleted."""

_FAMILIES: Mapping[str, str] = {"x86_64": "x86", "arm64": "Arm"}


@dataclass(frozen=True, kw_only=True, slots=True)
class PerCall:
    """What one invocation asks of what the function uses, as a bill counts it.

    Parameters
    ----------
    reads, writes : float
        Items read (eventually consistent) from, and written to, each table.
    item_kib : float
        Size of an item.
    messages : float
        Messages sent to each queue, notifications to each topic, events to each bus.
    transitions : float
        State transitions of each state machine.
    table_gib : float
        GiB that lie in each table; not per call.
    log_kib : float
        KiB of log lines.
    """

    reads: float
    writes: float
    item_kib: float
    messages: float
    transitions: float
    table_gib: float
    log_kib: float = 0.0


def function_standing(node: Node, region: str) -> Rates:
    """Environments that are always ready."""
    kept = _provisioned(node)
    if not kept:
        return
    yield Usage(
        service="Lambda", item=f"Provisioned concurrency {_family(node)}", unit="GB-second", region=region,
        quantity=kept * number(node, "memory_mib") / _MB_PER_GB * _SECONDS_PER_HOUR,
        note=f"{kept} environments kept ready, called or not",
    )  # fmt: skip


def table_standing(node: Node, region: str) -> Rates:
    """Capacity that is provisioned; a table on demand has none."""
    for name, item, unit in (
        ("read_units", "Read capacity unit", "RCU-hour"),
        ("write_units", "Write capacity unit", "WCU-hour"),
    ):
        if units := number(node, name):
            yield Usage(service="DynamoDB", item=item, unit=unit, region=region, quantity=units, note="used or not")


def proxies_standing(topology: Topology, node: Node, region: str) -> Rates:
    """A proxy is charged by the processors of the database behind it."""
    if node.require("state") in GONE:
        return
    target = topology.node(str(node.require("target")))
    vcpu = catalog.instance_type(str(target.require("instance_class")).removeprefix("db.")).vcpu
    least = catalog.quota("RDS Proxy", "billed vCPUs of an instance at least").value
    yield Usage(
        service="RDS", item="RDS Proxy", unit="vCPU-hour", region=region, quantity=max(least, vcpu),
        note=f"by the processors of {target.id}",
    )  # fmt: skip


SERVERLESS: Mapping[str, Callable[[Node, str], Rates]] = {"function": function_standing, "table": table_standing}
"""Kind of node -> what it is charged for while it stands."""


def called(topology: Topology, trace: Trace, scale: float, per_call: PerCall) -> Iterator[Usage]:
    """What the calls of a run are charged for.

    Parameters
    ----------
    topology, trace : Topology, Trace
        What the run went through, and the run.
    scale : float
        Length of the billed time over that of the run.
    per_call : PerCall
        What a trace does not show.
    """
    yield from _stored(topology, per_call)
    record = trace.functions
    if record is None:
        return
    function = topology.node(record.node)
    region = region_of(topology, function)
    yield from _duration(function, record, region, scale)
    yield from _api(topology, trace, record, scale)
    if per_call.log_kib:
        written = int(record.invocations.sum()) * scale * per_call.log_kib / _KIB_PER_GIB
        yield Usage(
            service="CloudWatch", item="Logs ingested (Standard)", unit="GB", region=region, quantity=written,
            resource=function.id, note="what each invocation writes (assumed)",
        )  # fmt: skip
    for link in topology.links_of("uses", source=function.id):
        yield from _used(topology.node(link.target), int(record.invocations.sum()) * scale, region, per_call)
    for link in topology.links_of("routes", source=function.id):
        yield from _used(topology.node(link.target), int(record.invocations.sum()) * scale, region, per_call)


def _duration(function: Node, record: FunctionRecord, region: str, scale: float) -> Iterator[Usage]:
    family, gigabytes = _family(function), record.memory_mib / _MB_PER_GB
    seconds, ready_s = float(record.billed_s.sum()) * scale, float(record.provisioned_billed_s.sum()) * scale
    free = catalog.quota("Lambda", "ephemeral storage in the price").value
    extra = max(0.0, number(function, "ephemeral_mib") - free) / _MB_PER_GB
    for item, unit, amount, where, note in (
        ("Requests", "1M requests", int(record.invocations.sum()) * scale / _MILLION, EVERYWHERE, "each invocation"),
        (f"Duration {family}", "GB-second", (seconds - ready_s) * gigabytes, EVERYWHERE, "memory by time, starts too"),
        (f"Provisioned duration {family}", "GB-second", ready_s * gigabytes, region, "in environments kept ready"),
        ("Ephemeral storage", "GB-second", seconds * extra, region, f"of /tmp beyond {free:g} MB"),
    ):  # fmt: skip
        yield Usage(
            service="Lambda", item=item, unit=unit, region=where, quantity=amount, resource=function.id, note=note
        )


def _api(topology: Topology, trace: Trace, record: FunctionRecord, scale: float) -> Iterator[Usage]:
    """The API that the run came through: the one passed, or behind a distribution the one that leads there."""
    passed = [topology.node(name) for name in trace.nodes if name in topology]
    api = next((node for node in passed if node.kind == "api"), None)
    if api is None and trace.edge is not None:
        ends = (topology.node(link.source) for link in topology.links_of("routes", target=record.node))
        api = next((node for node in ends if node.kind == "api"), None)
    if api is None:
        return
    calls = (int(record.invocations.sum()) + int(record.throttled.sum())) * scale
    served = int(trace.served.sum())
    unit_kib = catalog.quota("API Gateway", "HTTP API metering unit").value
    kib = float(trace.bytes_out.sum()) / served / 1024 if served else 0.0
    units = max(1, math.ceil(kib / unit_kib)) if api.require("protocol") == "HTTP" else 1
    yield Usage(
        service="API Gateway", item=f"{api.require('protocol')} requests", unit="1M requests",
        region=region_of(topology, api), quantity=calls * units / _MILLION, resource=api.id,
        note="what it throttles is free",
    )  # fmt: skip


def _used(node: Node, calls: float, region: str, per_call: PerCall) -> Iterator[Usage]:
    def usage(service: str, item: str, unit: str, quantity: float) -> Usage:
        return Usage(
            service=service, item=item, unit=unit, region=region, quantity=quantity, resource=node.id,
            note="a number for each call (assumed)",
        )  # fmt: skip

    sent = calls * per_call.messages / _MILLION
    if node.kind == "table" and not number(node, "read_units"):
        reads, writes = _units(per_call)
        yield usage("DynamoDB", "Read request unit (on-demand)", "1M RRU", calls * reads / _MILLION)
        yield usage("DynamoDB", "Write request unit (on-demand)", "1M WRU", calls * writes / _MILLION)
    elif node.kind == "queue":
        kind = "FIFO" if node.require("fifo") else "Standard"
        yield usage("SQS", f"{kind} requests", "1M requests", sent * _REQUESTS_PER_MESSAGE)
    elif node.kind == "topic":
        yield usage("SNS", "API requests", "1M requests", sent)
    elif node.kind == "rule":
        yield usage("EventBridge", "Custom events", "1M events", sent)
    elif node.kind == "state_machine":
        moved = calls * per_call.transitions / _THOUSAND
        yield usage("Step Functions", "Standard state transitions", "1,000 transitions", moved)


def _units(per_call: PerCall) -> tuple[float, float]:
    """Request units of the reads and of the writes of one call."""
    read_kib = catalog.quota("DynamoDB", "read unit: strongly consistent item size").value
    write_kib = catalog.quota("DynamoDB", "write unit: item size").value
    eventual = catalog.quota("DynamoDB", "eventually consistent read").value
    reads = per_call.reads * eventual * math.ceil(per_call.item_kib / read_kib)
    return reads, per_call.writes * math.ceil(per_call.item_kib / write_kib)


def _stored(topology: Topology, per_call: PerCall) -> Iterator[Usage]:
    for table in topology.of_kind("table"):
        yield Usage(
            service="DynamoDB", item="Storage", unit="GB-month", region=region_of(topology, table),
            quantity=per_call.table_gib, resource=table.id, note="what lies in the table (assumed)",
        )  # fmt: skip


def _provisioned(node: Node) -> int:
    value = node.require("provisioned")
    entries = value if isinstance(value, tuple) else (str(value),) if value else ()
    return sum(int(entry.rpartition(" ")[2]) for entry in entries)


def _family(node: Node) -> str:
    return _FAMILIES.get(str(node.require("architecture")), "x86")

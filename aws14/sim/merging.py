"""One account of requests that went different ways: what they add up to, tick by tick."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from aws14.model import DatabaseRecord, FleetRecord, Requests
from aws14.sim.accounting import Fields

_SUMS = (
    *("offered", "served", "in_flight", "busy_s", "wasted_s", "workers"),
    *("response_time_sum_s", "histogram", "bytes_in", "bytes_out"),
)
_OPTIONAL_SUMS = ("down_s", "retried")
_FLEET_SUMS = ("desired", "in_service", "pending", "draining", "healthy", "instance_s")


def merged(parts: Sequence[Fields]) -> Fields:
    """Add up accounts of one scenario, each of other requests.

    Servers and databases of several parts count together in one record; requests are put in the order of sending.
    """
    if len(parts) == 1:
        return parts[0]
    fields: Fields = {"tick_s": parts[0]["tick_s"]}
    fields |= {name: sum(part[name] for part in parts) for name in _SUMS}
    for name in _OPTIONAL_SUMS:
        known = [part[name] for part in parts if part.get(name) is not None]
        fields[name] = sum(known) if known else None
    fields["failed"] = _failed(parts)
    fields["fleet"] = _fleet([part["fleet"] for part in parts if part.get("fleet") is not None])
    fields["database"] = _database([part["database"] for part in parts if part.get("database") is not None])
    fields["functions"] = next((part["functions"] for part in parts if part.get("functions") is not None), None)
    fields["edge"] = next((part["edge"] for part in parts if part.get("edge") is not None), None)
    fields["events"] = tuple(sorted((e for part in parts for e in part.get("events", ())), key=attrgetter("at_s")))
    if all(part.get("requests") is not None for part in parts):
        fields["requests"] = _requests(parts, list(fields["failed"]))
    return fields


def _failed(parts: Sequence[Fields]) -> dict[str, Any]:
    names = dict.fromkeys(name for part in parts for name in part["failed"])
    none = np.zeros(len(parts[0]["offered"]), np.int64)
    return {name: sum((part["failed"].get(name, none) for part in parts), none) for name in names}


def _requests(parts: Sequence[Fields], names: Sequence[str]) -> Requests:
    """All requests in the order of sending, with the outcomes of the common list."""
    outcomes = []
    for part in parts:
        place = np.array([-1, 0, *(names.index(name) + 1 for name in part["failed"])], np.int8)
        outcomes.append(place[part["requests"].outcome.astype(np.int64) + 1])
    columns = {
        name: np.concatenate([getattr(part["requests"], name) for part in parts])
        for name in ("arrival_s", "wait_s", "response_time_s")
    }
    order = np.argsort(columns["arrival_s"], kind="stable")
    return Requests(
        **{name: column[order] for name, column in columns.items()}, outcome=np.concatenate(outcomes)[order]
    )


def _fleet(records: Sequence[FleetRecord]) -> FleetRecord | None:
    if len(records) < 2:
        return records[0] if records else None
    weight = np.array([record.in_service for record in records], np.float64)
    share = np.array([np.nan_to_num(record.cpu_utilization) for record in records])
    total = weight.sum(axis=0)
    return FleetRecord(
        group=", ".join(record.group for record in records),
        **{name: sum(getattr(record, name) for record in records) for name in _FLEET_SUMS},
        cpu_utilization=np.divide(
            (weight * share).sum(axis=0), total, out=np.full(len(total), np.nan), where=total > 0
        ),
        served_by_target={name: count for record in records for name, count in record.served_by_target.items()},
    )


def _database(records: Sequence[DatabaseRecord]) -> DatabaseRecord | None:
    """The databases of all parts: one that several share is counted once, under its name."""
    if len(records) < 2:
        return records[0] if records else None
    names = dict.fromkeys(record.node for record in records)
    return DatabaseRecord(
        node=", ".join(names),
        utilization=np.sum([record.utilization for record in records], axis=0) / len(names),
        queries=np.sum([record.queries for record in records], axis=0),
        down_s=np.max([record.down_s for record in records], axis=0),
    )

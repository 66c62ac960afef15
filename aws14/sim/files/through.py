"""A run to shared files: operations of instances through what a file system allows.

Each operation reads `Application.response_kib` and writes `Application.request_kib`: with a mix of reads and writes
these are the means. It waits for its turn (`months`, by what `throughput` or `shares` read off the file system), then
takes the time of the file system, of the program that asks, and of the line of its instance. Who waits longer than the
client's patience has failed; the file system works on. A zone that is lost takes its instances along, and the files as
far as `losses` says; who is patient enough waits for a failover.

Left out: clients that try again, the limit of one client and of operations a second, reads of cold classes, which of
two file servers of FSx is the preferred one (the loss of either zone counts), the cache of a file server.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import AzOutage, FilesRecord, InstanceLoss, Node, RegionOutage, Scenario
from aws14.sim.accounting import TICK_S, Fields, ticks
from aws14.sim.entry import ToFiles
from aws14.sim.files.breaking import client_down, files_away, until_back
from aws14.sim.files.months import Demand, FilesRun, serve, serve_evenly
from aws14.sim.files.operations import SLOTS_A_TICK, Operations, Outcomes, counted, operations
from aws14.sim.files.shares import share_limits
from aws14.sim.files.throughput import throughput_of
from aws14.sim.network import BITS_PER_KIB

Floats = NDArray[np.float64]

_KIB_PER_MIB = 1024.0
_MINUTE_S = 60.0
_STRIDE = 5
"""Slots of a minute take shares of a distribution in this stride, which has no divisor in common with their number."""

_TIMED_OUT, _ZONE_LOST, _CLIENT_DOWN = "timed_out", "zone_lost", "client_down"
_OPERATION: Mapping[str, str] = {"file_system": "EFS operation on a file", "windows_share": "FSx operation on a file"}
"""Kind of node -> row of ``data/durations.csv``."""

SHARED_FILES = frozenset(_OPERATION)
"""Kinds of nodes that instances share files through."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Played:
    """Operations, which of them get there, when the files are back for each slot, and how the file system fared."""

    scenario: Scenario
    way: ToFiles
    done: Operations
    refused: NDArray[np.int8]
    reasons: tuple[str, ...]
    away_s: Floats
    run: FilesRun


def through_files(scenario: Scenario, way: ToFiles, *, region: str, each: bool) -> Fields:
    """Play operations on shared files, and account for them; `each`: for each one as well.

    Raises
    ------
    ScenarioError
        When something is to break that this engine cannot break, operations move nothing, or there cannot be so many
        credits.
    DesignError
        When an attribute that decides was not read back.
    """
    played = _play(scenario, way, region)
    seen = _seen(played)
    fields = counted(scenario, played.done, seen, each=each)
    return fields | _worked(played, seen)


def nobody_there(scenario: Scenario, reason: str, *, each: bool) -> Fields:
    """The accounts when no client gets to its files: each operation hangs until its client gives up."""
    done = operations(scenario, 1)
    patience_s = scenario.application.client_timeout_s
    code = np.where(done.sent_s + patience_s <= scenario.horizon_s, np.int8(1), np.int8(-1))[None, :]
    seen = Outcomes(
        code=code,
        response_s=np.where(code == 1, patience_s, np.nan),
        wait_s=np.full(code.shape, np.nan),
        reasons=(reason,),
    )
    idle = np.zeros(ticks(scenario))
    fields = counted(scenario, done, seen, each=each)
    return fields | {"busy_s": idle, "wasted_s": idle.copy(), "workers": idle.astype(np.int64)}


def _play(scenario: Scenario, way: ToFiles, region: str) -> _Played:
    _refuse_other_faults(scenario)
    done = operations(scenario, len(way.clients))
    away_s = until_back(done.sent_s, files_away(scenario.faults, way.files, region))
    reasons, refused = _refused(scenario, way, done, away_s, region=region)
    minutes = ticks(scenario)
    came = done.by_tick(np.where(refused == 0, done.count, 0).sum(axis=0).astype(np.float64), minutes) / _MINUTE_S
    demand = Demand(read_mibps=came * _read_mib(scenario), write_mibps=came * _write_mib(scenario))
    run = _served(scenario, way.files, demand, _share_up(done, away_s, minutes))
    return _Played(
        scenario=scenario, way=way, done=done, refused=refused, reasons=reasons, away_s=away_s, run=run
    )  # fmt: skip


def _refuse_other_faults(scenario: Scenario) -> None:
    other = [each for each in scenario.faults if not isinstance(each, AzOutage | InstanceLoss | RegionOutage)]
    if other:
        raise ScenarioError(
            f"a run to shared files does not play {type(other[0]).__name__}",
            allowed="AzOutage, InstanceLoss, RegionOutage",
        )
    if not scenario.application.request_kib + scenario.application.response_kib:
        raise ScenarioError("operations that move nothing", allowed="request_kib or response_kib above 0")


def _read_mib(scenario: Scenario) -> float:
    return scenario.application.response_kib / _KIB_PER_MIB


def _write_mib(scenario: Scenario) -> float:
    return scenario.application.request_kib / _KIB_PER_MIB


def _served(scenario: Scenario, files: Node, demand: Demand, up: Floats) -> FilesRun:
    if files.kind == "windows_share":
        return serve_evenly(share_limits(files).given_mibps, demand, up=up)
    return serve(throughput_of(files), demand, credits_gib=scenario.credits_at_start, up=up)


def _share_up(done: Operations, away_s: Floats, minutes: int) -> Floats:
    here_s = done.by_tick(np.where(away_s > 0, 0.0, done.length_s), minutes)
    return here_s / done.by_tick(done.length_s, minutes)


def _refused(
    scenario: Scenario, way: ToFiles, done: Operations, away_s: Floats, *, region: str
) -> tuple[tuple[str, ...], NDArray[np.int8]]:
    """The reasons of the run, and for each client and slot 0, or the number of the one that keeps it out."""
    lost = (_ZONE_LOST, _CLIENT_DOWN) if scenario.faults else ()
    stopped = (each.reason for each in way.clients if each.reason)
    reasons = tuple(dict.fromkeys((_TIMED_OUT, *lost, *stopped)))
    refused = np.zeros(done.count.shape, np.int8)
    if scenario.faults:
        refused[:, away_s > scenario.application.client_timeout_s] = 1 + reasons.index(_ZONE_LOST)
    for number, client in enumerate(way.clients):
        if client.reason:
            refused[number] = 1 + reasons.index(client.reason)
        if down := client_down(scenario.faults, client, region):
            refused[number, until_back(done.sent_s, down) > 0] = 1 + reasons.index(_CLIENT_DOWN)
    return reasons, refused


# --- what clients see ---------------------------------------------------------------------------------------------


def _seen(played: _Played) -> Outcomes:
    scenario, sent_s = played.scenario, played.done.sent_s
    patience_s = scenario.application.client_timeout_s
    wait_s = _waited(played)
    response_s = wait_s + _worked_s(scenario, played.way)[:, None] + _program_s(scenario, len(sent_s))
    late = response_s > patience_s
    code = np.where(played.refused > 0, played.refused, late.astype(np.int8) * (1 + played.reasons.index(_TIMED_OUT)))
    response_s = np.where(code > 0, patience_s, response_s)
    flying = sent_s + response_s > scenario.horizon_s
    return Outcomes(
        code=np.where(flying, np.int8(-1), code).astype(np.int8),
        response_s=np.where(flying, np.nan, response_s),
        wait_s=np.where((played.refused == 0) & np.isfinite(wait_s), wait_s, np.nan),
        reasons=played.reasons,
    )


def _waited(played: _Played) -> Floats:
    """The wait of each slot, between those at the ends of minutes; never shorter than until the files are back."""
    done, ends_s = played.done, np.concatenate(([0.0], played.run.wait_s))
    before, after = ends_s[done.tick], ends_s[done.tick + 1]
    share = (done.sent_s - done.tick * TICK_S) / TICK_S
    known = np.isfinite(before) & np.isfinite(after)
    between = np.where(known, before, 0.0) * (1 - share) + np.where(known, after, 0.0) * share
    return np.maximum(np.where(known, between, np.inf), played.away_s)


def _worked_s(scenario: Scenario, way: ToFiles) -> Floats:
    """Time of the file system and of each client's line, by client."""
    kib = scenario.application.request_kib + scenario.application.response_kib
    file_system_s = catalog.durations()[_OPERATION[way.files.kind]].typical_s
    lines = [catalog.instance_type(str(each.instance.require("instance_type"))) for each in way.clients]
    return file_system_s + np.array([kib * BITS_PER_KIB / (line.net_baseline_gbps * 1e9) for line in lines])


def _program_s(scenario: Scenario, slots: int) -> Floats:
    """What the program that asks does for an operation, by slot: each minute holds the whole of its distribution."""
    application = scenario.application
    share = (np.arange(SLOTS_A_TICK) * _STRIDE % SLOTS_A_TICK + 0.5) / SLOTS_A_TICK
    units = np.ones(SLOTS_A_TICK)
    if application.service_distribution == "exponential":
        units = -np.log1p(-share)
    elif application.service_distribution == "lognormal":
        spread, normal = math.sqrt(math.log1p(application.service_cv**2)), NormalDist()
        units = np.exp([spread * normal.inv_cdf(each) for each in share])
    units = units / units.mean()
    return application.service_time_s * np.resize(units, slots)


# --- what the file system did -------------------------------------------------------------------------------------


def _worked(played: _Played, seen: Outcomes) -> Fields:
    scenario, done, minutes = played.scenario, played.done, ticks(played.scenario)
    record = _record(played)
    length_s = done.by_tick(done.length_s, minutes)
    moved = record.served_mibps * _MINUTE_S
    busy_s = length_s * _ratio(record.served_mibps, record.allowed_mibps)
    late = np.where((seen.code == 1 + played.reasons.index(_TIMED_OUT)) & (played.refused == 0), done.count, 0)
    fields: Fields = {
        "busy_s": busy_s,
        "wasted_s": busy_s * _ratio(_part_served(played, late), moved),
        "workers": np.ones(minutes, np.int64),
        "files": record,
    }
    if scenario.faults:
        fields["down_s"] = done.by_tick(np.where(played.away_s > 0, done.length_s, 0.0), minutes)
    return fields


def _record(played: _Played) -> FilesRecord:
    scenario, way, run = played.scenario, played.way, played.run
    read, write = _read_mib(scenario), _write_mib(scenario)
    away = np.array([each.zone != each.server_zone for each in way.clients])
    moved = run.served_mibps * _MINUTE_S
    return FilesRecord(
        node=way.files.id,
        mode="as ordered" if way.files.kind == "windows_share" else str(way.files.require("throughput_mode")),
        asked_mibps=run.asked_mibps,
        served_mibps=run.served_mibps,
        allowed_mibps=_allowed(played),
        backlog_mib=run.backlog_mib,
        wait_s=run.wait_s,
        credits_gib=run.credits_gib,
        read_mib=moved * read / (read + write),
        written_mib=moved * write / (read + write),
        between_zones_mib=_part_served(played, np.where(away[:, None], played.done.count, 0)),
    )


def _allowed(played: _Played) -> Floats:
    """MiB/s of this mix of reads and writes that each minute allowed, by the credits at its begin."""
    scenario, files, run = played.scenario, played.way.files, played.run
    up = _share_up(played.done, played.away_s, len(run.asked_mibps))
    if files.kind == "windows_share":
        return share_limits(files).given_mibps * up
    given = throughput_of(files)
    first = given.credits_mib / _KIB_PER_MIB if scenario.credits_at_start is None else scenario.credits_at_start
    before = np.concatenate(([first], run.credits_gib[:-1])) * _KIB_PER_MIB
    metered = np.minimum(given.burst_mibps * up, (given.baseline_mibps + before / _MINUTE_S) * (up > 0))
    one = Demand(read_mibps=np.array([_read_mib(scenario)]), write_mibps=np.array([_write_mib(scenario)]))
    return metered * float(one.asked_mibps[0] / one.metered_mibps[0])


def _part_served(played: _Played, count: NDArray[np.int64]) -> Floats:
    """MiB a tick that were moved for some of the operations: all are served in the order in which they came."""
    mib = _read_mib(played.scenario) + _write_mib(played.scenario)
    there = played.refused == 0
    asked, part = (
        np.concatenate(([0.0], np.cumsum(np.where(there, each, 0).sum(axis=0)) * mib))
        for each in (played.done.count, count)
    )
    done = np.cumsum(played.run.served_mibps) * _MINUTE_S
    return np.diff(np.interp(done, asked, part), prepend=0.0)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.clip(np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0), 0.0, 1.0)

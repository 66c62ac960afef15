"""What the exercises of pattern 12 ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14 import cost
from aws14.checks import CheckFunction, Evidence, drawn_equals_built, gather
from aws14.model import Finding, Node, Report, Scenario, Steady, Topology, Trace
from aws14.model.trace import FAILURE_REASONS
from aws14.patterns.p12_day import ENTRY, scenario
from aws14.sim import ToEdge, Unreachable, resolve, simulate

API, STAGE = "members-api", "prod"
FLOOD_RPS, NIGHT_H, NIGHT_USD = 1000.0, 8, 40.0
"""The script that has run wild: its calls a second, how long the night is, and what it may cost."""

_PLAYED_S = 600.0
_LATER = ("older", "report", "visits", "ear")
_LATER_KINDS = (
    *("vpc", "az", "subnet", "internet_gateway", "instance", "load_balancer", "target_group"),
    *("db_instance", "db_proxy", "queue", "state_machine", "rule", "log_group"),
)
"""What the blocks after the core build beside the site: functions by name, the rest by kind."""


def flood() -> Scenario:
    """Ten minutes of the script's calls, which come to the stage itself."""
    day = scenario()
    return replace(
        day,
        name="the script",
        load=Steady(rate_rps=FLOOD_RPS),
        horizon_s=_PLAYED_S,
        entry=f"{API}/{STAGE}",
        application=replace(day.application, static_share=0.0),
    )


def night_usd(built: Topology, trace: Trace) -> float:
    """What a night of the script costs, by ten minutes of it: what the stage throttles is free."""
    record = trace.functions
    calls = int(record.invocations.sum() + record.throttled.sum()) if record else 0
    if record is None or not calls:
        return 0.0
    billed_s = float(record.billed_s.sum()) / max(1, int(record.invocations.sum()))
    way = cost.ByTheCall(
        region=built.of_kind("region")[0].id,
        memory_mib=record.memory_mib,
        billed_s=billed_s,
        protocol="REST" if built.node(API).require("protocol") == "REST" else "HTTP",
    )
    return cost.monthly_usd(way, calls * NIGHT_H * 3600 / _PLAYED_S)


def _throttled(evidence: Evidence) -> Report:
    """The stage prod bears the script, and no member of an ordinary day is refused."""
    title, built = "The script costs little, and no member is refused", evidence.built
    if API not in built or STAGE not in _stages(built.node(API)):
        missing = Finding(
            name=f"The stage {STAGE} is there", status="not_yet", detail=f"{API} has none", hint="run the build cells"
        )
        return gather(title, missing)
    if (answers := _answers(built)).status != "passed":
        return gather(title, answers)
    own = _stages(built.node(API))[STAGE]
    return gather(title, _limited(own), _night(built), _ordinary(built))


def _stages(api: Node) -> Mapping[str, str]:
    """Stage -> its limits as read back, empty where the account's hold."""
    stages = api.require("stages")
    entries = stages if isinstance(stages, tuple) else (str(stages),)
    return {entry.partition(" ")[0]: entry.partition(" ")[2] for entry in entries}


def _answers(built: Topology) -> Finding:
    """Whether pages and calls get where they are answered, on paper."""
    way = resolve(built, ENTRY, scenario().application.port)
    ends = [each.way for each in way.behaviours] if isinstance(way, ToEdge) else [way]
    stopped = [end for end in ends if isinstance(end, Unreachable)]
    return Finding(
        name="Pages and calls are answered",
        status="not_yet" if stopped else "passed",
        detail=FAILURE_REASONS[stopped[0].reason] if stopped else "from the bucket, and by the function",
        hint=stopped[0].detail if stopped else "",
    )


def _limited(own: str) -> Finding:
    return Finding(
        name=f"The stage {STAGE} has a limit of its own",
        status="passed" if "rate=" in own else "not_yet",
        detail=own or "none: only the account's limit holds, which all of its APIs share",
        hint="update_stage, with patches on /*/*/throttling/rateLimit and /*/*/throttling/burstLimit",
    )


def _night(built: Topology) -> Finding:
    trace = simulate(built, flood())
    usd = night_usd(built, trace)
    return Finding(
        name=f"A night of {NIGHT_H} hours, {FLOOD_RPS:,.0f} calls a second, costs at most {NIGHT_USD:.0f} USD",
        status="passed" if usd <= NIGHT_USD else "not_yet",
        detail=f"{trace.failure_ratio:.0%} of the calls are refused, the rest costs {usd:,.0f} USD",
        hint="each call that the stage lets in is paid for, so a lower rate",
    )


def _ordinary(built: Topology) -> Finding:
    trace = simulate(built, scenario())
    refused = int(trace.failed["api_throttled"].sum()) if "api_throttled" in trace.failed else 0
    return Finding(
        name="On an ordinary day no member is refused",
        status="passed" if refused == 0 else "not_yet",
        detail=f"{refused:,} calls of the day are",
        hint="the chart shows means of a minute, noon comes in seconds: a burst takes what is above the rate",
    )


def _built(evidence: Evidence) -> Report:
    """The site stands as drawn; what later blocks put beside it is no mistake."""
    beside = {node.id for node in evidence.built.nodes if node.kind in _LATER_KINDS or node.id in _LATER}
    told = tuple(each for each in evidence.comparison.findings if not (each.subjects and beside >= set(each.subjects)))
    title = "It is built as drawn"
    report = drawn_equals_built(title, replace(evidence, comparison=replace(evidence.comparison, findings=told)))
    return gather(title, *report.findings, _answers(evidence.built))


checks: Mapping[str, CheckFunction] = {
    "p12-built": _built,
    "p12-e1": _throttled,
}

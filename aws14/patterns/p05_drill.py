"""The drill: how long each way back takes, phase by phase."""

from __future__ import annotations

from collections.abc import Mapping

from aws14 import catalog, charts
from aws14.charts.numbers import duration
from aws14.model import Picture, Topology
from aws14.patterns.p05_day import BRIEF, MODELS_GIB, VOLUME, VOLUME_GIB
from aws14.sim.backups.restoring import volume_drill

Phases = Mapping[str, float]

_COPY, _RESTORE = "copied back from Osaka", "restored"
_GIB_EACH_S = "EBS snapshot copied to another region, each GiB"


def _typical_s(*names: str) -> float:
    known = catalog.durations()
    return sum(known[name].typical_s for name in names)


def _job_s() -> float:
    return _typical_s("AWS Backup restore job pending", "AWS Backup restore job, before the first GB")


def phases(kind: str, gib: float, *, away: bool) -> Phases:
    """Phases of a way back in seconds.

    Parameters
    ----------
    kind : str
        Of the node: ``volume``, ``db_instance``, ``bucket``.
    gib : float
        Its size.
    away : bool
        Whether the vault stands in the other region.
    """
    if kind == "db_instance":
        copied_s = _typical_s("RDS DB snapshot copy to another region")
        made_s = _typical_s("RDS DB instance restored from a snapshot")
    elif kind == "volume":
        copied_s = gib * _typical_s(_GIB_EACH_S)
        made_s = volume_drill(gib).rto_s
    else:
        copied_s = made_s = gib * _typical_s("AWS Backup job, each GB")
    return ({_COPY: copied_s} if away else {}) | {_RESTORE: _job_s() + made_s}


def back_s(built: Topology, node: str, *, away: bool) -> float:
    """How long a restore of something that is built takes.

    Parameters
    ----------
    built : Topology
        What was read back.
    node : str
        The volume, database or bucket.
    away : bool
        Whether from the vault in the other region.
    """
    thing = built.node(node)
    # The lesson's objects are small; the brief says how large they are meant.
    size = thing.attributes.get("gib", MODELS_GIB)
    return sum(phases(thing.kind, float(size) if isinstance(size, (int, float)) else 0.0, away=away).values())


def drill(built: Topology, measured: Mapping[str, Phases]) -> Picture:
    """What was measured beside other ways back for the plans, against what the brief allows.

    Parameters
    ----------
    built : Topology
        What was read back.
    measured : Mapping[str, Mapping[str, float]]
        What came back -> phase -> seconds, from the jobs of the drill.
    """
    size = built.node(VOLUME).require("gib")
    gib = float(size) if isinstance(size, (int, float)) else float(VOLUME_GIB)
    cold_s = volume_drill(gib, cold=True).rto_s
    near = phases("volume", gib, away=False)
    cases: dict[str, Phases] = {f"{name}, measured": parts for name, parts in measured.items()}
    cases["plans from the vault here"] = near
    cases["plans, read in full first"] = {**near, "filled": volume_drill(gib).slow_s}
    allowed_s = 3600 * BRIEF.value("rto_h")
    slowest_s = max((sum(parts.values()) for parts in measured.values()), default=0.0)
    kept = "within" if slowest_s <= allowed_s else "beyond"
    title = f"Back {kept} the {BRIEF.value('rto_h'):.0f} hours of the brief; from cold storage after {duration(cold_s)}"
    return charts.stages(cases, title=title, xlabel="after the decision", limit=(allowed_s, "the brief"))

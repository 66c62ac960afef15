"""What a kubelet remembers of a pod and of each of its containers: plain data, saved with the cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["NEVER", "ContainerRun", "Ending", "PodRun", "ProbeRun"]

NEVER = float("inf")
_LINES = 5_000


@dataclass
class ProbeRun:
    """One probe: when it is asked next and how long after that, failures and passes in a row, what holds."""

    next_at: float
    pause_s: float = 0.0
    failed: int = 0
    passed: int = 0
    holds: bool = False


@dataclass
class ContainerRun:
    """One container.

    Parameters
    ----------
    name : str
        Of the container.
    phase : str
        ``new``, ``pulling``, ``refused`` (waits to be tried again), ``starting``, ``running``, ``over``, or
        ``backing off``.
    due : float
        When it is looked at next, epoch seconds.
    reason, message : str
        Why it waits.
    started_at, finished_at : float
        Of the present or last process.
    exit_code : int
        Of the last one.
    ended_by : str
        ``Completed``, ``Error``, ``OOMKilled``, ``StartError``.
    restarts, tries : int
        Starts after the first; refusals in a row.
    back_off_s : float
        How long the next restart waits.
    is_started, is_ready : bool
        As its probes say.
    probes : dict
        Kind of probe -> its state.
    last : dict
        The state before this one, as the status shows it.
    lines, lines_before : list of str
        Its log, and that of the process before.
    shared : bool
        Whether it has no process of its own.
    """

    name: str
    phase: Literal["new", "pulling", "refused", "starting", "running", "over", "backing off"] = "new"
    due: float = 0.0
    reason: str = "ContainerCreating"
    message: str = ""
    started_at: float = 0.0
    finished_at: float = 0.0
    exit_code: int = 0
    ended_by: str = ""
    restarts: int = 0
    tries: int = 0
    back_off_s: float = 0.0
    is_started: bool = False
    is_ready: bool = False
    probes: dict[str, ProbeRun] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    lines: list[tuple[float, str]] = field(default_factory=list)
    lines_before: list[tuple[float, str]] = field(default_factory=list)
    shared: bool = False
    looked: int = 0

    def write(self, at: float, line: str) -> None:
        """Append a line to its log; the oldest are forgotten."""
        self.lines.append((at, line))
        if len(self.lines) > _LINES:
            del self.lines[: _LINES // 10]


@dataclass
class Ending:
    """The end of a pod: when its processes are asked to end, whether they were, when they are killed."""

    term_at: float
    kill_at: float
    asked: bool = False


@dataclass
class PodRun:
    """One pod on its node.

    Parameters
    ----------
    uid : str
        Of the pod.
    seen : str
        Resource version that was looked at last.
    due : float
        When it is looked at next, epoch seconds.
    since : float
        When its kubelet saw it first.
    address : str
        Its IPv4 address; empty until it has one.
    mounts : str
        Which volume is missing; empty where none is.
    containers : dict
        By name, initial ones too.
    ending : Ending or None
        Once it is being deleted.
    lost : bool
        Whether its node is silent.
    evicted : str
        Why it was thrown out, in Kubernetes' words; empty where it was not.
    """

    uid: str
    seen: str = ""
    due: float = 0.0
    since: float = 0.0
    address: str = ""
    mounts: str = ""
    mount_tries: int = 0
    containers: dict[str, ContainerRun] = field(default_factory=dict)
    ending: Ending | None = None
    lost: bool = False
    evicted: str = ""

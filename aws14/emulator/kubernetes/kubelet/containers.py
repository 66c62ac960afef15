"""The life of one container: image, start, probes, exit, the next start.

Source: kubernetes/pkg/kubelet (kuberuntime, images, prober). `step` does what is due and says when it is due again.
"""

from __future__ import annotations

from aws14.emulator.kubernetes.kubelet import images, probes, processes
from aws14.emulator.kubernetes.kubelet.cases import Case, ended_state, is_over
from aws14.emulator.kubernetes.kubelet.environment import MissingError
from aws14.emulator.kubernetes.kubelet.pulling import FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S, RETRY_S, pull, pulled
from aws14.emulator.kubernetes.kubelet.runs import NEVER, ProbeRun
from aws14.emulator.world import world

__all__ = ["exited", "step"]

_KINDS = ("startup", "readiness", "liveness")
_FORGIVEN_S = 600.0
_KILLED = 137
_LONGEST_PAUSE_S = 300.0
#: Looks at a process that has no probe, s after its start: AWS time may jump over its end.
_LOOKS_S = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)


def step(case: Case) -> float:
    """Do what is due; when to look again, epoch seconds."""
    run, now = case.run, case.cluster.now
    if now < run.due:
        return run.due
    if run.phase in {"new", "refused"}:
        pull(case)
    elif run.phase == "pulling":
        pulled(case)
    elif run.phase == "running":
        _watch(case)
    elif run.phase in {"starting", "backing off"}:
        _start(case)
    elif is_over(case):
        run.due = NEVER
    else:
        _start(case)
    return run.due


def _start(case: Case) -> None:
    run, now, name = case.run, case.cluster.now, case.container["name"]
    if run.phase in {"over", "backing off"}:
        run.restarts += 1
        run.lines_before, run.lines = run.lines, []
        run.last = {"terminated": ended_state(run)}
        case.tell("Pulled", f'Container image "{case.container["image"]}" already present on machine')
    run.tries = 0
    try:
        processes.end(case.seat)
        processes.launch(case.cluster, case.pod, case.container, run)
    except MissingError as missing:
        case.tell("Failed", f"Error: {missing}", warns=True)
        run.phase, run.reason, run.message = "refused", "CreateContainerConfigError", str(missing)
        run.due = now + RETRY_S
        return
    except images.NotStartedError as no:
        case.tell("Created", f"Created container: {name}")
        case.tell("Failed", f"Error: {no}", warns=True)
        run.message, run.started_at = str(no), now
        _ended(case, 128, "StartError")
        return
    case.tell("Created", f"Created container: {name}")
    case.tell("Started", f"Started container {name}")
    run.phase, run.started_at, run.reason, run.message, run.looked = "running", now, "", "", 0
    run.is_started, run.is_ready = "startupProbe" not in case.container, False
    run.probes = {}
    for kind in _KINDS:
        if f"{kind}Probe" in case.container:
            delay = float(case.container[f"{kind}Probe"].get("initialDelaySeconds") or 0)
            run.probes[kind] = ProbeRun(next_at=now + max(delay, 1.0), holds=kind == "liveness")
    run.is_ready = run.is_started and "readinessProbe" not in case.container
    run.due = min([now + _LOOKS_S[0], *(each.next_at for each in run.probes.values())])


def _watch(case: Case) -> None:
    """Look whether the process has ended, and ask the probes that are due."""
    run, now = case.run, case.cluster.now
    if not run.shared and processes.of(case.seat) is None:
        _restore(case)
    listens = bool(run.probes or case.container.get("ports"))
    waiting = run.looked < len(_LOOKS_S)
    if waiting and (run.looked == 0 or not listens):
        processes.settle(case.seat, listens=listens, serves=case.policy == "Always", elapsed_s=now - run.started_at)
    end = processes.exit_of(case.seat)
    if end is not None:
        reason = "OOMKilled" if end.reason == "out_of_memory" else "Completed" if end.code == 0 else "Error"
        exited(case, end.code, reason)
        return
    if waiting and now >= run.started_at + _LOOKS_S[run.looked]:
        run.looked = next((at for at, each in enumerate(_LOOKS_S) if run.started_at + each > now), len(_LOOKS_S))
    _ask_probes(case)
    if run.phase == "running":
        later = [each.next_at for kind, each in run.probes.items() if kind == "startup" or run.is_started]
        if run.looked < len(_LOOKS_S) and not listens:
            later.append(run.started_at + _LOOKS_S[run.looked])
        run.due = min(later, default=NEVER)


def _ask_probes(case: Case) -> None:
    """Ask those that are due; the others wait until the startup probe has passed."""
    run, now = case.run, case.cluster.now
    for kind, state in run.probes.items():
        if state.next_at <= now and run.phase == "running" and (kind == "startup" or run.is_started):
            _probe(case, kind, state)


def _restore(case: Case) -> None:
    """The process belonged to an embedded AWS that has ended meanwhile, or to a pod before a restore."""
    try:
        processes.launch(case.cluster, case.pod, case.container, case.run)
    except (MissingError, images.NotStartedError):
        return
    listens = bool(case.run.probes or case.container.get("ports"))
    processes.settle(case.seat, listens=listens, serves=True, elapsed_s=NEVER if listens else 0.0)


def _probe(case: Case, kind: str, state: ProbeRun) -> None:
    probe = case.container[f"{kind}Probe"]
    period = float(probe.get("periodSeconds") or 10)
    failed = probes.ask(case.cluster, case.pod, case.container, kind)
    _arm(case, state, period, steady=not failed and state.holds)
    if failed:
        state.failed, state.passed = state.failed + 1, 0
        case.tell("Unhealthy", f"{kind.capitalize()} probe failed: {failed}", warns=True)
        if state.failed >= int(probe.get("failureThreshold") or 3):
            _fails(case, kind, state)
    else:
        state.failed, state.passed = 0, state.passed + 1
        if state.passed >= int(probe.get("successThreshold") or 1):
            _passes(case, kind, state)


def _arm(case: Case, state: ProbeRun, period: float, *, steady: bool) -> None:
    """When to ask again: where AWS time passes at once, what holds is asked at longer and longer intervals meanwhile.

    Steady probes are asked at whole multiples of their interval, those of all pods together.
    """
    now, horizon = case.cluster.now, world().clock.horizon
    if not steady or horizon <= now:
        state.pause_s = 0.0
        state.next_at = (now // period + 1) * period if steady else now + period
        return
    state.pause_s = min(2 * state.pause_s, max(period, _LONGEST_PAUSE_S)) or period
    state.next_at = min((now // state.pause_s + 1) * state.pause_s, (horizon // period + 1) * period)


def _passes(case: Case, kind: str, state: ProbeRun) -> None:
    run = case.run
    state.holds = True
    if kind == "startup":
        run.is_started = True
        state.next_at = NEVER
        run.is_ready = "readiness" not in run.probes
    elif kind == "readiness":
        run.is_ready = True


def _fails(case: Case, kind: str, state: ProbeRun) -> None:
    state.holds = False
    if kind == "readiness":
        case.run.is_ready = False
        return
    case.tell("Killing", f"Container {case.container['name']} failed {kind} probe, will be restarted")
    processes.ask_to_end(case.seat)
    end = processes.exit_of(case.seat)
    exited(case, end.code if end is not None else _KILLED, "Error")


def exited(case: Case, code: int, reason: str) -> None:
    """The process of a container has ended."""
    processes.end(case.seat)
    _ended(case, code, reason)


def _ended(case: Case, code: int, reason: str) -> None:
    run, now = case.run, case.cluster.now
    run.phase, run.exit_code, run.ended_by, run.finished_at = "over", code, reason, now
    run.is_started = run.is_ready = False
    if is_over(case):
        run.due = NEVER
        return
    if now - run.started_at > _FORGIVEN_S:
        run.back_off_s = 0.0
    if not run.back_off_s:
        run.back_off_s = FIRST_BACK_OFF_S
        run.due = now + 1.0
        return
    run.phase, run.reason = "backing off", "CrashLoopBackOff"
    meta = case.pod["metadata"]
    named = f"pod={meta['name']}_{meta['namespace']}({meta['uid']})"
    run.message = f"back-off {_written(run.back_off_s)} restarting failed container={case.container['name']} {named}"
    case.tell(
        "BackOff", f"Back-off restarting failed container {case.container['name']} in pod {named[4:]}", warns=True
    )
    run.due = now + run.back_off_s
    run.back_off_s = min(run.back_off_s * 2, LONGEST_BACK_OFF_S)


def _written(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"

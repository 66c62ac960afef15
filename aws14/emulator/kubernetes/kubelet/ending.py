"""The end of a pod: preStop, SIGTERM, grace, SIGKILL, gone.

A program that does nothing about SIGTERM is not ended by it when it is the first process of its container, as it is
here: it is killed when the grace is over. Source: kubernetes/pkg/kubelet/kuberuntime, Linux pid namespaces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.kubelet import processes
from aws14.emulator.kubernetes.kubelet.cases import Case
from aws14.emulator.kubernetes.kubelet.runs import Ending, PodRun

__all__ = ["step"]

_ENDS_S = 0.5


def step(cluster: Sight, pod: Object, run: PodRun, cases: Sequence[Case]) -> float:
    """Do what is due for a pod that is being deleted; when to look again, or 0 when it is gone."""
    now = cluster.now
    grace = float(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
    running = [each for each in cases if each.run.phase == "running"]
    if run.ending is None:
        run.ending = Ending(term_at=now + _pre_stop_s(running, grace), kill_at=now + grace)
        for each in running:
            each.tell("Killing", f"Stopping container {each.container['name']}")
    ending = run.ending
    ending.kill_at = min(ending.kill_at, now + grace)
    if not running or now >= ending.kill_at:
        return 0.0
    if now < ending.term_at:
        return ending.term_at
    if not ending.asked:
        ending.asked = True
        for each in running:
            processes.ask_to_end(each.seat)
    left = [each for each in running if processes.of(each.seat) is not None and processes.exit_of(each.seat) is None]
    if left:
        return ending.kill_at
    return 0.0 if now >= ending.term_at + _ENDS_S else ending.term_at + _ENDS_S


def _pre_stop_s(running: Sequence[Case], grace: float) -> float:
    """How long the hooks take: ``sleep``, or a command that sleeps."""
    longest = 0.0
    for each in running:
        hook = (each.container.get("lifecycle") or {}).get("preStop") or {}
        seconds = float((hook.get("sleep") or {}).get("seconds") or 0)
        words = (hook.get("exec") or {}).get("command") or ()
        said = re.search(r"\bsleep\s+(\d+(?:\.\d+)?)", " ".join(words))
        longest = max(longest, seconds, float(said[1]) if said else 0.0)
    return min(longest, grace)

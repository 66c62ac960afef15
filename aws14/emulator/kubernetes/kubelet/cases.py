"""A container of a pod on its node: what its kubelet asks about it."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.kubelet.processes import Seat
from aws14.emulator.kubernetes.kubelet.runs import ContainerRun
from aws14.emulator.kubernetes.times import stamp

__all__ = ["Case", "ended_state", "is_over"]


@dataclass(frozen=True)
class Case:
    """A container of a pod on its node, and what is remembered of it."""

    cluster: Sight
    pod: Object
    container: Object
    run: ContainerRun
    initial: bool = False

    @property
    def seat(self) -> Seat:
        """Of its process."""
        return Seat(self.cluster.key, self.pod["metadata"]["uid"], self.container["name"])

    @property
    def policy(self) -> str:
        """When it is started again: ``Always``, ``OnFailure``, ``Never``."""
        written = str(self.pod["spec"].get("restartPolicy") or "Always")
        return "OnFailure" if self.initial and written == "Always" else written

    def tell(self, reason: str, message: str, *, warns: bool = False) -> None:
        """Write an event about it."""
        part = "initContainers" if self.initial else "containers"
        record(
            self.cluster,
            self.pod,
            reason,
            message,
            kind="Warning" if warns else "Normal",
            source="kubelet",
            host=self.pod["spec"].get("nodeName", ""),
            path=f"spec.{part}{{{self.container['name']}}}",
        )


def is_over(case: Case) -> bool:
    """Whether a container has ended for good."""
    run = case.run
    if run.phase != "over":
        return False
    return case.policy == "Never" or (case.policy == "OnFailure" and run.exit_code == 0)


def ended_state(run: ContainerRun) -> Object:
    """How the end of a process reads."""
    told: Object = {
        "exitCode": run.exit_code,
        "reason": run.ended_by,
        "startedAt": stamp(run.started_at),
        "finishedAt": stamp(run.finished_at),
    }
    return told | ({"message": run.message} if run.ended_by == "StartError" else {})

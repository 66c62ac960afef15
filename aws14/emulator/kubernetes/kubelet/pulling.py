"""The image of a container: there already, pulled, or refused and tried again later and later.

Source: kubernetes/pkg/kubelet/images/image_manager.go.
"""

from __future__ import annotations

from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes.kubelet import images
from aws14.emulator.kubernetes.kubelet.cases import Case

__all__ = ["FIRST_BACK_OFF_S", "LONGEST_BACK_OFF_S", "RETRY_S", "pull", "pulled"]

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 10.0, 300.0
RETRY_S = 10.0


def pull(case: Case) -> None:
    """Look for the image, on the node and in its registry."""
    run, written = case.run, case.container["image"]
    image = images.find(written)
    node = case.pod["spec"]["nodeName"]
    held: set[str] = case.cluster.notes("images").setdefault(node, set())
    policy = case.container.get("imagePullPolicy") or ("Always" if image.name.endswith(":latest") else "IfNotPresent")
    if not image.kind:
        _refuse(case, image)
    elif image.name in held and policy != "Always":
        case.tell("Pulled", f'Container image "{written}" already present on machine')
        _begin(case)
    elif policy == "Never":
        run.phase, run.reason, run.due = "refused", "ErrImageNeverPull", case.cluster.now + RETRY_S
        run.message = f'Container image "{written}" is not present with pull policy of Never'
    else:
        case.tell("Pulling", f'Pulling image "{written}"')
        thing = (
            "Kubernetes image checked with its registry"
            if image.name in held
            else "Kubernetes image pulled to a node, the first time"
        )
        run.phase, run.due = "pulling", case.cluster.now + typical_s(thing)
        run.started_at = case.cluster.now


def _refuse(case: Case, image: images.Image) -> None:
    """The image is not there: first the error, then longer and longer waits between tries."""
    run, written, now = case.run, case.container["image"], case.cluster.now
    if run.reason == "ErrImagePull":
        wait = min(FIRST_BACK_OFF_S * 2 ** (run.tries - 1), LONGEST_BACK_OFF_S)
        said = f'Back-off pulling image "{written}"'
        case.tell("BackOff", said)
        case.tell("Failed", "Error: ImagePullBackOff", warns=True)
        run.reason, run.message, run.due = "ImagePullBackOff", f"{said}: ErrImagePull: {image.refusal}", now + wait
    else:
        case.tell("Pulling", f'Pulling image "{written}"')
        case.tell("Failed", f'Failed to pull image "{written}": {image.refusal}', warns=True)
        case.tell("Failed", "Error: ErrImagePull", warns=True)
        run.tries += 1
        run.reason, run.message, run.due = (
            "ErrImagePull",
            image.refusal,
            now + typical_s("Kubernetes image checked with its registry"),
        )
    run.phase = "refused"


def pulled(case: Case) -> None:
    """The image has come."""
    run, written = case.run, case.container["image"]
    took = case.cluster.now - run.started_at
    case.cluster.notes("images").setdefault(case.pod["spec"]["nodeName"], set()).add(images.full_name(written))
    text = f'Successfully pulled image "{written}" in {took:.3g}s ({took:.3g}s including waiting).'
    case.tell("Pulled", text)
    _begin(case)


def _begin(case: Case) -> None:
    case.run.phase, case.run.due = "starting", case.cluster.now + typical_s("Kubernetes container starts")
    case.run.reason, case.run.message = "ContainerCreating", ""

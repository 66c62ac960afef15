"""Write which fields objects of Kubernetes have, and of what type: ``python tools/build_kubernetes_fields.py``.

Read from the models of the official Python client, which are made from the OpenAPI document of Kubernetes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from kubernetes.client import models

from aws14.emulator.kubernetes.kinds import KINDS

TARGET = Path(__file__).resolve().parents[1] / "aws14" / "emulator" / "kubernetes" / "fields.json"
OTHER_NAMES = {"Event": "CoreV1Event"}
EXTRA = ("V1HorizontalPodAutoscaler", "V1Scale")


def roots() -> list[str]:
    """The models of all kinds that are stored."""
    named = [
        OTHER_NAMES.get(kind.name, f"{kind.version.capitalize()}{kind.name}")
        for kind in KINDS.values()
        if not kind.is_measured
    ]
    return [*named, *EXTRA]


def fields_of(name: str) -> dict[str, str]:
    """Field in JSON -> type, of one model."""
    model = getattr(models, name)
    return {model.attribute_map[key]: written(kind) for key, kind in model.openapi_types.items()}


def written(kind: str) -> str:
    """A type as the emulator reads it: ``[of a list]``, ``{of a map}``, or plain."""
    kind = re.sub(r"^[Ll]ist\[(.*)\]$", r"[\1]", kind)
    kind = re.sub(r"^[Dd]ict[\[(]str, (.*)[\])]$", r"{\1}", kind)
    return kind.replace("bytes", "str")


def reached() -> dict[str, dict[str, str]]:
    """All models that the kinds are made of."""
    found: dict[str, dict[str, str]] = {}
    waiting = roots()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = fields_of(name)
        waiting += [part for kind in found[name].values() for part in re.findall(r"\w+", kind) if hasattr(models, part)]
    return dict(sorted(found.items()))


if __name__ == "__main__":
    TARGET.write_text(json.dumps(reached(), separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")

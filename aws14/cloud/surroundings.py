"""What the embedded AWS is told of the world around it, by the control API: loads, the office, its people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.cloud.control_api import Holder, ask

__all__ = ["Surroundings"]


class Surroundings:
    """The part of a running embedded AWS that hears of what it cannot know itself."""

    def pod_load(self: Holder, load: Mapping[str, Any]) -> float:
        """Say what the pods of a workload are asked to do (docs/architecture.md); return AWS time, epoch seconds."""
        return float(ask(self, "POST", "pod_load", dict(load))["now"])

    def file_load(self: Holder, load: Mapping[str, Any]) -> float:
        """Say what a file system has to do (docs/architecture.md); return AWS time, epoch seconds."""
        return float(ask(self, "POST", "file_load", dict(load))["now"])

    def office(self: Holder, said: Mapping[str, Any]) -> dict[str, Any]:
        """Say what the office is like (docs/architecture.md): its folder, its line; return how it is now."""
        return dict(ask(self, "POST", "office", dict(said)))

    def gateway(self: Holder, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do something with a storage gateway, as somebody in the office (docs/architecture.md); return how it went."""
        return dict(ask(self, "POST", "gateway", dict(order)))

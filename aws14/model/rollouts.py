"""Rollouts: a new version of a workload, played during a run."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14.errors import ScenarioError


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollout:
    """A new version takes the place of the one before, pod by pod.

    Parameters
    ----------
    node : str
        Id of the workload.
    version : str
        What the new version is called.
    at_s : float
        Seconds after the start of the run.
    works : bool
        Whether its program ever listens. One that does not is never ready where a readiness probe asks; without a
        probe nobody notices but the clients.
    init_s : float, optional
        How long its program takes to start; left out: as the application says.

    Raises
    ------
    ScenarioError
        When it has no workload, no version, or a time that is none.
    """

    node: str
    version: str
    at_s: float
    works: bool = True
    init_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be rolled out."""
        for name, value in (("node", self.node), ("version", self.version)):
            if not value.strip():
                raise ScenarioError(f"{name} is empty", allowed="the id of a workload, and a name of the version")
        for name, seconds in (("at_s", self.at_s), ("init_s", self.init_s or 0.0)):
            if not (math.isfinite(seconds) and seconds >= 0):
                raise ScenarioError(f"{name} is {seconds!r}", allowed="zero or more seconds")

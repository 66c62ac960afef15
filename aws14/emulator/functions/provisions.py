"""What is kept ready for functions: how much, for which alias or version, and whether it is there."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.emulator.functions.targets import Target
from aws14.emulator.world import world

__all__ = ["Provision", "of", "provisioned"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Provision:
    """What is kept ready for an alias or version.

    Parameters
    ----------
    requested : int
        Environments.
    turn : int
        Which request: an allocation that was overtaken says nothing.
    since : float
        When it was requested, epoch seconds.
    ready : bool
        Whether they are there.
    failed : str
        Why they could not be started; empty where they could.
    """

    requested: int
    turn: int
    since: float
    ready: bool = False
    failed: str = ""


def of(account: str, region: str, name: str) -> dict[str, Provision]:
    """What is kept ready for a function, by qualifier."""
    kept: dict[tuple[str, str, str], dict[str, Provision]] = world().state.setdefault("lambda_provisioned", {})
    return kept.setdefault((account, region, name), {})


def provisioned(meant: Target) -> Provision | None:
    """What is kept ready for who calls a target this way, and is there."""
    found = of(*meant.place, meant.name).get(meant.qualifier)
    return found if found is not None and found.ready else None

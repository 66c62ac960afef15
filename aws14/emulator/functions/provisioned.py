"""Provisioned concurrency: environments that are started before an event comes, and kept, for an alias or version."""

from __future__ import annotations

import logging
from dataclasses import replace

from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.functions import environments
from aws14.emulator.functions.environment import Environment
from aws14.emulator.functions.provisions import Provision, of
from aws14.emulator.functions.running import plan_of
from aws14.emulator.functions.targets import Target, target
from aws14.emulator.world import world

__all__ = ["MOST_AHEAD", "allocate", "release"]

MOST_AHEAD = environments.MOST // 2
"""Processes that are started ahead for all functions; further ones start with their first event, unbilled to it."""

_log = logging.getLogger(__name__)


def allocate(meant: Target, requested: int) -> Provision:
    """Request environments; they are ready on the clock."""
    known = of(*meant.place, meant.name)
    before = known.get(meant.qualifier)
    turn = before.turn + 1 if before is not None else 1
    known[meant.qualifier] = Provision(requested=requested, turn=turn, since=world().clock.now())
    args = (meant.place, meant.name, meant.qualifier, turn)
    world().clock.after(typical_s("Lambda provisioned concurrency allocation"), "lambda.provides", args)
    return known[meant.qualifier]


def release(meant: Target) -> None:
    """Keep nothing ready any more."""
    of(*meant.place, meant.name).pop(meant.qualifier, None)
    _end(meant)


def _end(meant: Target) -> None:
    place = (*meant.place, meant.name)
    environments.give_up(lambda key, alias: alias == meant.qualifier and (key.account, key.region, key.name) == place)


@handles("lambda.provides")
def _provides(place: tuple[str, str], name: str, qualifier: str, turn: int) -> None:
    from moto.awslambda.exceptions import LambdaClientError

    known = of(*place, name)
    provision = known.get(qualifier)
    if provision is None or provision.turn != turn:
        return
    try:
        meant = target(*place, name, qualifier)
    except LambdaClientError:  # it was deleted
        del known[qualifier]
        return
    _end(meant)
    ahead = min(provision.requested, max(0, MOST_AHEAD - environments.ahead()))
    failed = _start(meant, ahead)
    known[qualifier] = replace(provision, ready=not failed, failed=failed)


def _start(meant: Target, count: int) -> str:
    """Start environments; say why, where one fails."""
    key, plan = environments.key_of(meant), plan_of(meant, provisioned=True)
    with world().released():
        for _ in range(count):
            environment = environments.provide(key, lambda: Environment(plan), alias=meant.qualifier)
            if environment.failure is not None:
                environments.throw_away(environment)
                return "FUNCTION_ERROR_INIT_FAILURE"
    return ""

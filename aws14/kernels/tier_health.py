"""Health checks: each node of the load balancer asks each of its targets for a page, and draws its conclusions.

A check is a small request: it waits for a worker like any other, takes no time of its own, and asks the database when
the page does. It fails when no answer comes in time, when the target refuses it, and when the answer is another one
than the check wants. The first check that a new target passes makes it healthy.
"""

from __future__ import annotations

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import part
from aws14.kernels.tier_direct import foresee
from aws14.kernels.tier_routing import set_health
from aws14.kernels.tier_servers import enter, free_job, take_job


@part
def passed(tier, view, now_s):
    """Note that a target passed a check."""
    tier.sight_s[view, at.DEADLINE] = tier.rule[at.NEVER]
    tier.sight_s[view, at.PASS_AT] = tier.rule[at.NEVER]
    tier.sight[view, at.CHECK] = -1
    tier.sight[view, at.FAILS] = 0
    tier.sight[view, at.PASSES] += 1
    health = tier.sight[view, at.HEALTH]
    if health == at.INITIAL or (
        health == at.UNHEALTHY and tier.sight[view, at.PASSES] >= tier.limit[at.HEALTHY_CHECKS]
    ):
        set_health(tier, view, at.HEALTHY, now_s)


@part
def failed(tier, view, now_s):
    """Note that a target failed a check."""
    tier.sight_s[view, at.DEADLINE] = tier.rule[at.NEVER]
    tier.sight_s[view, at.PASS_AT] = tier.rule[at.NEVER]
    tier.sight[view, at.CHECK] = -1
    tier.sight[view, at.PASSES] = 0
    tier.sight[view, at.FAILS] += 1
    if tier.sight[view, at.HEALTH] != at.UNHEALTHY and tier.sight[view, at.FAILS] >= tier.limit[at.UNHEALTHY_CHECKS]:
        set_health(tier, view, at.UNHEALTHY, now_s)


@part
def _ask_directly(tier, view, target, now_s):
    starts_s = foresee(tier, target, now_s)
    if starts_s < 0.0:
        failed(tier, view, now_s)
    elif starts_s <= now_s:
        passed(tier, view, now_s)
    elif starts_s <= now_s + tier.rule[at.TIMEOUT_S]:
        tier.sight_s[view, at.PASS_AT] = starts_s
    else:
        tier.sight_s[view, at.DEADLINE] = now_s + tier.rule[at.TIMEOUT_S]


@part
def _ask_in_turn(tier, view, target, now_s):
    job = take_job(tier)
    tier.job[job, at.REQUEST] = -1 - view
    tier.job_s[job, at.ARRIVED] = now_s
    tier.job_s[job, at.LEAVES] = tier.rule[at.NEVER]
    if enter(tier, job, target, now_s) == 0:
        tier.sight_s[view, at.DEADLINE] = now_s + tier.rule[at.TIMEOUT_S]
        tier.sight[view, at.CHECK] = job
    else:
        free_job(tier, job)
        failed(tier, view, now_s)


@part
def _ask(tier, view, target, now_s):
    """Send a check; return whether it took a job."""
    tier.sight_s[view, at.NEXT_CHECK] += tier.rule[at.INTERVAL_S]
    if tier.target[target, at.UP] == 0 or tier.sight[view, at.REACHED] == 0:
        tier.sight_s[view, at.DEADLINE] = now_s + tier.rule[at.TIMEOUT_S]
    elif tier.target[target, at.MISFIT] == 1:
        failed(tier, view, now_s)
    elif tier.rule[at.DB_CHECK_S] == 0.0 and tier.limit[at.CHECK_WAITS] == 0:
        passed(tier, view, now_s)
    elif tier.limit[at.DIRECT] == 1:
        _ask_directly(tier, view, target, now_s)
    elif tier.rule[at.DB_CHECK_S] == 0.0 and tier.target[target, at.BUSY] < tier.target[target, at.WORKERS]:
        passed(tier, view, now_s)
    else:
        _ask_in_turn(tier, view, target, now_s)
        return True
    return False


@part
def look(tier, now_s):
    """Do what is due of the health checks, at most one that takes a job, and note when to look again."""
    again_s, may_ask, nodes = tier.rule[at.NEVER], True, tier.limit[at.NODES]
    for view in range(tier.state[at.TARGETS] * nodes):
        if tier.sight[view, at.MEMBER] == 1:
            if tier.sight_s[view, at.PASS_AT] <= now_s:
                passed(tier, view, now_s)
            if tier.sight_s[view, at.DEADLINE] <= now_s:
                failed(tier, view, now_s)
            if tier.sight_s[view, at.NEXT_CHECK] <= now_s and may_ask:
                may_ask = not _ask(tier, view, view // nodes, now_s)
            next_s = min(tier.sight_s[view, at.NEXT_CHECK], tier.sight_s[view, at.DEADLINE])
            again_s = min(again_s, next_s, tier.sight_s[view, at.PASS_AT])
    tier.clock_s[at.LOOK_AT] = again_s

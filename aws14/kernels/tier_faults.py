"""What happens to a web tier between two segments: a target, a node of the load balancer or the database is lost..."""

from __future__ import annotations

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import F8, I8, VOID, kernel, part
from aws14.kernels.tier_answers import answer, blame_database, spread, take_back
from aws14.kernels.tier_direct import settle_queue
from aws14.kernels.tier_routing import gather
from aws14.kernels.tier_servers import book_work, free_job
from aws14.kernels.timed_heap import push


@part
def _rebuild(tier):
    """Make the heap of events anew from the jobs that have one."""
    size = 0
    for job in range(tier.job.shape[0]):
        phase = tier.job[job, at.PHASE]
        if phase in (at.WORKING, at.DB_WORKING, at.DB_DEAD, at.CONNECTING_PHASE):
            push(tier.event_s, tier.event, size, tier.job_s[job, at.ENDS], job)
            size += 1
    tier.state[at.EVENTS] = size


@part
def _drop(tier, job, at_s):
    """Lose what a target holds as a job; a query goes on without it."""
    request, phase = tier.job[job, at.REQUEST], tier.job[job, at.PHASE]
    arrived_s, leaves_s = tier.job_s[job, at.ARRIVED], tier.job_s[job, at.LEAVES]
    if request >= 0:
        if phase == at.WORKING:
            book_work(tier, at_s, tier.job_s[job, at.ENDS], leaves_s, -1.0)
        answer(tier, request, tier.job[job, at.ATTEMPT], arrived_s, leaves_s, at_s, at.BAD_GATEWAY)
    if phase in (at.DB_QUEUED, at.DB_WORKING):
        tier.job[job, at.AT] = -1
    else:
        free_job(tier, job)


@part
def _held(tier, target, at_s):
    """How many requests and checks a target holds in the direct way."""
    settle_queue(tier, target, at_s)
    held = tier.target[target, at.WAITING]
    for worker in range(tier.target[target, at.WORKERS]):
        if tier.free_s[target, worker] >= at_s:
            held += 1
    return held


@part
def _stop_work(tier, request, at_s, leaves_s):
    """Let the work on a request that was committed end with its target."""
    book_work(tier, max(tier.start_s[request], at_s), tier.end_s[request], leaves_s, -1.0)
    tier.end_s[request] = at_s
    tier.via[request] = -1


@part
def _untie(tier, request, at_s, what, work_too):
    """Let a request that was committed end at `at_s` instead, and its work with it or not."""
    ends_s, leaves_s = tier.end_s[request], tier.sent_s[request] + tier.rule[at.PATIENCE_S]
    target, heard = tier.via[request] // tier.limit[at.NODES], False
    if tier.outcome[request] == at.CONNECTION_RESET:
        leaves_s = tier.seen_s[request] - tier.way_s[tier.city[request], at.BACK]
    else:
        if take_back(tier, request, leaves_s, ends_s) == at.SERVED:
            tier.target[target, at.SERVED_COUNT] -= 1
        heard = answer(tier, request, 0, tier.arrival_s[request], leaves_s, at_s, what)
    if work_too:
        _stop_work(tier, request, at_s, leaves_s)
    elif heard:
        from_s, to_s = max(tier.start_s[request], at_s), min(ends_s, leaves_s)
        spread(tier, at.WASTED_S, from_s, to_s, 1.0)


@part
def _lose_directly(tier, target, at_s):
    held, request, nodes = _held(tier, target, at_s), tier.state[at.NEXT], tier.limit[at.NODES]
    while held > 0 and request > 0:
        request -= 1
        if tier.via[request] >= 0 and tier.via[request] // nodes == target and tier.end_s[request] >= at_s:
            _untie(tier, request, at_s, at.BAD_GATEWAY, True)
            tier.start_s[request] = min(tier.start_s[request], at_s)
            held -= 1
    tier.free_s[target, :] = at_s
    for view in range(target * nodes, (target + 1) * nodes):
        if tier.sight_s[view, at.PASS_AT] < tier.rule[at.NEVER]:
            tier.sight_s[view, at.PASS_AT] = tier.rule[at.NEVER]
            asked_s = tier.sight_s[view, at.NEXT_CHECK] - tier.rule[at.INTERVAL_S]
            tier.sight_s[view, at.DEADLINE] = asked_s + tier.rule[at.TIMEOUT_S]
    tier.clock_s[at.LOOK_AT] = at_s


@kernel(VOID(at.TIER, I8, F8))
def lose_target(tier, target, at_s):
    """Let a target lose all that it holds, at the end of a segment. Whether it answers again is in its row.

    Parameters
    ----------
    tier : Tier
        State; it has room for as many further attempts as there are jobs.
    target : int
        Row of the target.
    at_s : float
        When it is lost.
    """
    if tier.limit[at.DIRECT] == 1:
        _lose_directly(tier, target, at_s)
    for job in range(tier.job.shape[0]):
        phase = tier.job[job, at.PHASE]
        if tier.job[job, at.AT] == target and phase not in (at.EMPTY, at.CONNECTING_PHASE):
            _drop(tier, job, at_s)
    for view in range(target * tier.limit[at.NODES], (target + 1) * tier.limit[at.NODES]):
        tier.sight[view, at.CHECK] = -1
    tier.target[target, at.BUSY] = 0
    tier.target[target, at.WAITING] = 0
    _rebuild(tier)


@kernel(VOID(at.TIER, I8, F8))
def lose_node(tier, node, at_s):
    """Break the connections of all clients at a node of the load balancer; the targets go on with their work.

    Parameters
    ----------
    tier : Tier
        State; it has room for as many further attempts as there are jobs.
    node : int
        Row of the node.
    at_s : float
        When it is lost.
    """
    for job in range(tier.job.shape[0]):
        if tier.job[job, at.PHASE] != at.EMPTY and tier.job[job, at.REQUEST] >= 0 and tier.job[job, at.VIA] == node:
            request, attempt = tier.job[job, at.REQUEST], tier.job[job, at.ATTEMPT]
            arrived_s, leaves_s = tier.job_s[job, at.ARRIVED], tier.job_s[job, at.LEAVES]
            if answer(tier, request, attempt, arrived_s, leaves_s, at_s, at.CONNECTION_RESET):
                if tier.job[job, at.PHASE] == at.WORKING:
                    stops_s = min(tier.job_s[job, at.ENDS], leaves_s)
                    spread(tier, at.WASTED_S, at_s, stops_s, 1.0)
                tier.job_s[job, at.LEAVES] = at_s
    held, request, nodes = 0, tier.state[at.NEXT], tier.limit[at.NODES]
    if tier.limit[at.DIRECT] == 1:
        for target in range(tier.state[at.TARGETS]):
            held += _held(tier, target, at_s)
    while held > 0 and request > 0:
        request -= 1
        if tier.via[request] >= 0 and tier.end_s[request] >= at_s:
            held -= 1
            if tier.via[request] % nodes == node:
                _untie(tier, request, at_s, at.CONNECTION_RESET, False)


@kernel(VOID(at.TIER, F8))
def fail_database(tier, at_s):
    """Break the connections of all queries: their pages fail at once.

    Parameters
    ----------
    tier : Tier
        State.
    at_s : float
        When the database is lost.
    """
    for job in range(tier.job.shape[0]):
        phase = tier.job[job, at.PHASE]
        if phase == at.DB_WORKING:
            spread(tier, at.DB_BUSY_S, at_s, tier.job_s[job, at.ENDS], -1.0)
        if phase in (at.QUEUED, at.WORKING):
            blame_database(tier, tier.job[job, at.REQUEST], tier.job[job, at.ATTEMPT], tier.job_s[job, at.LEAVES])
        if phase in (at.DB_WORKING, at.DB_QUEUED):
            if tier.job[job, at.AT] < 0:
                free_job(tier, job)
            else:
                tier.job[job, at.PHASE] = at.DB_DEAD
                tier.job_s[job, at.ENDS] = at_s
    tier.state[at.DB_BUSY] = 0
    tier.state[at.DB_WAITING] = 0
    _rebuild(tier)


@kernel(VOID(at.TIER, F8, F8))
def set_database_pace(tier, at_s, pace):
    """Let the database take so many times as long from now on, also for what is left of the queries under way.

    Parameters
    ----------
    tier : Tier
        State.
    at_s : float
        When the pace changes.
    pace : float
        Seconds that a second of its work takes; 1 at full speed.
    """
    factor = pace / tier.rule[at.DB_PACE]
    for job in range(tier.job.shape[0]):
        if tier.job[job, at.PHASE] == at.DB_WORKING:
            ends_s = tier.job_s[job, at.ENDS]
            spread(tier, at.DB_BUSY_S, at_s, ends_s, -1.0)
            ends_s = at_s + (ends_s - at_s) * factor
            spread(tier, at.DB_BUSY_S, at_s, ends_s, 1.0)
            tier.job_s[job, at.ENDS] = ends_s
    tier.rule[at.DB_PACE] = pace
    _rebuild(tier)


@kernel(VOID(at.TIER, F8))
def regather(tier, at_s):
    """List anew the targets that each node sends to, and look at the health checks at once.

    Parameters
    ----------
    tier : Tier
        State in which targets came or went.
    at_s : float
        The time.
    """
    for node in range(tier.limit[at.NODES]):
        gather(tier, node)
    tier.clock_s[at.LOOK_AT] = at_s

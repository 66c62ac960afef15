"""A web tier behind a load balancer, exactly, event by event: it may be cut anywhere and resumed with the same bits.

A request reaches a node of the load balancer, which picks a target among those that it may send to. The target has
workers, first come, first served, and a backlog. A worker makes the page and then waits for the database, a pool of
its own. Clients who give up leave the work behind; those who try again come back by a heap of their own.

At one instant what ends frees its place first, then health checks are looked at, then newcomers, first attempts before
others. Random numbers are handed in. The state is that of `aws14.kernels.tier_state`; between two segments
`aws14.kernels.tier_faults` changes it.
"""

from __future__ import annotations

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import F8, I8, kernel, part
from aws14.kernels.tier_answers import answer, blame_database, expect, expect_silence, lucky
from aws14.kernels.tier_direct import commit
from aws14.kernels.tier_health import look, passed
from aws14.kernels.tier_routing import pick
from aws14.kernels.tier_servers import due, enter, free_job, leave, query_s, start_query, take_job
from aws14.kernels.timed_heap import pop, replace


@part
def _remember(tier, session, target):
    """What a target answers a visitor: a page, or a login when it does not know the session."""
    known = tier.home[session]
    tier.home[session] = target
    return at.SERVED if known < 0 or known == target else at.SESSION_LOST


@part
def _connect(tier, request, attempt, view, now_s, leaves_s):
    """Send a request from a node to a target."""
    target, session = view // tier.limit[at.NODES], tier.session[request]
    tier.minute[tier.state[at.TICK], at.ROUTED] += 1
    if tier.target[target, at.UP] == at.REFUSES_ALL:
        answer(tier, request, attempt, now_s, leaves_s, now_s, at.CONNECTION_RESET)
        return
    stands = tier.target[target, at.UP] == 1 and tier.sight[view, at.REACHED] == 1
    says = at.SERVED
    if stands and session >= 0 and tier.limit[at.SESSIONS] == 1:
        says = _remember(tier, session, target)
    if stands and tier.limit[at.DIRECT] == 1:
        commit(tier, request, view, says, leaves_s, now_s)
        return
    job = take_job(tier)
    tier.job[job, at.REQUEST] = request
    tier.job[job, at.ATTEMPT] = attempt
    tier.job[job, at.SAYS] = says
    tier.job[job, at.VIA] = view % tier.limit[at.NODES]
    tier.job[job, at.AT] = target
    tier.job_s[job, at.ARRIVED] = now_s
    tier.job_s[job, at.LEAVES] = leaves_s
    if not stands:
        tier.job[job, at.PHASE] = at.CONNECTING_PHASE
        tier.target[target, at.CONNECTING] += 1
        due(tier, job, now_s + tier.rule[at.CONNECT_S])
        return
    if tier.target[target, at.DB_REACHED] == 0:
        blame_database(tier, request, attempt, leaves_s)
    refused = enter(tier, job, target, now_s)
    if refused != 0:
        free_job(tier, job)
        answer(tier, request, attempt, now_s, leaves_s, now_s, refused)


@part
def _admit(tier, request, attempt, sent_s, now_s):
    """Let an attempt of a client arrive at the load balancer."""
    leaves_s = sent_s + tier.rule[at.PATIENCE_S]
    addresses = tier.state[at.ADDRESSES]
    share = lucky(tier.luck[request], 0, attempt) * addresses
    place = int(share)
    if leaves_s <= now_s:
        expect(tier, request, attempt, at.TIMED_OUT, leaves_s)
        return
    if addresses == 0:
        expect(tier, request, attempt, at.NO_SUCH_ADDRESS, leaves_s)
        return
    node = tier.node[place, at.ADDRESS]
    if tier.node[node, at.REFUSES] != 0:
        expect(tier, request, attempt, tier.node[node, at.REFUSES], leaves_s)
        return
    expect_silence(tier, request, attempt, now_s, leaves_s)
    target = pick(tier, node, tier.session[request], share - place, now_s)
    if target < 0:
        answer(tier, request, attempt, now_s, leaves_s, now_s, at.NO_TARGETS)
    else:
        _connect(tier, request, attempt, target * tier.limit[at.NODES] + node, now_s, leaves_s)


@part
def _come_again(tier, now_s):
    """Let the next attempt of a client arrive, unless an answer came before it gave up."""
    what = tier.coming[0]
    pop(tier.coming_s, tier.coming, tier.state[at.COMING])
    tier.state[at.COMING] -= 1
    known, request, attempt = what % 2, what // 256, what // 2 % 128
    if known == 1 or tier.number[request] == attempt - 1:
        tier.minute[tier.state[at.TICK], at.RETRIED] += 1
        tier.number[request] = attempt
        _admit(tier, request, attempt, now_s - tier.way_s[tier.city[request], at.BEFORE], now_s)


@part
def _release(tier, job, now_s, what):
    """End a job at its target with an answer."""
    request, target = tier.job[job, at.REQUEST], tier.job[job, at.AT]
    if target < 0:
        free_job(tier, job)
        return
    if request >= 0:
        arrived_s, leaves_s = tier.job_s[job, at.ARRIVED], tier.job_s[job, at.LEAVES]
        if answer(tier, request, tier.job[job, at.ATTEMPT], arrived_s, leaves_s, now_s, what) and what == at.SERVED:
            tier.target[target, at.SERVED_COUNT] += 1
    elif tier.sight[-1 - request, at.CHECK] == job and what != at.DATABASE_DOWN:
        passed(tier, -1 - request, now_s)
    free_job(tier, job)
    leave(tier, target, now_s)


@part
def _ask_database(tier, job, now_s):
    """Send the query of a job to the database; its worker waits. The job's event is still the first."""
    size = tier.state[at.EVENTS]
    if tier.target[tier.job[job, at.AT], at.DB_REACHED] == 0:
        tier.job[job, at.PHASE] = at.DB_DEAD
        tier.job_s[job, at.ENDS] = now_s + tier.rule[at.DB_CONNECT_S]
        blame_database(tier, tier.job[job, at.REQUEST], tier.job[job, at.ATTEMPT], tier.job_s[job, at.LEAVES])
        replace(tier.event_s, tier.event, size, tier.job_s[job, at.ENDS], job)
        return
    pop(tier.event_s, tier.event, size)
    tier.state[at.EVENTS] -= 1
    tier.minute[tier.state[at.TICK], at.QUERIES] += 1
    if tier.state[at.DB_BUSY] < tier.limit[at.DB_WORKERS]:
        start_query(tier, job, now_s)
        return
    tier.job[job, at.PHASE] = at.DB_QUEUED
    if tier.state[at.DB_WAITING] == 0:
        tier.state[at.DB_HEAD] = job
    else:
        tier.job[tier.state[at.DB_TAIL], at.FOLLOWING] = job
    tier.state[at.DB_TAIL] = job
    tier.state[at.DB_WAITING] += 1


@part
def _next_query(tier, now_s):
    """Let the database take up the next query that waits."""
    tier.state[at.DB_BUSY] -= 1
    if tier.state[at.DB_WAITING] > 0:
        job = tier.state[at.DB_HEAD]
        tier.state[at.DB_HEAD] = tier.job[job, at.FOLLOWING]
        tier.state[at.DB_WAITING] -= 1
        start_query(tier, job, now_s)


@part
def _finish(tier, now_s):
    """Let the job go on whose phase ends now."""
    job = tier.event[0]
    phase = tier.job[job, at.PHASE]
    if phase == at.WORKING and query_s(tier, job) > 0.0:
        _ask_database(tier, job, now_s)
        return
    pop(tier.event_s, tier.event, tier.state[at.EVENTS])
    tier.state[at.EVENTS] -= 1
    if phase == at.CONNECTING_PHASE:
        tier.target[tier.job[job, at.AT], at.CONNECTING] -= 1
        arrived_s, leaves_s = tier.job_s[job, at.ARRIVED], tier.job_s[job, at.LEAVES]
        request, attempt = tier.job[job, at.REQUEST], tier.job[job, at.ATTEMPT]
        answer(tier, request, attempt, arrived_s, leaves_s, now_s, at.GATEWAY_TIMEOUT)
        free_job(tier, job)
        return
    if phase == at.DB_WORKING:
        _next_query(tier, now_s)
    _release(tier, job, now_s, at.DATABASE_DOWN if phase == at.DB_DEAD else tier.job[job, at.SAYS])


@part
def _next_tick(tier, now_s):
    """Note in which tick it is now."""
    tier.state[at.TICK] = int(now_s / tier.rule[at.TICK_S])
    tier.clock_s[at.TICK_ENDS] = (tier.state[at.TICK] + 1) * tier.rule[at.TICK_S]


@part
def _arrive(tier, request, until_s):
    """Let a request arrive; in the direct way those after it, too, as long as nothing else comes in between."""
    size = tier.arrival_s.size
    _admit(tier, request, 0, tier.sent_s[request], tier.arrival_s[request])
    request += 1
    if tier.limit[at.DIRECT] == 1 and tier.state[at.EVENTS] == 0:
        until_s = min(until_s, tier.clock_s[at.TICK_ENDS])
        while request < size and tier.arrival_s[request] < until_s and tier.state[at.EVENTS] == 0:
            _admit(tier, request, 0, tier.sent_s[request], tier.arrival_s[request])
            request += 1
    tier.state[at.NEXT] = request


@part
def _room(tier):
    """What there is no room for before the next event, or `DONE`."""
    if tier.state[at.FREE_JOB] < 0:
        return at.ROOM_JOBS
    if tier.state[at.COMING] + 2 > tier.coming.size:
        return at.ROOM_COMING
    if tier.state[at.LOGGED] + 2 * tier.state[at.TARGETS] * tier.limit[at.NODES] > tier.log_s.size:
        return at.ROOM_LOG
    return at.DONE


@kernel(I8(at.TIER, F8))
def run(tier, until_s):
    """Run the tier from where it stands to `until_s`.

    Parameters
    ----------
    tier : Tier
        Requests and state.
    until_s : float
        End of the segment; what happens at `until_s` belongs to the next.

    Returns
    -------
    int
        `DONE`, or what more room is needed for to go on.
    """
    never_s = tier.rule[at.NEVER]
    while True:
        lacking = _room(tier)
        if lacking != at.DONE:
            return lacking
        request = tier.state[at.NEXT]
        arrival_s = tier.arrival_s[request] if request < tier.arrival_s.size else never_s
        event_s = tier.event_s[0] if tier.state[at.EVENTS] > 0 else never_s
        coming_s = tier.coming_s[0] if tier.state[at.COMING] > 0 else never_s
        now_s = min(arrival_s, event_s, coming_s, tier.clock_s[at.LOOK_AT])
        if now_s >= until_s:
            return at.DONE
        if now_s >= tier.clock_s[at.TICK_ENDS]:
            _next_tick(tier, now_s)
        if event_s <= now_s:
            _finish(tier, now_s)
        elif tier.clock_s[at.LOOK_AT] <= now_s:
            look(tier, now_s)
        elif arrival_s <= now_s:
            _arrive(tier, request, min(until_s, event_s, coming_s, tier.clock_s[at.LOOK_AT]))
        else:
            _come_again(tier, now_s)

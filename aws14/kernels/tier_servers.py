"""The servers and the database of a web tier: queues, workers, and what each job holds.

A job is a request at a target, or a health check (which takes no time of its own). In the exact way its ends are events
in a heap. In the direct way (no database, nobody tries again, and the load balancer does not look at what targets hold)
each request is committed on arrival: first come, first served, its start and its end are known then.
"""

from __future__ import annotations

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import part
from aws14.kernels.tier_answers import spread
from aws14.kernels.timed_heap import push


@part
def take_job(tier):
    """Take a free job."""
    job = tier.state[at.FREE_JOB]
    tier.state[at.FREE_JOB] = tier.job[job, at.FOLLOWING]
    return job


@part
def free_job(tier, job):
    """Give a job back."""
    tier.job[job, at.PHASE] = at.EMPTY
    tier.job[job, at.FOLLOWING] = tier.state[at.FREE_JOB]
    tier.state[at.FREE_JOB] = job


@part
def due(tier, job, at_s):
    """Let the phase of a job end at this time."""
    tier.job_s[job, at.ENDS] = at_s
    push(tier.event_s, tier.event, tier.state[at.EVENTS], at_s, job)
    tier.state[at.EVENTS] += 1


@part
def book_work(tier, from_s, to_s, leaves_s, sign):
    """Book a worker's time, and the part of it for a client who has left; or take it away."""
    spread(tier, at.BUSY_S, from_s, to_s, sign)
    if leaves_s < to_s:
        spread(tier, at.WASTED_S, max(from_s, leaves_s), to_s, sign)


@part
def page_s(tier, request, target):
    """How long a worker of a target makes the page of a request."""
    return tier.page_s[request] * (tier.target[target, at.PACE] / at.USUAL_PACE)


@part
def start(tier, job, now_s):
    """Let a worker take up a job."""
    request = tier.job[job, at.REQUEST]
    tier.job[job, at.PHASE] = at.WORKING
    tier.target[tier.job[job, at.AT], at.BUSY] += 1
    if request < 0:
        due(tier, job, now_s)
        return
    ends_s = now_s + page_s(tier, request, tier.job[job, at.AT])
    tier.start_s[request] = now_s
    book_work(tier, now_s, ends_s, tier.job_s[job, at.LEAVES], 1.0)
    due(tier, job, ends_s)


@part
def enter(tier, job, target, now_s):
    """Let a job in at a target; return 0, or the outcome when it is refused."""
    tier.job[job, at.AT] = target
    if tier.target[target, at.BUSY] < tier.target[target, at.WORKERS]:
        start(tier, job, now_s)
        return 0
    waiting = tier.target[target, at.WAITING]
    if waiting >= tier.limit[at.BACKLOG]:
        return at.BACKLOG_FULL
    if waiting + tier.target[target, at.WORKERS] >= tier.limit[at.CONNECTIONS]:
        return at.CONNECTION_LIMIT
    tier.job[job, at.PHASE] = at.QUEUED
    if waiting == 0:
        tier.target[target, at.HEAD] = job
    else:
        tier.job[tier.target[target, at.TAIL], at.FOLLOWING] = job
    tier.target[target, at.TAIL] = job
    tier.target[target, at.WAITING] = waiting + 1
    return 0


@part
def leave(tier, target, now_s):
    """Free a worker of a target; it takes up the next job that waits."""
    tier.target[target, at.BUSY] -= 1
    if tier.target[target, at.WAITING] > 0:
        job = tier.target[target, at.HEAD]
        tier.target[target, at.HEAD] = tier.job[job, at.FOLLOWING]
        tier.target[target, at.WAITING] -= 1
        start(tier, job, now_s)


@part
def query_s(tier, job):
    """How long the database works for a job."""
    request = tier.job[job, at.REQUEST]
    return tier.db_s[request] if request >= 0 else tier.rule[at.DB_CHECK_S]


@part
def start_query(tier, job, now_s):
    """Let the database take up the query of a job."""
    ends_s = now_s + query_s(tier, job) * tier.rule[at.DB_PACE]
    tier.job[job, at.PHASE] = at.DB_WORKING
    tier.state[at.DB_BUSY] += 1
    spread(tier, at.DB_BUSY_S, now_s, ends_s, 1.0)
    due(tier, job, ends_s)

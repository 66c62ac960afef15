"""The direct way of a web tier: a request's start and end are known when it arrives, so no events are kept."""

from __future__ import annotations

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import part
from aws14.kernels.tier_answers import answer
from aws14.kernels.tier_servers import book_work, page_s


@part
def settle_queue(tier, target, now_s):
    """Let those leave the queue of a target who have found a worker by now."""
    head, waiting, places = tier.target[target, at.HEAD], tier.target[target, at.WAITING], tier.ring_s.shape[1]
    while waiting > 0 and tier.ring_s[target, head] <= now_s:
        head = head + 1 if head + 1 < places else 0
        waiting -= 1
    tier.target[target, at.HEAD] = head
    tier.target[target, at.WAITING] = waiting


@part
def foresee(tier, target, now_s):
    """When a worker of a target will take up what arrives now; minus the outcome when it is refused."""
    if tier.target[target, at.WAITING] > 0:
        settle_queue(tier, target, now_s)
    waiting = tier.target[target, at.WAITING]
    if waiting == 0 and tier.free_s[target, 0] <= now_s:
        return now_s
    if waiting >= tier.limit[at.BACKLOG]:
        return -float(at.BACKLOG_FULL)
    if waiting + tier.target[target, at.WORKERS] >= tier.limit[at.CONNECTIONS]:
        return -float(at.CONNECTION_LIMIT)
    tail = tier.target[target, at.HEAD] + waiting
    places = tier.ring_s.shape[1]
    tier.ring_s[target, tail if tail < places else tail - places] = tier.free_s[target, 0]
    tier.target[target, at.WAITING] = waiting + 1
    return tier.free_s[target, 0]


@part
def _occupy(tier, target, until_s):
    """Let the worker of a target that is free first be free again at `until_s`."""
    workers, k = tier.target[target, at.WORKERS], 0
    while k + 1 < workers and tier.free_s[target, k + 1] < until_s:
        tier.free_s[target, k] = tier.free_s[target, k + 1]
        k += 1
    tier.free_s[target, k] = until_s


@part
def commit(tier, request, view, says, leaves_s, now_s):
    """Serve a request at a target to its end.

    Parameters
    ----------
    tier : Tier
        The state.
    request, view : int
        The request, and the target as the node sees it that it came by.
    says : int
        What it will be answered.
    leaves_s, now_s : float
        When its client gives up, and the time.
    """
    target = view // tier.limit[at.NODES]
    start_s = foresee(tier, target, now_s)
    if start_s < 0.0:
        answer(tier, request, 0, now_s, leaves_s, now_s, int(-start_s))
        return
    ends_s = start_s + page_s(tier, request, target)
    _occupy(tier, target, ends_s)
    tier.start_s[request] = start_s
    tier.end_s[request] = ends_s
    tier.via[request] = view
    book_work(tier, start_s, ends_s, leaves_s, 1.0)
    if answer(tier, request, 0, now_s, leaves_s, ends_s, says) and says == at.SERVED:
        tier.target[target, at.SERVED_COUNT] += 1

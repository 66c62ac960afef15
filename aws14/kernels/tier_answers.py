"""What clients of a web tier hear, and when they try again."""

from __future__ import annotations

from math import floor

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import part
from aws14.kernels.timed_heap import push

_GOLDEN = 0.6180339887498949
_LANES = 4096.0


@part
def lucky(luck, lane, attempt):
    """A uniform number of a request's own for each purpose and attempt: its draw, turned by the golden ratio."""
    value = luck * (1.0 + lane * _LANES) + attempt * _GOLDEN
    return value - floor(value)


@part
def tick_of(tier, at_s):
    """The tick of a time that is not before now."""
    return tier.state[at.TICK] if at_s < tier.clock_s[at.TICK_ENDS] else int(at_s / tier.rule[at.TICK_S])


@part
def spread(tier, column, from_s, to_s, sign):
    """Add the length of an interval that begins now or later to the ticks it lies in, or take it away."""
    tick = tick_of(tier, from_s)
    while from_s < to_s and tick < tier.minute_s.shape[0]:
        edge_s = min((tick + 1) * tier.rule[at.TICK_S], to_s)
        if edge_s > from_s:
            tier.minute_s[tick, column] += sign * (edge_s - from_s)
            from_s = edge_s
        tick += 1


@part
def _come_again(tier, request, attempt, from_s, known):
    """Let the client send its next attempt; `known`: it is certain, not only if no answer comes."""
    pause_s = tier.rule[at.RETRY_AFTER_S] * tier.rule[at.RETRY_GROWTH] ** attempt
    if tier.limit[at.JITTER] > 0:
        pause_s *= lucky(tier.luck[request], 1, attempt)
    at_s = from_s + pause_s + tier.way_s[tier.city[request], at.BEFORE]
    push(tier.coming_s, tier.coming, tier.state[at.COMING], at_s, (request * 128 + attempt + 1) * 2 + known)
    tier.state[at.COMING] += 1


@part
def expect(tier, request, attempt, what, at_s):
    """Write down what the client sees, and when, unless an answer comes before."""
    if attempt < tier.limit[at.RETRIES]:
        tier.number[request] = attempt
        _come_again(tier, request, attempt, at_s, 0)
    else:
        tier.outcome[request] = what
        tier.seen_s[request] = at_s


@part
def _count(tier, at_s, arrived_s, what, sign):
    """Count an answer as the load balancer's metrics do."""
    if at_s < tier.rule[at.HORIZON_S]:
        tick = tick_of(tier, at_s)
        if what in (at.SERVED, at.SESSION_LOST):
            tier.minute[tick, at.ANSWERED] += sign
            tier.minute_s[tick, at.LATENCY_S] += sign * (at_s - arrived_s)
        elif what == at.DATABASE_DOWN:
            tier.minute[tick, at.TARGET_ERRORS] += sign
        else:
            tier.minute[tick, at.BALANCER_ERRORS] += sign


@part
def answer(tier, request, attempt, arrived_s, leaves_s, at_s, what):
    """Send an answer from the load balancer; return whether the client was still there.

    Parameters
    ----------
    tier : Tier
        The state.
    request, attempt : int
        Of the client.
    arrived_s, leaves_s : float
        When it reached the load balancer, and when its client gives up.
    at_s : float
        When the load balancer has the answer.
    what : int
        The outcome.
    """
    city = tier.city[request]
    seen_s = at_s + tier.way_s[city, at.SEND if what == at.SERVED else at.BACK]
    if seen_s > leaves_s or at_s > arrived_s + tier.rule[at.IDLE_S]:
        return False
    _count(tier, at_s, arrived_s, what, 1)
    if what in (at.SERVED, at.SESSION_LOST) or attempt >= tier.limit[at.RETRIES]:
        tier.outcome[request] = what
        tier.seen_s[request] = seen_s
        if tier.limit[at.RETRIES] > 0:
            tier.number[request] = at.DECIDED
    else:
        tier.number[request] = attempt + 1
        _come_again(tier, request, attempt, seen_s, 1)
    return True


@part
def expect_silence(tier, request, attempt, arrived_s, leaves_s):
    """Write down what the client sees if the target never answers: the load balancer or the client gives up."""
    given_up_s = arrived_s + tier.rule[at.IDLE_S] + tier.way_s[tier.city[request], at.BACK]
    if given_up_s < leaves_s:
        expect(tier, request, attempt, at.GATEWAY_TIMEOUT, given_up_s)
    else:
        expect(tier, request, attempt, at.TIMED_OUT, leaves_s)


@part
def take_back(tier, request, leaves_s, at_s):
    """Undo an answer that was foreseen for `at_s` and will not be given (only where nobody tries again)."""
    what = tier.outcome[request]
    if what in (at.SERVED, at.SESSION_LOST):
        _count(tier, at_s, tier.arrival_s[request], what, -1)
    expect_silence(tier, request, 0, tier.arrival_s[request], leaves_s)
    return what


@part
def blame_database(tier, request, attempt, leaves_s):
    """Let a client who gives up on a page that the database holds up know why."""
    asks = request >= 0 and tier.db_s[request] > 0.0 and attempt >= tier.limit[at.RETRIES]
    if asks and tier.outcome[request] == at.TIMED_OUT and tier.seen_s[request] == leaves_s:
        tier.outcome[request] = at.DATABASE_DOWN

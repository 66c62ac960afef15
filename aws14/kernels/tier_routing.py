"""Which target a node of the load balancer picks, among those it may send to."""

from __future__ import annotations

from aws14.kernels import tier_state as at
from aws14.kernels.compiled import part


@part
def gather(tier, node):
    """List the targets that a node sends to: the healthy ones, or all when none is (it fails open)."""
    found, nodes = 0, tier.limit[at.NODES]
    for wanted in range(2):
        for target in range(tier.state[at.TARGETS]):
            view = target * nodes + node
            if tier.sight[view, at.MEMBER] == 1 and (wanted == 1 or tier.sight[view, at.HEALTH] == at.HEALTHY):
                tier.pool[node, found] = target
                found += 1
        if found > 0:
            break
    tier.node[node, at.POOL] = found
    if tier.node[node, at.TURN] >= found:
        tier.node[node, at.TURN] = 0


@part
def set_health(tier, view, health, at_s):
    """Change the health of a target as a node of the load balancer sees it, and write it into the log."""
    tier.sight[view, at.HEALTH] = health
    if health == at.HEALTHY:
        tier.sight_s[view, at.SINCE] = at_s
        tier.sight_s[view, at.CREDIT] = 0.0
    entry = tier.state[at.LOGGED]
    tier.log_s[entry] = at_s
    tier.log[entry, 0] = view
    tier.log[entry, 1] = health
    tier.state[at.LOGGED] = entry + 1
    gather(tier, view % tier.limit[at.NODES])


@part
def _in_turn(tier, node, now_s):
    """Round robin; a target that starts slowly is passed over until it has saved up a whole turn."""
    size, turn, best, most = tier.node[node, at.POOL], tier.node[node, at.TURN], -1, -1.0
    nodes, slow_s = tier.limit[at.NODES], tier.rule[at.SLOW_START_S]
    for _ in range(size):
        target = tier.pool[node, turn]
        turn = turn + 1 if turn + 1 < size else 0
        if slow_s <= 0.0:
            best = target
            break
        view = target * nodes + node
        since_s = now_s - tier.sight_s[view, at.SINCE]
        if since_s >= slow_s:
            best = target
            break
        tier.sight_s[view, at.CREDIT] += since_s / slow_s
        if tier.sight_s[view, at.CREDIT] > most:
            most = tier.sight_s[view, at.CREDIT]
            best = target
        if most >= 1.0:
            break
    tier.node[node, at.TURN] = turn
    view = best * nodes + node
    if most >= 0.0 and now_s - tier.sight_s[view, at.SINCE] < slow_s:
        tier.sight_s[view, at.CREDIT] = max(tier.sight_s[view, at.CREDIT] - 1.0, 0.0)
    return best


@part
def _least_outstanding(tier, node, share):
    """The target with the fewest requests that wait or are served; a draw among equals."""
    fewest, equal = tier.job.shape[0] + 1, 0
    for place in range(tier.node[node, at.POOL]):
        target = tier.pool[node, place]
        held = tier.target[target, at.BUSY] + tier.target[target, at.WAITING] + tier.target[target, at.CONNECTING]
        if held < fewest:
            fewest, equal = held, 1
        elif held == fewest:
            equal += 1
    left = int(share * equal)
    for place in range(tier.node[node, at.POOL]):
        target = tier.pool[node, place]
        held = tier.target[target, at.BUSY] + tier.target[target, at.WAITING] + tier.target[target, at.CONNECTING]
        if held == fewest:
            if left == 0:
                return target
            left -= 1
    return -1


@part
def _remembered(tier, node, session, now_s):
    """The target that a visitor's cookie names, if the node may still send to it; else -1."""
    target = tier.stuck[session]
    if target < 0 or tier.stuck_s[session] <= now_s:
        return -1
    for place in range(tier.node[node, at.POOL]):
        if tier.pool[node, place] == target:
            return target
    return -1


@part
def pick(tier, node, session, share, now_s):
    """Pick the target of a request, -1 when there is none.

    Parameters
    ----------
    tier : Tier
        The state.
    node, session : int
        Node of the load balancer, and the visitor (-1: none).
    share : float
        Uniform draw between 0 and 1.
    now_s : float
        The time.
    """
    size = tier.node[node, at.POOL]
    if size == 0:
        return -1
    sticky = session >= 0 and tier.rule[at.STICKY_S] > 0.0
    if sticky:
        target = _remembered(tier, node, session, now_s)
        if target >= 0:
            tier.stuck_s[session] = now_s + tier.rule[at.STICKY_S]
            return target
    if tier.limit[at.ALGORITHM] == at.RANDOM:
        target = tier.pool[node, int(share * size)]
    elif tier.limit[at.ALGORITHM] == at.LEAST_OUTSTANDING:
        target = _least_outstanding(tier, node, share)
    else:
        target = _in_turn(tier, node, now_s)
    if sticky:
        tier.stuck[session] = target
        tier.stuck_s[session] = now_s + tier.rule[at.STICKY_S]
    return target

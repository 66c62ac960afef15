"""A web tier that can be run piece by piece: targets come and go, break and heal between two pieces.

The method and its conventions are those of `aws14.kernels.web_tier`. This is the engine alone: rows of targets, nodes
of a load balancer, one database. What happens when is the business of `aws14.sim.fleet`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aws14.sim.tier_books import make_room, make_rows, open_books
from aws14.sim.tier_rules import TierRequests, TierRules

Floats = NDArray[np.float64]

HEALTH = ("initial", "healthy", "unhealthy")
"""What a target's health can be, in the order of the kernel's numbers."""


class WebTier:
    """Servers behind a load balancer, and what they did so far.

    Parameters
    ----------
    requests : TierRequests
        The load.
    rules : TierRules
        What was configured.
    nodes : int
        Nodes of the load balancer.
    horizon_s, tick_s : float
        Length of the run and of a tick.
    direct : bool, optional
        Whether requests are committed on arrival, which is faster and gives the same; left out: where it can be done.

    Attributes
    ----------
    at_s : float
        Up to where it has run.
    state : Tier
        The arrays (`aws14.kernels.tier_state`).
    """

    def __init__(
        self,
        requests: TierRequests,
        rules: TierRules,
        *,
        nodes: int,
        horizon_s: float,
        tick_s: float = 60.0,
        direct: bool | None = None,
    ) -> None:
        asks = (rules.direct and not requests.db_s.any()) if direct is None else direct
        self.at_s, self.log = 0.0, list[tuple[float, int, int]]()
        self._nodes, self._free_rows = nodes, list[int]()
        self.state = open_books(requests, rules, nodes=nodes, span_s=(horizon_s, tick_s), direct=asks)

    def run_until(self, until_s: float) -> None:
        """Go on to this time, in seconds; any number of steps gives the same result."""
        from aws14.kernels.tier_state import DONE
        from aws14.kernels.web_tier import run

        while (lacking := run(self.state, until_s)) != DONE:
            self._read_log()
            self.state = make_room(self.state, lacking)
        self._read_log()
        self.at_s = until_s

    def register(
        self,
        *,
        workers: int,
        members: Sequence[int],
        reached: Sequence[bool],
        health: Sequence[str],
        first_check_s: float,
    ) -> int:
        """Register a target, and return its row.

        Parameters
        ----------
        workers : int
            How many it has.
        members : sequence of int
            Nodes of the load balancer that may send to it.
        reached : sequence of bool
            For each node, whether its packets get there.
        health : sequence of str
            For each node, one of `HEALTH`.
        first_check_s : float
            When it is first checked; then every interval.
        """
        from aws14.kernels import tier_state as at

        row = self._free_rows.pop() if self._free_rows else int(self.state.state[at.TARGETS])
        if row >= len(self.state.target) or workers > self.state.free_s.shape[1]:
            most = max(workers, self.state.free_s.shape[1])
            self.state = make_rows(self.state, max(2 * row, len(self.state.target)), most)
        self.state.state[at.TARGETS] = max(self.state.state[at.TARGETS], row + 1)
        self.state.target[row] = 0
        self.state.target[row, [at.UP, at.WORKERS, at.DB_REACHED, at.REGISTERED]] = 1, workers, 1, 1
        self.state.target[row, at.PACE] = at.USUAL_PACE
        self.state.free_s[row] = self.at_s
        sight, sight_s = self._sight(row)
        sight[:] = 0
        sight[:, at.HEALTH] = [HEALTH.index(each) for each in health]
        sight[:, at.CHECK], sight[:, at.REACHED] = -1, reached
        sight[list(members), at.MEMBER] = 1
        sight_s[:] = math.inf
        sight_s[:, at.NEXT_CHECK], sight_s[:, at.SINCE], sight_s[:, at.CREDIT] = first_check_s, -math.inf, 0.0
        self._regather()
        return row

    def deregister(self, row: int) -> None:
        """Send nothing more to a target; it finishes what it holds."""
        from aws14.kernels import tier_state as at

        self.state.target[row, at.REGISTERED] = 0
        self._sight(row)[0][:, at.MEMBER] = 0
        self._regather()

    def remove(self, row: int) -> int:
        """Let a deregistered target go, with what it still holds; return how many requests it served."""
        from aws14.kernels import tier_state as at

        self._lose(row)
        self._free_rows.append(row)
        for known in (self.state.stuck, self.state.home):
            known[known == row] = -2
        return int(self.state.target[row, at.SERVED_COUNT])

    def break_target(self, row: int) -> None:
        """Let a target lose what it holds and fall silent."""
        from aws14.kernels import tier_state as at

        self.state.target[row, at.UP] = 0
        self._lose(row)

    def heal_target(self, row: int) -> None:
        """Let a silent target answer again, empty."""
        from aws14.kernels import tier_state as at

        self.state.target[row, at.UP] = 1
        self.state.free_s[row] = self.at_s

    def break_node(self, node: int) -> None:
        """Lose a node of the load balancer with the connections of its clients; DNS still names it."""
        from aws14.kernels import tier_state as at
        from aws14.kernels.tier_faults import lose_node

        self._room_for_attempts()
        self.state.node[node, at.REFUSES] = at.DNS_STALE
        lose_node(self.state, node, self.at_s)

    def heal_node(self, node: int) -> None:
        """Let a node of the load balancer stand again."""
        from aws14.kernels import tier_state as at

        self.state.node[node, at.REFUSES] = 0

    def shut_node(self, node: int, reason: str) -> None:
        """Let clients not get in at a node of the load balancer, for a reason that the kernel knows."""
        from aws14.kernels import tier_state as at

        self.state.node[node, at.REFUSES] = at.OUTCOMES.index(reason) + 1

    def name_nodes(self, nodes: Sequence[int]) -> None:
        """Let DNS name these nodes of the load balancer, and no others."""
        from aws14.kernels import tier_state as at

        self.state.node[: len(nodes), at.ADDRESS] = nodes
        self.state.state[at.ADDRESSES] = len(nodes)

    def break_database(self) -> None:
        """Let all queries fail, and no target reach the database."""
        from aws14.kernels import tier_state as at
        from aws14.kernels.tier_faults import fail_database

        self.state.target[:, at.DB_REACHED] = 0
        fail_database(self.state, self.at_s)

    def reach_database(self, row: int, *, reached: bool = True) -> None:
        """Let a target reach the database from now on, or not."""
        from aws14.kernels import tier_state as at

        self.state.target[row, at.DB_REACHED] = reached

    def set_database_pace(self, pace: float) -> None:
        """Let the database take so many times as long for everything."""
        from aws14.kernels.tier_faults import set_database_pace

        set_database_pace(self.state, self.at_s, pace)

    def refuse(self, row: int) -> None:
        """Let a target lose what it holds, and its machine refuse whatever comes: nothing listens any more."""
        from aws14.kernels import tier_state as at

        self.state.target[row, at.UP] = at.REFUSES_ALL
        self._lose(row)

    def set_pace(self, row: int, pace: float) -> None:
        """Let pages that a target begins from now on take so many times as long as on a whole processor."""
        from aws14.kernels import tier_state as at

        self.state.target[row, at.PACE] = round(pace * at.USUAL_PACE)

    def misfit(self, row: int) -> None:
        """Let a target answer health checks wrongly from now on."""
        from aws14.kernels import tier_state as at

        self.state.target[row, at.MISFIT] = 1

    def health(self, row: int) -> list[str]:
        """What each node of the load balancer holds of a target."""
        from aws14.kernels import tier_state as at

        return [HEALTH[state] for state in self._sight(row)[0][:, at.HEALTH]]

    def fails_open(self) -> bool:
        """Whether some node of the load balancer has only unhealthy targets, and sends to all of them."""
        from aws14.kernels import tier_state as at

        member = self.state.sight[:, at.MEMBER].reshape(-1, self._nodes) == 1
        healthy = (self.state.sight[:, at.HEALTH].reshape(-1, self._nodes) == HEALTH.index("healthy")) & member
        return bool((member.any(axis=0) & ~healthy.any(axis=0)).any())

    def _sight(self, row: int) -> tuple[NDArray[np.int64], Floats]:
        mine = slice(row * self._nodes, (row + 1) * self._nodes)
        return self.state.sight[mine], self.state.sight_s[mine]

    def _regather(self) -> None:
        from aws14.kernels.tier_faults import regather

        regather(self.state, self.at_s)

    def _lose(self, row: int) -> None:
        from aws14.kernels.tier_faults import lose_target

        self._room_for_attempts()
        lose_target(self.state, row, self.at_s)

    def _room_for_attempts(self) -> None:
        from aws14.kernels import tier_state as at

        while self.state.state[at.COMING] + len(self.state.job) + 2 > len(self.state.coming):
            self.state = make_room(self.state, at.ROOM_COMING)

    def _read_log(self) -> None:
        from aws14.kernels import tier_state as at

        count = int(self.state.state[at.LOGGED])
        if count:
            views = zip(self.state.log_s[:count].tolist(), self.state.log[:count].tolist(), strict=True)
            self.log += [(at_s, view, health) for at_s, (view, health) in views]
            self.state.state[at.LOGGED] = 0

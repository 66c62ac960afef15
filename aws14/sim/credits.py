"""CPU credits of burstable instances: earned by the clock, spent by work, and what happens when none are left.

Rules (EC2 User Guide, "Burstable performance instances"; numbers in ``data/t_credits.csv``). A credit is one vCPU for
a minute. Credits are earned all the time and kept up to what 24 hours earn; more are discarded. In ``standard`` mode an
instance without credits works at its baseline. In ``unlimited`` mode it goes on at full speed with surplus credits,
pays them back with what it earns, and pays money for those beyond what 24 hours earn; what it owes when it is stopped
costs money too.

Model. A worker at work uses its share of a vCPU, all of it with one worker per vCPU. In standard mode the balance
decides the speed at moments chosen so that it cannot run out in between: after as long as it lasts with all vCPUs at
work, but not more often than once a second; without credits, at the end of each minute. So an instance slows down with
less than a second's credits left, and a balance is never below zero. While an instance is down it earns nothing.

Left out: AWS lowers the speed gradually as the balance runs low, and charges surplus at the end of the hour.
"""

from __future__ import annotations

import math

import numpy as np

from aws14 import catalog
from aws14.catalog import TCredit
from aws14.errors import ScenarioError
from aws14.model import CpuCredits, Node, Scenario
from aws14.sim.pool import Floats, WorkerPool

MODES = ("standard", "unlimited")
SHORTEST_S = 1.0
"""Between two looks at the balance of an instance at full speed, in seconds."""


class CreditAccount:
    """The credits of one burstable instance, or of several alike, together.

    Parameters
    ----------
    credit : TCredit
        The rules of the type.
    mode : {'standard', 'unlimited'}
        As `aws14.model.CpuCredits`.
    count : int
        How many instances there are.
    at_start : float, optional
        Credits of each at the start; all that can be kept when left out.
    workers_per_vcpu : int
        How many workers share a vCPU.
    tick_s : float
        Length of a tick of the account.
    ticks : int
        How many ticks there are.

    Raises
    ------
    ScenarioError
        When an instance cannot keep that many credits.
    """

    def __init__(
        self,
        credit: TCredit,
        mode: str,
        *,
        count: int,
        at_start: float | None,
        workers_per_vcpu: int,
        tick_s: float,
        ticks: int,
    ) -> None:
        if at_start is not None and at_start > credit.max_credits:
            raise ScenarioError(
                f"credits_at_start is {at_start:g}",
                allowed=f"0 to {credit.max_credits:g}, what a {credit.name} can keep",
            )
        from aws14.kernels.credits import COLUMNS

        self.mode, self.tick_s, self.ticks, self._baseline = mode, tick_s, ticks, credit.baseline
        self.most = credit.max_credits * count
        self.at_start = self.most if at_start is None else at_start * count
        self.earned_per_s = credit.credits_per_hour * count / 3600
        self._lost_per_s = credit.vcpu * count / 60 - self.earned_per_s
        self._workers_per_vcpu = workers_per_vcpu
        self._state = np.array([self.at_start, 0.0])
        self._account, self._throttled_s = np.zeros((ticks, COLUMNS)), np.zeros(ticks)

    @property
    def balance(self) -> float:
        """Credits left now."""
        return float(self._state[0])

    @property
    def speed(self) -> float:
        """Share of full speed at which the vCPUs work now."""
        enough = self.mode == "unlimited" or self.balance >= self._lost_per_s * SHORTEST_S
        return 1.0 if enough else self._baseline

    def lasts_until_s(self, now_s: float) -> float:
        """Until when the speed of now is certain."""
        if self.mode == "unlimited":
            return math.inf
        if self.speed == 1:
            return now_s + self.balance / self._lost_per_s
        return (math.floor(now_s / self.tick_s) + 1) * self.tick_s

    def settle(self, from_s: float, to_s: float, busy_s: Floats) -> None:
        """Earn and spend in a stretch of time, after the one before, in which the speed did not change.

        Parameters
        ----------
        from_s, to_s : float
            The stretch; while throttled within a tick.
        busy_s : ndarray of float64, shape (ticks,)
            Worker-seconds worked in it, per tick.
        """
        if self.speed < 1:
            self._throttled_s[int(from_s / self.tick_s)] += to_s - from_s
        self._settle(from_s, to_s, busy_s, self.earned_per_s)

    def pause(self, from_s: float, to_s: float) -> None:
        """Neither earn nor spend in a stretch of time, because the instance is down."""
        self._settle(from_s, to_s, np.zeros(self.ticks), 0.0)

    def _settle(self, from_s: float, to_s: float, busy_s: Floats, earned_per_s: float) -> None:
        from aws14.kernels.credits import settle

        rates = (self.speed / (60 * self._workers_per_vcpu), earned_per_s, self.most, self.mode == "unlimited")
        settle(busy_s, from_s, to_s, self.tick_s, *rates, self._state, self._account)

    def statement(self) -> CpuCredits:
        """Return the account of the run."""
        columns = ("earned", "spent", "discarded", "charged", "balance", "owed")
        return CpuCredits(
            mode=self.mode,
            at_start=self.at_start,
            most=self.most,
            throttled_s=self._throttled_s,
            **{name: self._account[:, number].copy() for number, name in enumerate(columns)},
        )


def open_account(scenario: Scenario, server: Node, *, tick_s: float, ticks: int) -> CreditAccount | None:
    """Return the credit account of the instance that answers, at the start of a run; None for a type without credits.

    Raises
    ------
    DesignError
        When the credit mode of a burstable instance was not read back.
    ScenarioError
        When the mode is none, or an instance cannot keep that many credits.
    """
    machine = catalog.instance_type(str(server.require("instance_type")))
    if not machine.burstable:
        return None
    mode = str(server.require("cpu_credits"))
    if mode not in MODES:
        raise ScenarioError(
            f"'{server.id}' is a burstable {machine.name} with cpu_credits '{mode}'",
            allowed=" or ".join(MODES),
            cure=f"what_if(topology, '{server.id}', instance_type='{machine.name}', cpu_credits='standard')",
        )
    return CreditAccount(
        catalog.t_credit(machine.name),
        mode,
        count=server.count,
        at_start=scenario.credits_at_start,
        workers_per_vcpu=scenario.application.workers_per_vcpu,
        tick_s=tick_s,
        ticks=ticks,
    )


def run_on_credits(pool: WorkerPool, account: CreditAccount, from_s: float, to_s: float) -> None:
    """Run a pool as fast as its credits let it, and settle them."""
    now_s = from_s
    while now_s < to_s:
        pool.set_speed(now_s, account.speed)
        until_s = min(account.lasts_until_s(now_s), to_s)
        pool.run_until(until_s)
        account.settle(now_s, until_s, pool.busy_s(now_s, until_s, tick_s=account.tick_s, ticks=account.ticks))
        now_s = until_s

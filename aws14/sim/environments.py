"""Execution environments of a function: who waits for a new one, who is refused, and how many stand idle.

Model. An invocation has its environment to itself. It takes one that is kept ready; else, as long as fewer run at the
same time than are allowed, the one that became idle last; else a new one, which starts first, if one more may be
started yet (`aws14.sim.admission.environment_starts`). An idle environment is given up after a time that AWS does not
state. One whose invocation ran into its time-out, or found no connection to the database, is given up at once. A
function asks the database when it begins; its servers take what comes in the order in which it comes.

Left out: environments that AWS renews after some hours although they work, an environment kept ready that starts again
after a time-out, the retries of asynchronous invocations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.errors import ScenarioError

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_LARGE = 1_000_000
"""Concurrency that no run reaches; the work space of the kernel grows with the limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What decides which environment an invocation gets.

    Parameters
    ----------
    limit : int
        Invocations that may run at the same time, those in provisioned environments included.
    provisioned : int
        Environments that are always ready.
    timeout_s : float
        Time after which an invocation is ended; ``inf``: never.
    start_rate, start_burst : float
        New environments a second, and at once; ``inf``: as many as are wanted.
    connections_each : int
        Connections to the database that each environment keeps; 0: none is counted.
    connections_most : float
        Connections that the database allows.
    database_servers : int
        Processors, or pooled connections, that work for the invocations; 0: nobody has to queue for them.

    Raises
    ------
    ScenarioError
        When there are more environments always ready than invocations may run.
    """

    limit: int
    provisioned: int = 0
    timeout_s: float = math.inf
    start_rate: float = math.inf
    start_burst: float = math.inf
    connections_each: int = 0
    connections_most: float = math.inf
    database_servers: int = 0

    def __post_init__(self) -> None:
        """Refuse what AWS refuses."""
        if not 0 <= self.provisioned <= self.limit:
            raise ScenarioError(
                f"{self.provisioned} provisioned environments do not fit into a concurrency of {self.limit}",
                allowed="0 up to the limit",
            )


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Invocations:
    """What became of invocations, in order of arrival, and of the environments that were made.

    Parameters
    ----------
    arrival_s, begin_s, end_s : ndarray of float64, shape (n,)
        When each came; when the function began (later by the start of a new environment) and ended; NaN if refused.
    verdict : ndarray of int8, shape (n,)
        Constants of `aws14.kernels.environments`.
    env : ndarray of int32, shape (n,)
        Number of the environment; -1: one that is always ready, -2: none.
    created_s, gone_s : ndarray of float64, shape (environments,)
        When each environment was made and given up.
    provisioned : int
        Environments always ready, beside those.
    """

    arrival_s: Floats
    begin_s: Floats
    end_s: Floats
    verdict: NDArray[np.int8]
    env: NDArray[np.int32]
    created_s: Floats
    gone_s: Floats
    provisioned: int

    @property
    def ran(self) -> NDArray[np.bool_]:
        """Which ran. Shape (n,)."""
        return self.env > -2

    @property
    def cold(self) -> NDArray[np.bool_]:
        """Which waited for a new environment. Shape (n,)."""
        cold: NDArray[np.bool_] = np.zeros(len(self.env), np.bool_)
        made = self.env >= 0
        cold[made] = self.arrival_s[made] == self.created_s[self.env[made]]
        # Two that arrive at one instant do not share an environment, so the instant names the invocation.
        return cold

    def standing(self, at_s: Floats) -> Counts:
        """How many environments there are at given times, those always ready included. Shape (times,)."""
        made = np.searchsorted(self.created_s, at_s, "right")
        gone = np.searchsorted(np.sort(self.gone_s), at_s, "right")
        return made - gone + self.provisioned

    def running(self, at_s: Floats) -> Counts:
        """How many invocations run at given times, starts of their environments included. Shape (times,)."""
        ran = self.ran
        come = np.searchsorted(self.arrival_s[ran], at_s, "right")
        return come - np.searchsorted(np.sort(self.end_s[ran]), at_s, "right")

    def most_running(self, tick_s: float, ticks: int) -> Counts:
        """Most invocations that ran at the same time, tick by tick. Shape (ticks,).

        Ends in the order of time are merged with arrivals; what ends at an instant ends before what comes.
        """
        come, end = self.arrival_s[self.ran], np.sort(self.end_s[self.ran])
        after = np.arange(1, len(come) + 1) - np.searchsorted(end, come, "right")
        most = self.running(np.arange(ticks, dtype=np.float64) * tick_s)
        np.maximum.at(most, np.minimum((come / tick_s).astype(np.int64), ticks - 1), after)
        return most


def invoke(
    arrival_s: Floats,
    work_s: Floats,
    db_s: Floats,
    *,
    start_s: Floats,
    keep_s: Floats,
    rules: Rules,
) -> Invocations:
    """Invoke a function.

    Parameters
    ----------
    arrival_s, work_s, db_s : ndarray of float64, shape (n,)
        When each invocation arrives, ascending; how long the function works; how long the database works for it.
    start_s, keep_s : ndarray of float64, shape (m,)
        How long the k-th new environment takes to start, and how long it is kept while idle; they are used again from
        the front when more than m are made.
    rules : Rules
        What decides.
    """
    from aws14.kernels import environments as loop

    size = len(arrival_s)
    work = tuple(_read_only(array) for array in (arrival_s, work_s, db_s))
    places = min(rules.limit, _LARGE, size) + 1
    begin_s, end_s, created_s, gone_s = (np.empty(size) for _ in range(4))
    verdict, env = np.empty(size, np.int8), np.empty(size, np.int32)
    count, bucket = np.zeros(loop.COUNTERS, np.int64), np.zeros(loop.BUCKET)
    array = _as_array(rules)
    count[loop.FREE_READY], bucket[loop.TOKENS] = rules.provisioned, array[loop.START_BURST]
    loop.invoke(
        work, (_read_only(start_s), _read_only(keep_s)), array, np.zeros(rules.database_servers),
        count, bucket, np.empty(places), np.empty(places, np.int64), np.empty(size), np.empty(size, np.int64),
        np.empty(size, np.int64), np.empty(size), np.empty(size, np.int8),
        begin_s, end_s, verdict, env, created_s, gone_s,
    )  # fmt: skip
    made = int(count[loop.MADE])
    return Invocations(
        arrival_s=work[0],
        begin_s=begin_s,
        end_s=end_s,
        verdict=verdict,
        env=env,
        created_s=created_s[:made].copy(),
        gone_s=gone_s[:made].copy(),
        provisioned=rules.provisioned,
    )


def _read_only(array: Floats) -> Floats:
    """A view that the kernel can only read, whatever the array was."""
    view = np.ascontiguousarray(array, np.float64).view()
    view.setflags(write=False)
    return view


def _as_array(rules: Rules) -> Floats:
    from aws14.kernels import environments as loop

    array = np.zeros(loop.RULES)
    array[loop.LIMIT], array[loop.PROVISIONED] = min(rules.limit, _LARGE), rules.provisioned
    array[loop.TIMEOUT_S] = rules.timeout_s
    # A finite size, for no token is left of one taken from infinitely many when they are multiplied by no time.
    array[loop.START_RATE] = min(rules.start_rate, 1e12)
    array[loop.START_BURST] = min(rules.start_burst, 1e12)
    array[loop.CONNECTIONS_EACH], array[loop.CONNECTIONS_MOST] = rules.connections_each, rules.connections_most
    return array

"""What happens around a notebook cell: the meter ticks after it, and errors are one readable line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from aws14 import cloud, cost
from aws14.errors import Aws14Error
from aws14.lab import missing
from aws14.model import Topology

if TYPE_CHECKING:
    from aws14.lab.face import Lab


class CellMeter:
    """Shows what was added to the hourly cost, after a cell that created something.

    Parameters
    ----------
    lab : Lab
        Whose account is read.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.seen = self._count()
        self.before: Topology | None = None

    def __call__(self, _: Any = None) -> None:
        """Read back and show the meter when a call has changed something since the last cell."""
        if (count := self._count()) == self.seen:
            return
        self.seen = count
        try:
            after = self.lab.built()
            reading = cost.meter(self.before, after)
        except Aws14Error as problem:
            self.lab.session.say(f"The meter cannot be read: {problem}")
            return
        self.before = after
        if reading.shown:
            _display(reading)

    def _count(self) -> tuple[int, int]:
        # A pattern that another lab of this notebook builds is seen by the ledger they share.
        return self.lab.session.changes, self.lab.session.ledger.writes


def attach(lab: Lab) -> None:
    """Put the meter of this lab behind every cell of the running notebook, in place of an earlier lab's.

    The notebook's own clients then find the names of the embedded AWS.
    """
    shell = _shell()
    if shell is None:
        return
    cloud.readable_errors(partial(missing.told, lab))
    cloud.follow(lab.session)
    earlier = getattr(shell, "aws14_meter", None)
    if earlier is not None:
        shell.events.unregister("post_run_cell", earlier)
    shell.aws14_meter = CellMeter(lab)
    shell.events.register("post_run_cell", shell.aws14_meter)


def hand_over(names: Mapping[str, Any]) -> None:
    """Give names to the running notebook, as if its own cells had defined them."""
    shell = _shell()
    if shell is not None:
        shell.push(dict(names))


def _shell() -> Any:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _display(reading: object) -> None:
    from IPython.display import display

    display(reading)  # type: ignore[no-untyped-call] # IPython has no types here

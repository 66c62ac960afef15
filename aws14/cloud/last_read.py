"""What was read back last, for as long as nothing happened: a chapter asks for it after almost every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws14.cloud.readback import read_back
from aws14.model import Topology

if TYPE_CHECKING:
    from aws14.cloud.session import Session

__all__ = ["LastRead"]

_FRESH_S = 60.0
"""AWS seconds. What an answer says may depend on the time without that anything happens."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """When something was read: marks of the cloud and of the ledger, and AWS time in epoch seconds."""

    state: str
    ledger: int
    now_s: float

    def holds(self, at: _Moment) -> bool:
        """Whether what was read then is true at another moment."""
        same = (self.state, self.ledger) == (at.state, at.ledger)
        return same and 0 <= at.now_s - self.now_s < _FRESH_S


class LastRead:
    """Reads back what a pattern has built, and remembers it on the embedded AWS, which says whether anything happened.

    Parameters
    ----------
    session : Session
        The account.
    pattern : str
        Word of the pattern.
    """

    def __init__(self, session: Session, pattern: str) -> None:
        self._session = session
        self._pattern = pattern
        self._kept: tuple[_Moment, Topology] | None = None

    def topology(self) -> Topology:
        """What is built now.

        Raises
        ------
        ReadbackError
            When an attribute cannot be read.
        """
        moment = self._moment()
        if moment is not None and self._kept is not None and self._kept[0].holds(moment):
            return self._kept[1]
        built = read_back(self._session, pattern=self._pattern)
        self._kept = None if moment is None else (moment, built)
        return built

    def _moment(self) -> _Moment | None:
        """None where nobody says whether anything happened: every question is then put to AWS."""
        if self._session.place.control is None:
            return None
        status = self._session.place.control.status()
        # Whatever happens while AWS is asked comes after this moment: it is asked again the next time.
        return _Moment(str(status["state"]), self._session.ledger.writes, float(status["now"]))

"""What a script on a machine asks of the world beyond the machine, and when.

A script runs at once, but its clock goes on as it works: installing takes its time, ``sleep`` too. What it asks of the
world (the metadata service, another machine, a way to the Internet) it has to ask at that time. So a script that gets
ahead of AWS time is suspended, and later run again from its beginning on a copy of the machine as it was, with the
answers it had got so far: everything else about it repeats itself exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from aws14.emulator.machines.shell.errors import SuspendedError, UnsupportedError

__all__ = ["Network", "Outside", "Reply", "Request"]

_MOST_QUESTIONS = 2_000
_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Request:
    """An HTTP request that leaves a machine.

    Parameters
    ----------
    method, scheme, host, path : str
        ``path`` with its query.
    port : int
        TCP.
    headers : dict
        Names in lower case.
    body : bytes
        Of the request.
    """

    method: str
    scheme: str
    host: str
    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What comes back: an HTTP response, or why there is none.

    Parameters
    ----------
    status : int
        0 where there is no response.
    headers : dict
        Of the response.
    body : bytes
        Of the response.
    problem : {'', 'timed out', 'refused', 'reset', 'unresolved'}
        Why there is no response.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    problem: str = ""


class Network(Protocol):
    """The network as machines use it, with the metadata service; `aws14.emulator.machines.way` has this emulator's."""

    def has_internet(self, instance_id: str) -> bool:
        """Whether it reaches the Internet on port 443."""

    def has_packages(self, instance_id: str) -> bool:
        """Whether it reaches the repositories of its distribution."""

    def fetch(self, instance_id: str, request: Request) -> Reply:
        """Answer a request that leaves a machine."""

    def connects(self, instance_id: str, host: str, port: int) -> str:
        """Return ``""`` if a connection comes about, else one of the problems of `Reply`."""

    def metadata(self, instance_id: str, request: Request, now: float) -> Reply:
        """Answer as the metadata service of that instance."""


class Outside:
    """The world beyond a machine as one script meets it.

    Parameters
    ----------
    instance_id : str
        Whose script.
    network : Network
        Who answers.
    began : float
        Epoch seconds of AWS time at which the script began.
    answers : list, optional
        What was answered in earlier runs of the same script; new answers are added.
    until : float or None, optional
        Now, where the script may not ask ahead of its time; None lets it ask everything at once.

    Attributes
    ----------
    now : float
        The script's own time.
    """

    def __init__(
        self,
        instance_id: str,
        network: Network,
        began: float,
        *,
        answers: list[Any] | None = None,
        until: float | None = None,
    ) -> None:
        self.now = began
        self._instance_id = instance_id
        self._network = network
        self._answers = [] if answers is None else answers
        self._asked = 0
        self._steps = 0
        self._until = until

    def spend(self, seconds: float) -> None:
        """Let the script's time go on."""
        self.now += seconds

    def step(self) -> None:
        """Count one command.

        Raises
        ------
        UnsupportedError
            There have been too many: the script does not end.
        """
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise UnsupportedError(f"a script that does not end ({_MOST_STEPS} commands)")

    def has_internet(self) -> bool:
        """Whether the machine reaches the Internet."""
        return bool(self._ask("has_internet"))

    def has_packages(self) -> bool:
        """Whether the machine reaches its package repositories."""
        return bool(self._ask("has_packages"))

    def connects(self, host: str, port: int) -> str:
        """Return ``""`` or the problem of a connection."""
        return str(self._ask("connects", host, port))

    def fetch(self, request: Request) -> Reply:
        """Send an HTTP request."""
        reply: Reply = self._ask("fetch", request)
        return reply

    def metadata(self, request: Request) -> Reply:
        """Ask the metadata service."""
        reply: Reply = self._ask("metadata", request, self.now)
        return reply

    def _ask(self, question: str, *details: Any) -> Any:
        if self._asked == len(self._answers):
            if self._until is not None and self.now > self._until:
                raise SuspendedError(self.now)
            if self._asked >= _MOST_QUESTIONS:
                raise UnsupportedError(f"a script that does not end ({_MOST_QUESTIONS} requests)")
            self._answers.append(getattr(self._network, question)(self._instance_id, *details))
        self._asked += 1
        return self._answers[self._asked - 1]

"""Session: plain boto3 clients for one pattern in one account, embedded or real."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from threading import Lock
from typing import Any

from botocore.exceptions import UnknownServiceError

from aws14.cloud.kubernetes_clients import Clusters
from aws14.cloud.ledger import Ledger
from aws14.cloud.place import Control, Place, Target
from aws14.cloud.recorder import Recorder
from aws14.cloud.scan import reopen
from aws14.cloud.waiting import on_the_clock
from aws14.errors import CloudError, NotAvailable

_READING = ("Describe", "Get", "List", "Head", "Test", "Search", "Lookup", "Select", "Query", "Scan")
"""How the names of operations begin that change nothing."""


class Session:
    """Plain boto3 clients whose creating calls are tagged, recorded, and made only once.

    Get one from `aws14.cloud.connect`.

    Parameters
    ----------
    place : Place
        The AWS and the account.
    ledger : Ledger
        Where creating calls are recorded.
    pattern : str
        Word of the pattern that is being built; empty for none.
    say : callable
        Where messages go.

    Attributes
    ----------
    changes : int
        How many calls that may have changed something were answered.
    """

    def __init__(self, place: Place, *, ledger: Ledger, pattern: str = "", say: Callable[[str], None] = print) -> None:
        self.place = place
        self.ledger = ledger
        self.pattern = pattern
        self.say = say
        self.changes = 0
        self._boto = place.open()
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = Lock()
        Recorder(self).listen(self._boto.events)
        self._boto.events.register("after-call", self._count)

    def __repr__(self) -> str:
        what = self.pattern or "no pattern"
        return f"Session({self.target}, account {self.account_id}, {self.region}, {what})"

    def _count(self, model: Any, **_: Any) -> None:
        if not model.name.startswith(_READING):
            self.changes += 1

    @property
    def region(self) -> str:
        """The AWS region that clients speak to unless told otherwise."""
        return self.place.region

    @property
    def target(self) -> Target:
        """``emulator``, ``aws`` or ``endpoint``."""
        return self.place.target

    @property
    def account_id(self) -> str:
        """The account's twelve digits."""
        return self.place.account_id

    def client(self, service: str, region: str | None = None) -> Any:
        """A plain boto3 client; the same one for the same service and region.

        Parameters
        ----------
        service : str
            As in ``boto3.client``: ``ec2``, ``route53``...; ``kubernetes`` for what stands inside clusters.
        region : str, optional
            Region name; the session's own when left out.
        """
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = Clusters(self, key[1]) if service == "kubernetes" else self._boto_client(*key)
            return self._clients[key]

    def _boto_client(self, service: str, region: str) -> Any:
        client = self._new_client(service, region)
        return on_the_clock(client, self) if self.place.control else client

    def _new_client(self, service: str, region: str) -> Any:
        try:
            return self.place.client(self._boto, service, region)
        except UnknownServiceError:
            close = get_close_matches(service, self._boto.get_available_services(), n=3)
            meant = " or ".join(close) or "look at boto3's list of services"
            raise CloudError(f"boto3 has no service '{service}'", cure=meant) from None

    def for_pattern(self, pattern: str) -> Session:
        """The same account, for building another pattern."""
        return Session(self.place, ledger=self.ledger, pattern=pattern, say=self.say)

    def now(self) -> float:
        """AWS time in epoch seconds: the embedded AWS's own clock, else the wall clock."""
        return float(self.place.control.status()["now"]) if self.place.control else time.time()

    def advance(self, seconds: float) -> float:
        """Let AWS time pass, with everything that falls due in it; returns the new time in epoch seconds.

        Raises
        ------
        NotAvailable
            Outside the embedded AWS, as the three methods below.
        """
        now, _ = self._control("advance").advance(seconds)
        return now

    def status(self) -> Mapping[str, Any]:
        """What the embedded AWS says of itself; elsewhere where this session works."""
        if self.place.control:
            return self.place.control.status()
        return {"target": self.target, "account": self.account_id, "region": self.region, "now": self.now()}

    def save(self, name: str) -> None:
        """Keep the whole embedded cloud under a name."""
        self._control("save").save(name)

    def restore(self, name: str) -> None:
        """Go back to an embedded cloud kept under a name."""
        self._control("restore").restore(name)
        reopen(self)

    def reset(self) -> None:
        """Start again with an empty embedded cloud."""
        self._control("reset").reset()

    def _control(self, verb: str) -> Control:
        if self.place.control is None:
            raise NotAvailable(
                f"{verb} works on the embedded AWS only; this session works on {self.target}",
                cure="aws14.connect() without a target, for the embedded AWS",
            )
        return self.place.control

"""Where workers report: one loopback port of this process, on which each shows the token it was given."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aws14.emulator.workers.inside.channel import Channel
from aws14.emulator.workers.spec import Loopback, Network

__all__ = ["Desk", "Seat", "the_desk"]

_JOINING_S = 10.0


class Seat:
    """What the desk keeps for one worker.

    Parameters
    ----------
    network : Network
        Answers its questions about names and ways.
    loopback : Loopback
        Its localhost.
    """

    def __init__(self, network: Network, loopback: Loopback) -> None:
        self.token = secrets.token_hex(16)
        self.network = network
        self.loopback = loopback
        self.orders: Channel | None = None
        self.joined = threading.Event()

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one question of the worker."""
        if question["ask"] == "resolve":
            name = str(question["name"])
            addresses = self.network.resolve(name)
            return {"addresses": addresses, "explanation": "" if addresses else f"{name}: Name or service not known"}
        if question["ask"] == "bind":
            return {"port": self.loopback.bind(question["port"], question["real"], self.token)}
        return self._way(str(question["host"]), int(question["port"]))

    def _way(self, host: str, port: int) -> dict[str, Any]:
        way = self.loopback.connect(port) if host.startswith("127.") else self.network.connect(host, port)
        return {"port": way.port, "outcome": way.outcome, "explanation": way.explanation}


class Desk:
    """The port, and who may sit at it.

    Attributes
    ----------
    port : int
        On loopback.
    """

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="desk", daemon=True).start()

    def reserve(self, seat: Seat) -> None:
        """Expect a worker with this seat's token."""
        self._seats[seat.token] = seat

    def clear(self, seat: Seat) -> None:
        """Expect it no more, and hang up: the worker ends by that."""
        self._seats.pop(seat.token, None)
        seat.loopback.release(seat.token)
        if seat.orders is not None:
            seat.orders.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._welcome, args=(connection,), name="worker", daemon=True).start()

    def _welcome(self, connection: socket.socket) -> None:
        channel = Channel(connection)
        channel.patience(_JOINING_S)
        with suppress(OSError, ValueError, KeyError):
            said = channel.receive()
            seat = self._seats.get(said[0]["token"]) if said is not None else None
            if said is not None and seat is not None:
                channel.patience(None)
                self._seat(channel, seat, said[0]["role"])
                return
        channel.close()

    def _seat(self, channel: Channel, seat: Seat, role: str) -> None:
        if role == "orders":
            seat.orders = channel
            seat.joined.set()
            return
        while (question := channel.receive()) is not None:
            channel.send(seat.answer(question[0]))
        channel.close()


_DESK: list[Desk] = []
_MAKING = threading.Lock()


def the_desk() -> Desk:
    """Return the desk of this process, opened at the first worker."""
    with _MAKING:
        if not _DESK:
            _DESK.append(Desk())
        return _DESK[0]

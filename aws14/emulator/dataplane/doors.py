"""Loopback ports that lead into the cloud: two that all names share, and one a destination for those who connected.

One thread accepts on all of them; each connection has a thread of its own. Who comes to a door that does not lead
anywhere (any more) sees the connection closed without a byte.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from aws14.emulator.dataplane.answering import Shown
from aws14.emulator.dataplane.certificates import Authority
from aws14.emulator.dataplane.connecting import Ask, Connection
from aws14.emulator.dataplane.conversation import Conversation, Door, Traffic
from aws14.emulator.dataplane.tls import called_name
from aws14.errors import ScenarioError

__all__ = ["Doors"]

_log = logging.getLogger(__name__)
_HTTPS = 443
_MOST_DOORS = 128
_HANDSHAKE_S = 10.0


class Doors:
    """The open doors.

    Parameters
    ----------
    traffic : Traffic
        Who decides and answers.
    authority : Authority
        Whose certificates TLS shows.

    Attributes
    ----------
    http_port, tls_port : int
        The shared ports: plain HTTP by the ``Host`` header, TLS by the name that the client calls.
    """

    def __init__(self, traffic: Traffic, authority: Authority) -> None:
        self._traffic = traffic
        self._authority = authority
        self._lock = threading.Lock()
        self._listeners: dict[Ask, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._tasks: SimpleQueue[Callable[[], Any]] = SimpleQueue()
        self._bell, self._ringer = socket.socketpair()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._closed = False
        self.http_port = self._listen(Door(traffic)).getsockname()[1]
        self.tls_port = self._listen(Door(traffic, tls=True)).getsockname()[1]
        threading.Thread(target=self._accept, name="doors", daemon=True).start()

    def open(self, ask: Ask) -> int:
        """The loopback port that leads where `ask` wants, opened if it is not yet.

        Of many, the one unused longest is closed.
        """
        with self._lock:
            listener = self._listeners.pop(ask, None) or self._listen(Door(self._traffic, ask))
            self._listeners[ask] = listener
            if len(self._listeners) > _MOST_DOORS:
                oldest = self._listeners.pop(next(iter(self._listeners)))
                self._do(lambda: self._shut(oldest))
            port: int = listener.getsockname()[1]
            return port

    def close(self) -> None:
        """Close all of them; conversations that go on end with the process."""
        self._do(self._end)

    def _listen(self, door: Door) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        listener.setblocking(False)
        self._do(lambda: self._selector.register(listener, selectors.EVENT_READ, door))
        return listener

    def _do(self, task: Callable[[], Any]) -> None:
        # Selectors are not for several threads: all is done by the one that accepts.
        self._tasks.put(task)
        self._ringer.send(b".")

    def _end(self) -> None:
        # Set by the thread that accepts: it must not close the bell while somebody still rings it.
        self._closed = True

    def _shut(self, listener: socket.socket) -> None:
        self._selector.unregister(listener)
        listener.close()

    def _accept(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._work()
                else:
                    self._welcome(key.fileobj, key.data)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr] # only sockets are registered
        self._selector.close()

    def _work(self) -> None:
        self._bell.recv(4096)
        with suppress(Empty):
            while True:
                self._tasks.get_nowait()()

    def _welcome(self, listener: Any, door: Door) -> None:
        try:
            client, _ = listener.accept()
        except OSError:  # it went away again, or the listener was shut in the same round
            return
        threading.Thread(target=self._meet, args=(client, door), name="conversation", daemon=True).start()

    def _meet(self, client: socket.socket, door: Door) -> None:
        try:
            client.setblocking(True)
            led = self._lead(client, door)
            if led is not None:
                with led[0]:
                    Conversation(*led)  # type: ignore[arg-type] # its constructor is the conversation
        except OSError:
            pass  # it went away
        except Exception:
            _log.exception("a conversation failed")
        finally:
            client.close()

    def _lead(self, client: socket.socket, door: Door) -> tuple[socket.socket, Any, Door] | None:
        """The connection ready for HTTP, and the door it came by; None where it does not lead anywhere."""
        if door.ask is None and not door.tls:
            return client, client.getpeername(), door
        name = called_name(client) if door.ask is None else ""
        ask = door.ask or (Ask(host=name, port=_HTTPS) if name else None)
        if ask is None:
            return None
        try:
            found = self._traffic.look(ask)
        except ScenarioError:
            return None
        if found.outcome != "open":
            return None
        if self._traffic.speaks_tls(found):
            return self._secure(client, found)
        return None if door.tls else (client, client.getpeername(), door)

    def _secure(self, client: socket.socket, found: Connection) -> tuple[socket.socket, Any, Door] | None:
        name = called_name(client)
        if name is None:
            return None
        client.settimeout(_HANDSHAKE_S)
        shown = self._traffic.shown(found, name) or Shown(names=(name or found.ask.host,))
        secured = self._authority.context(shown).wrap_socket(client, server_side=True)
        return secured, secured.getpeername(), Door(self._traffic, found.ask)

"""What is kept: the cloud is saved while there is something to save, restored at the start, and ended when unused."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aws14.emulator import snapshot
from aws14.emulator.call import Call
from aws14.emulator.pickling import Bodies
from aws14.emulator.store import SnapshotError, Store
from aws14.emulator.world import World

__all__ = ["Keeper"]

_log = logging.getLogger(__name__)
#: Seconds between two snapshots while the cloud changes.
_EVERY = 5.0
#: Snapshots take at most one part in this of the time: a big cloud is saved less often.
_SHARE = 20.0


class Keeper:
    """Saves, restores, counts requests, and notices idleness.

    Parameters
    ----------
    world : World
        What is kept.
    store : Store
        Where.
    on_load : callable
        Called when a cloud has been loaded, before anything happens in it.
    """

    def __init__(self, world: World, store: Store, on_load: Callable[[], None]) -> None:
        self._world = world
        self._on_load = on_load
        self._store = store
        self._bodies = Bodies(store.put_body, store.get_body)
        self._writing = threading.Lock()
        self._writes = 0
        self._saved: tuple[int, int] = (0, 0)
        self._life = secrets.token_hex(4)
        self._visits = 0
        self._last_used = time.monotonic()
        self._next_save = 0.0
        self.requests = 0
        self.notices: list[str] = []

    def on_call(self, call: Call) -> None:
        """Count a request; the world lock is held."""
        self.requests += 1
        self._last_used = time.monotonic()
        if not call.reads:
            self.changed()

    def changed(self) -> None:
        """Note that there is something to save; the world lock is held."""
        self._writes += 1
        with suppress(OSError):  # a full disk must not fail the request; saving will say so
            self._store.mark_unsaved()

    def used(self) -> None:
        """Note that somebody uses this process."""
        self._last_used = time.monotonic()

    def visited(self) -> None:
        """Note that somebody uses what is built, and may change what it holds."""
        self._visits += 1
        self.used()

    def state(self) -> str:
        """What tells this cloud from an earlier or later one: the same text means that nothing happened in between."""
        return f"{self._life}-{self._writes}-{self._world.clock.ran}-{self._visits}"

    def save(self, path: Path | None = None) -> int:
        """Save the cloud, as the next generation or to `path`; return the bytes written."""
        with self._writing:
            started = time.monotonic()
            with self._world.turn():
                now, mark = self._world.clock.now(), self._mark()
                data, bodies = snapshot.dump(self._world, self._bodies)
            same = mark == self._saved
            written = self._store.write(path or self._store.current, data, now=now, bodies=bodies, same=same)
            if path is None:
                self._saved = mark
                self._note_what_came_meanwhile(mark[0])
                self._next_save = time.monotonic() + max(_EVERY, _SHARE * (time.monotonic() - started))
            return written

    def _note_what_came_meanwhile(self, writes: int) -> None:
        with self._world.turn():
            self._store.forget_unsaved()
            if self._writes != writes:
                self._store.mark_unsaved()

    def _mark(self) -> tuple[int, int]:
        return self._writes, self._world.clock.ran

    def restore(self, path: Path) -> None:
        """Replace the cloud by the snapshot at `path`.

        Raises
        ------
        SnapshotError
            It cannot be read; the cloud is as before.
        """
        data = self._store.read(path)
        with self._world.turn():
            snapshot.load(data, self._world, self._bodies)
            self._on_load()
            self._world.announce()
            self.changed()

    def resume(self) -> None:
        """Restore the last whole snapshot, setting bad ones aside; what the learner should know becomes a notice."""
        lost = self._store.lost_seconds()
        if lost is not None:
            self.notices.append(
                f"The embedded AWS ended abruptly: changes of the last {max(1, round(lost))} s were lost."
            )
        for path in (self._store.current, self._store.previous):
            if path.exists() and self._resume_from(path):
                break
        self._store.forget_unsaved()
        self._saved = self._mark()
        self._store.drop_unused_bodies()

    def _resume_from(self, path: Path) -> bool:
        try:
            data = self._store.read(path)
            with self._world.turn():
                snapshot.load(data, self._world, self._bodies)
                self._on_load()
            return True
        except SnapshotError as bad:
            problem = str(bad)
        except Exception:  # a pickle can fail in as many ways as there are classes in it
            _log.exception("restoring %s", path)
            problem = f"{path.name} could not be read"
        kept = self._store.set_aside(path)
        self.notices.append(f"A saved cloud was set aside: {problem}. It is kept as {kept.parent.name}/{kept.name}.")
        return False

    def keep(self, stopped: threading.Event, *, idle_s: float, end: Callable[[], Any]) -> None:
        """Save what changes and call `end` when nobody asked for `idle_s` seconds; the body of one thread.

        Parameters
        ----------
        stopped : threading.Event
            Ends this.
        idle_s : float
            Real seconds.
        end : callable
            Asks the process to end.
        """
        while not stopped.wait(min(1.0, idle_s / 4)):
            if self._mark() != self._saved and time.monotonic() >= self._next_save:
                self.try_to_save()
            if time.monotonic() - self._last_used > idle_s:
                _log.info("unused for %.0f s: ending", idle_s)
                end()

    def try_to_save(self) -> None:
        """Save the cloud; if that fails, go on, with a notice."""
        try:
            self.save()
        except Exception as error:  # a full disk, or a behaviour with something unpicklable: the learner goes on
            _log.exception("saving")
            self._next_save = time.monotonic() + 60.0
            notice = f"The cloud could not be saved: {error}"
            if notice not in self.notices:
                self.notices.append(notice)

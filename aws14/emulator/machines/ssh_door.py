"""SSH into instances: a loopback port for each instance and source, opened when somebody connects.

Keys and users are the machine's own: who may log in stands in ``authorized_keys`` on its disk. Whether routes, groups
and ACLs let the source through was decided by the data plane when it opened the door; at each login it is asked again.

One thread has an event loop for all doors; commands run in its workers, under the world lock, and nobody is waited for
with the lock held.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.machines.registry import of
from aws14.emulator.world import world

__all__ = ["host_key", "open"]

_log = logging.getLogger(__name__)
_HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
_LONGEST_OPENING_S = 10.0
_lock = threading.Lock()
_loops: list[asyncio.AbstractEventLoop] = []
_doors: dict[tuple[str, str], Any] = {}


def open(instance_id: str, source: str) -> int:  # noqa: A001 - ssh_door.open
    """Return the loopback port of the door to an instance for a source. The world lock is not held.

    Parameters
    ----------
    instance_id : str
        Where it leads.
    source : str
        Who comes through it: ``internet``, an address, a CIDR block, an instance.

    Raises
    ------
    KeyError
        There is no such instance.
    """
    with world().turn():
        key = _ensured_host_key(instance_id)
    with _lock:
        if not _loops:
            _loops.append(_start_loop())
        if (instance_id, source) not in _doors:
            _doors[instance_id, source] = _listen(instance_id, source, key)
        port: int = _doors[instance_id, source].get_port()
        return port


def host_key(instance_id: str) -> str:
    """Return the public host key of an instance, as in ``known_hosts``. The world lock is held."""
    _ensured_host_key(instance_id)
    return of(instance_id).disk.text(f"{_HOST_KEY}.pub").strip()


def _ensured_host_key(instance_id: str) -> str:
    import asyncssh

    disk = of(instance_id).disk
    if not disk.text(_HOST_KEY):
        key = asyncssh.generate_private_key("ssh-ed25519")
        disk.write(_HOST_KEY, key.export_private_key(), mode=0o600)
        disk.write(f"{_HOST_KEY}.pub", key.export_public_key())
        world().clock.after(0.0, "ssh.changes")
    return disk.text(_HOST_KEY)


@handles("ssh.changes")
def _changes() -> None:
    """Nothing happens: an event that has run tells the keeper that there is something to save."""


def _start_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    threading.Thread(target=loop.run_forever, name="ssh", daemon=True).start()
    return loop


def _listen(instance_id: str, source: str, key: str) -> Any:
    import asyncssh

    from aws14.emulator.machines.ssh_login import Login
    from aws14.emulator.machines.ssh_shell import serve

    async def begin() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: Login(instance_id, source),
            server_host_keys=[asyncssh.import_private_key(key)],
            process_factory=lambda process: serve(process, instance_id),
            password_auth=False,
            kbdint_auth=False,
            allow_scp=False,
        )

    return asyncio.run_coroutine_threadsafe(begin(), _loops[0]).result(_LONGEST_OPENING_S)

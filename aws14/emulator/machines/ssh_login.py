"""Who may log in by SSH: the way there, the user, the key."""

from __future__ import annotations

import asyncio

import asyncssh

from aws14.emulator.machines.registry import of
from aws14.emulator.machines.way import reaches_instance
from aws14.emulator.world import world

__all__ = ["Login"]

_SSH = 22


class Login(asyncssh.SSHServer):
    """One connection that wants in.

    Parameters
    ----------
    instance_id : str
        Where to.
    source : str
        From where.
    """

    def __init__(self, instance_id: str, source: str) -> None:
        self._instance_id = instance_id
        self._source = source
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Keep the connection, to end it where there is no way any more."""
        self._connection = conn

    async def begin_auth(self, username: str) -> bool:
        """Ask again whether the source gets here; if not, the connection ends without a word."""
        del username
        if not await asyncio.get_running_loop().run_in_executor(None, self._is_open) and self._connection:
            self._connection.abort()
        return True

    def _is_open(self) -> bool:
        with world().turn():
            try:
                return reaches_instance(self._source, self._instance_id) and of(self._instance_id).listens(_SSH)
            except KeyError:
                return False

    def public_key_auth_supported(self) -> bool:
        """Keys alone: the images of AWS take no passwords."""
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether the key stands in the user's ``authorized_keys``; root's are those of the image's user."""
        return await asyncio.get_running_loop().run_in_executor(None, self._is_authorized, username, key)

    def _is_authorized(self, username: str, key: asyncssh.SSHKey) -> bool:
        with world().turn():
            try:
                machine = of(self._instance_id)
            except KeyError:
                return False
            holder = machine.users.get(machine.login if username == "root" else username)
            text = machine.disk.text(f"{holder.home}/.ssh/authorized_keys") if holder is not None else ""
        offered = key.export_public_key().split()[:2]
        return any(offered == _key_of(line) for line in text.splitlines())


def _key_of(line: str) -> list[bytes]:
    """Kind and key of a line of ``authorized_keys``, without options and comment."""
    words = line.split()
    start = next((at for at, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-", "sk-"))), len(words))
    return [word.encode() for word in words[start : start + 2]]

"""Log in to an instance over SSH, run one command, and say what came of it.

On the embedded AWS the way leads through its network first: a wall on it is a time-out, told at once. On a real
account it is an ordinary SSH connection to the instance's public address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws14.cloud.session import Session
from aws14.cloud.sources import own_source
from aws14.errors import CloudError

__all__ = ["Login", "log_in"]

SSH_PORT = 22


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """What came of a login.

    Parameters
    ----------
    outcome : str
        ``logged_in``, ``denied`` (the server wants another key or user), or what the network did: ``timed_out``,
        ``refused``, ``name_not_found``, ``unreachable``.
    text : str
        What the command printed, standard output first.
    status : int
        The command's exit status; -1 without a login.
    explanation : str
        Why there is no login.
    """

    outcome: str
    text: str = ""
    status: int = -1
    explanation: str = ""

    def __str__(self) -> str:
        """What a terminal would show."""
        if self.outcome == "logged_in":
            return self.text.rstrip("\n")
        return f"{self.outcome.replace('_', ' ')}: {self.explanation}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wish:
    user: str
    key: Path
    command: str
    patience_s: float


def log_in(
    session: Session,
    host: str,
    command: str,
    *,
    key_file: str | Path,
    user: str = "ec2-user",
    source: str = "internet",
    patience_s: float = 20.0,
) -> Login:
    """Run one command on `host` as `user`, with a private key.

    Parameters
    ----------
    session : Session
        The account.
    host : str
        A name or address of the instance.
    command : str
        For the shell there.
    key_file : str or Path
        The private key, as AWS gave it out.
    user : str
        Amazon Linux has ``ec2-user``.
    source : str
        From where, on the embedded AWS: ``internet``, an address such as one of the office's, an instance.
    patience_s : float
        How long the client waits.

    Raises
    ------
    CloudError
        When there is no such key file, or it holds no private key.
    """
    wish = _Wish(user=user, key=_key(key_file), command=command, patience_s=patience_s)
    if session.place.control is None:
        return _run(_shell(host, SSH_PORT, wish))
    found = session.place.control.connect(host, SSH_PORT, own_source(session, source))
    if found["outcome"] != "open" or not found["loopback_port"]:
        return Login(outcome=found["outcome"], explanation=found["explanation"])
    return _run(_shell("127.0.0.1", found["loopback_port"], wish))


def _key(key_file: str | Path) -> Path:
    import asyncssh

    path = Path(key_file)
    try:
        asyncssh.read_private_key(path)
    except FileNotFoundError:
        raise CloudError(
            f"there is no key file '{path}'", cure="lab.keep_private keeps the key AWS gives out"
        ) from None
    except asyncssh.KeyImportError as error:
        raise CloudError(f"'{path.name}' holds no private key: {error}") from None
    return path


def _run(connection: Coroutine[Any, Any, Login]) -> Login:
    # A notebook's own event loop is running; the connection gets a loop on a thread of its own.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, connection).result()


async def _shell(host: str, port: int, wish: _Wish) -> Login:
    import asyncssh

    try:
        async with asyncio.timeout(wish.patience_s):
            async with asyncssh.connect(
                host,
                port,
                username=wish.user,
                client_keys=[str(wish.key)],
                known_hosts=None,
                agent_path=None,
                config=None,
                preferred_auth="publickey",
            ) as connection:
                done = await connection.run(wish.command)
    except asyncssh.PermissionDenied as error:
        return Login(outcome="denied", explanation=str(error.reason))
    except TimeoutError:
        return Login(outcome="timed_out", explanation=f"no answer within {wish.patience_s:g} s")
    except (OSError, asyncssh.Error) as error:
        return Login(outcome="refused", explanation=str(error))
    status = done.exit_status if done.exit_status is not None else -1
    return Login(outcome="logged_in", text=_text(done.stdout) + _text(done.stderr), status=status)


def _text(printed: str | bytes | None) -> str:
    return printed.decode(errors="replace") if isinstance(printed, bytes) else printed or ""

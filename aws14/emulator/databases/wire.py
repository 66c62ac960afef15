"""The MySQL protocol on one connection, by mysql-mimic; what it leaves to its users is done here.

That is: who is let in, how many rows a statement changed and which id it made, whether a transaction is open, and
MySQL's own error numbers and states.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from mysql_mimic import (
    auth,
    connection,
    control,
    errors,
    packets,
    results,
    session,
    stream,
    types,
    variables,
)

from aws14.emulator.databases.guest import Guest, ServerGoneError
from aws14.emulator.databases.mistakes import SQLSTATES, MysqlError
from aws14.emulator.databases.outcome import Outcome

__all__ = ["Wire"]

_T = TypeVar("_T")
_PLUGIN = auth.NativePasswordAuthPlugin()
_TYPES = {
    "int": types.ColumnType.LONGLONG,
    "decimal": types.ColumnType.NEWDECIMAL,
    "double": types.ColumnType.DOUBLE,
    "datetime": types.ColumnType.DATETIME,
    "date": types.ColumnType.DATE,
    "time": types.ColumnType.TIME,
    "text": types.ColumnType.VAR_STRING,
    "json": types.ColumnType.JSON,
    "blob": types.ColumnType.BLOB,
    "null": types.ColumnType.NULL,
}
_workers = ThreadPoolExecutor(max_workers=64, thread_name_prefix="mysql")
for _name in ("mysql_mimic", "sqlglot"):  # they log what their users get to see anyway
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class _Stage(session.BaseSession):  # type: ignore[misc]  # mysql-mimic has no types
    """What mysql-mimic's connection wants to know of a session."""

    def __init__(self, version: str) -> None:
        self.variables = variables.SessionVariables(variables.GlobalVariables())
        self.variables.set("version", version, force=True)
        self.username: str | None = None
        self.database: str | None = None


class Wire(connection.Connection):  # type: ignore[misc]  # mysql-mimic has no types
    """One connection.

    Parameters
    ----------
    reader, writer : asyncio.StreamReader, asyncio.StreamWriter
        The client.
    guest : Guest
        Who that is to the DB instance.
    version : str
        Of MySQL.
    number : int
        Of the connection.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, guest: Guest, version: str, number: int
    ) -> None:
        super().__init__(
            stream=stream.MysqlStream(reader, writer),
            session=_Stage(version),
            control=control.LocalControl(),
            identity_provider=auth.IdentityProvider(),
        )
        self.server_capabilities |= types.Capabilities.CLIENT_FOUND_ROWS
        self.connection_id = number
        self._guest = guest
        self._outcome = Outcome()
        self._note_status()

    async def serve(self) -> None:
        """Talk until one of both goes."""
        try:
            await self.connection_phase()
            await self.command_phase()
        except (stream.ConnectionClosed, ConnectionError, asyncio.IncompleteReadError, ServerGoneError):
            pass
        finally:
            await _aside(self._guest.close)

    async def authenticate(self, username: str, auth_response: bytes, **asked: Any) -> None:
        """Let the client in, or refuse it and end."""
        nonce = (self.handshake_auth_data or b"").rstrip(b"\x00")
        if asked.get("client_plugin_name") not in (None, _PLUGIN.client_plugin_name):
            await self.stream.write(
                packets.make_auth_switch_request(
                    server_charset=self.server_charset,
                    plugin_name=_PLUGIN.client_plugin_name,
                    plugin_provided_data=self.handshake_auth_data,
                )
            )
            auth_response = await self.stream.read()

        def proves(password: str) -> bool:
            return bool(_PLUGIN.verify_scramble(_PLUGIN.create_auth_string(password), auth_response, nonce))

        found_rows = types.Capabilities.CLIENT_FOUND_ROWS in self.capabilities
        database = self.session.database or ""
        try:
            await _aside(lambda: self._guest.enter(username, proves, database, found_rows=found_rows))
        except MysqlError as error:
            await self.stream.write(self.error(msg=error.message, code=error.code))
            raise stream.ConnectionClosed from None
        self.session.username = username
        self._note_status()
        await self.stream.write(self.ok())

    async def query(self, sql: str, query_attrs: dict[str, str]) -> Any:
        """Run a statement."""
        del query_attrs
        try:
            self._outcome = await _aside(lambda: self._guest.execute(sql))
        except MysqlError as error:
            raise errors.MysqlError(error.message, code=error.code) from None
        except ServerGoneError:
            self.stream.writer.transport.abort()
            raise stream.ConnectionClosed from None
        finally:
            self._note_status()
        columns = [
            results.ResultColumn(each.name, _TYPES[each.kind], text_encoder=_text) for each in self._outcome.fields
        ]
        return results.ResultSet(list(self._outcome.rows), columns)

    async def handle_init_db(self, data: bytes) -> None:
        """Use another database."""
        name = self.client_charset.decode(data)
        await self.query(f"USE `{name}`", {})
        await self.stream.write(self.ok())

    async def handle_reset_connection(self, data: bytes) -> None:
        """Roll back what is open."""
        del data
        await self.query("ROLLBACK", {})
        await self.stream.write(self.ok())

    def ok(self, **facts: Any) -> bytes:
        """A packet that says how many rows were changed, and which id was made."""
        made, self._outcome = self._outcome, Outcome()
        counts = {} if made.fields else {"affected_rows": made.affected, "last_insert_id": made.last_id}
        packet: bytes = super().ok(**{**counts, **facts})
        return packet

    def error(self, **facts: Any) -> bytes:
        """A packet with MySQL's number and state."""
        packet: bytes = super().error(**facts)
        state = SQLSTATES.get(int(facts.get("code", 0)))
        return packet[:4] + state + packet[9:] if state and packet[3:4] == b"#" else packet

    def _note_status(self) -> None:
        flags = types.ServerStatus.SERVER_STATUS_AUTOCOMMIT if self._guest.autocommit else types.ServerStatus(0)
        if self._guest.in_transaction:
            flags |= types.ServerStatus.SERVER_STATUS_IN_TRANS
        self.status_flags = flags


def _text(column: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(column.codec)


async def _aside(work: Callable[[], _T]) -> _T:
    """Do what may have to wait in another thread."""
    return await asyncio.get_running_loop().run_in_executor(_workers, work)

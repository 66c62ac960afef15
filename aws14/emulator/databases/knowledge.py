"""What a session knows: its variables, who it is, what its last statement made; and statements that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from aws14.emulator.databases.mistakes import MysqlError
from aws14.emulator.databases.outcome import Outcome

__all__ = ["Knowledge"]

_VARIABLES: Mapping[str, Any] = {
    "autocommit": True, "character_set_client": "utf8mb4", "character_set_connection": "utf8mb4",
    "character_set_results": "utf8mb4", "character_set_server": "utf8mb4", "collation_connection": "utf8mb4_0900_ai_ci",
    "innodb_read_only": False, "max_allowed_packet": 67108864, "max_connections": 60,
    "sql_mode": "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", "system_time_zone": "UTC", "time_zone": "UTC",
    "transaction_isolation": "REPEATABLE-READ", "wait_timeout": 28800, "interactive_timeout": 28800,
    "lower_case_table_names": 0, "version_comment": "Source distribution", "sql_select_limit": 2**64 - 1,
}  # fmt: skip


class Knowledge:
    """What a session knows.

    Parameters
    ----------
    user : str
        ``admin@10.0.10.4``.
    number : int
        Of the connection.
    variables : Mapping
        Of the server, beyond the usual ones.

    Attributes
    ----------
    variables : dict
        System variables, by name.
    database : str
        In use; empty for none.
    """

    def __init__(self, user: str, number: int, variables: Mapping[str, Any]) -> None:
        self._user = user
        self._number = number
        self._mine: dict[str, Any] = {}
        self._last = Outcome()
        self._last_id = 0
        self.variables: dict[str, Any] = {**_VARIABLES, **variables}
        self.database = ""

    def note(self, outcome: Outcome) -> None:
        """Remember what the last statement made."""
        self._last = outcome
        self._last_id = outcome.last_id or self._last_id

    def set(self, tree: exp.Set) -> None:
        """``SET``: system variables and the user's own."""
        for item in tree.expressions:
            assignment = item.this
            if not isinstance(assignment, exp.EQ):
                continue  # SET NAMES, SET TRANSACTION: there is one character set, and one isolation
            value = _literal(self.told(assignment.expression.copy()))
            if isinstance(assignment.this, exp.Parameter):
                self._mine[assignment.this.name] = value
            else:
                self.variables[assignment.this.name.lower()] = value
        self.variables["autocommit"] = str(self.variables["autocommit"]).upper() in {"1", "ON", "TRUE"}

    def told(self, tree: Any) -> Any:
        """A statement with what the session knows in the place of functions and variables that ask for it.

        Raises
        ------
        MysqlError
            1193 for a variable that is not there.
        """
        return tree.transform(self._told, copy=False)

    def _told(self, node: exp.Expr) -> exp.Expr:
        ask = self._answers().get(_asked(node))
        if ask is None or node.expressions:
            return node
        made: exp.Expr = exp.convert(ask(node.name))
        made.meta["called"] = "DATABASE()" if isinstance(node, exp.CurrentSchema) else node.sql("mysql")
        return made

    def _answers(self) -> Mapping[str, Callable[[str], Any]]:
        return {
            "USER": lambda _: self._user,
            "CONNECTION_ID": lambda _: self._number,
            "LAST_INSERT_ID": lambda _: self._last_id,
            "ROW_COUNT": lambda _: self._last.affected,
            "FOUND_ROWS": lambda _: len(self._last.rows),
            "DATABASE": lambda _: self.database or None,
            "VERSION": lambda _: self.variables["version"],
            "@@": self._variable,
            "@": self._mine.get,
        }

    def _variable(self, name: str) -> Any:
        if name.lower() not in self.variables:
            raise MysqlError(1193, f"Unknown system variable '{name}'")
        value = self.variables[name.lower()]
        return int(value) if isinstance(value, bool) else value


def _asked(node: exp.Expr) -> str:
    """What a part of a statement asks the session for; empty for nothing."""
    if isinstance(node, exp.Anonymous):
        name = node.name.upper()
        return "USER" if name in {"SESSION_USER", "SYSTEM_USER"} else name
    kinds: tuple[tuple[type[exp.Expr], str], ...] = (
        (exp.CurrentUser, "USER"),
        (exp.CurrentSchema, "DATABASE"),
        (exp.CurrentVersion, "VERSION"),
        (exp.SessionParameter, "@@"),
        (exp.Parameter, "@"),
    )
    return next((word for kind, word in kinds if isinstance(node, kind)), "")


def _literal(node: exp.Expr) -> Any:
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal) and not node.is_string:
        return float(node.name) if "." in node.name else int(node.name)
    return None if isinstance(node, exp.Null) else node.name or node.sql("mysql")

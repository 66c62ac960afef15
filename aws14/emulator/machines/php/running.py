"""A page run for one request: its statements, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aws14.emulator.machines.php.evaluating import Evaluator
from aws14.emulator.machines.php.syntax import (
    Do,
    Echo,
    For,
    Foreach,
    Function,
    If,
    Jump,
    Return,
    Statement,
    Throw,
    Try,
    While,
)
from aws14.emulator.machines.php.tokens import PageError
from aws14.emulator.machines.php.values import text, truth

__all__ = ["Page", "PageExit", "Response", "Runner", "ThrownError"]

_MOST_STEPS = 200_000


@dataclass
class Response:
    """What a page has said so far.

    Parameters
    ----------
    status : int
        Of the response.
    headers : list of (str, str)
        In order; a cookie a line.
    body : list of str
        Parts.
    log : list of str
        Lines for the server's error log.
    slept_s : float
        How long the page has slept, AWS time.
    """

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    slept_s: float = 0.0


class PageExit(Exception):  # noqa: N818 - no error: `exit` in the page
    """The page ends here."""


class ThrownError(Exception):
    """What a page throws.

    Parameters
    ----------
    kind : str
        Its class.
    message : str
        What ``getMessage()`` says.
    code : int
        What ``getCode()`` says.
    """

    def __init__(self, kind: str, message: str, code: int = 0) -> None:
        self.kind, self.message, self.code = kind, message, code
        self.fields: dict[str, Any] = {"message": message, "code": code}
        self.methods: dict[str, Callable[..., Any]] = {"getmessage": lambda: message, "getcode": lambda: code}
        super().__init__(message)


class _JumpTo(Exception):  # noqa: N818 - no error: `break`, `continue`
    def __init__(self, word: str) -> None:
        self.word = word


class _Returned(Exception):  # noqa: N818 - no error: `return`
    def __init__(self, value: Any) -> None:
        self.value = value


@dataclass
class Page:
    """What a run can reach.

    Parameters
    ----------
    functions : Mapping[str, callable]
        Name in lower case -> function of the page's values.
    classes : Mapping[str, callable]
        Name in lower case -> what makes an object.
    globals : dict
        Superglobals: ``_GET``, ``_SERVER``...
    response : Response
        Written to.
    """

    functions: Mapping[str, Callable[..., Any]]
    classes: Mapping[str, Callable[..., Any]]
    globals: dict[str, Any]
    response: Response = field(default_factory=Response)


class Runner:
    """Runs the statements of a page.

    Parameters
    ----------
    page : Page
        What it can reach.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.scope: dict[str, Any] = {}
        self.own: dict[str, Function] = {}
        self._values = Evaluator(self)
        self._left = _MOST_STEPS

    def run(self, statements: Sequence[Statement]) -> None:
        """Run a whole page.

        Raises
        ------
        PageError
            Where it uses what is left out, or does not end.
        ThrownError
            When nobody catches it.
        """
        self.own |= {each.name: each for each in statements if isinstance(each, Function)}
        with suppress(PageExit, _Returned):
            self._all(statements)

    def call(self, function: Function, arguments: Sequence[Any]) -> Any:
        """Call a function of the page."""
        outer, self.scope = self.scope, {}
        try:
            for place, (name, default) in enumerate(function.parameters):
                if place < len(arguments):
                    self.scope[name] = arguments[place]
                elif default is not None:
                    self.scope[name] = self._values.of(default)
                else:
                    raise ThrownError("ArgumentCountError", f"Too few arguments to function {function.name}()")
            self._all(function.body)
        except _Returned as returned:
            return returned.value
        finally:
            self.scope = outer
        return None

    def write(self, value: Any) -> None:
        """Write to the page."""
        self.page.response.body.append(text(value))

    def _all(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            self._tick()
            _RUN[type(statement)](self, statement)

    def _tick(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise PageError("PHP Fatal error:  Maximum execution time of 30 seconds exceeded")

    def _loop(self, statements: Sequence[Statement]) -> bool:
        """Run the body of a loop once; whether the loop goes on."""
        self._tick()
        try:
            self._all(statements)
        except _JumpTo as jump:
            return jump.word == "continue"
        return True

    def _echo(self, statement: Echo) -> None:
        for part in statement.parts:
            self.write(self._values.of(part))

    def _do(self, statement: Do) -> None:
        self._values.of(statement.expression)

    def _if(self, statement: If) -> None:
        for condition, body in statement.branches:
            if truth(self._values.of(condition)):
                return self._all(body)
        return self._all(statement.otherwise)

    def _while(self, statement: While) -> None:
        while truth(self._values.of(statement.condition)) and self._loop(statement.body):
            pass

    def _for(self, statement: For) -> None:
        self._each(statement.start)
        while all(truth(self._values.of(part)) for part in statement.condition) and self._loop(statement.body):
            self._each(statement.step)

    def _each(self, parts: Sequence[Any]) -> None:
        for part in parts:
            self._values.of(part)

    def _foreach(self, statement: Foreach) -> None:
        items = self._values.of(statement.items)
        rows = items.items() if isinstance(items, dict) else enumerate(getattr(items, "rows", ()))
        for key, value in list(rows):
            if statement.key is not None:
                self._values.put(statement.key, key)
            self._values.put(statement.value, value)
            if not self._loop(statement.body):
                break

    def _jump(self, statement: Jump) -> None:
        raise _JumpTo(statement.word)

    def _return(self, statement: Return) -> None:
        raise _Returned(None if statement.value is None else self._values.of(statement.value))

    def _throw(self, statement: Throw) -> None:
        thrown = self._values.of(statement.value)
        raise thrown if isinstance(thrown, ThrownError) else ThrownError("Error", "Can only throw objects")

    def _try(self, statement: Try) -> None:
        try:
            self._all(statement.body)
        except ThrownError as thrown:
            for kinds, name, body in statement.catches:
                if {kind.lower() for kind in kinds} & {thrown.kind.lower(), "exception", "throwable"}:
                    self.scope[name] = thrown
                    self._all(body)
                    break
            else:
                raise
        finally:
            self._all(statement.last)

    def _function(self, statement: Function) -> None:
        self.own[statement.name] = statement


_RUN: Mapping[type, Callable[[Runner, Any], None]] = {
    Echo: Runner._echo,  # noqa: SLF001 - of the class above
    Do: Runner._do,  # noqa: SLF001
    If: Runner._if,  # noqa: SLF001
    While: Runner._while,  # noqa: SLF001
    For: Runner._for,  # noqa: SLF001
    Foreach: Runner._foreach,  # noqa: SLF001
    Jump: Runner._jump,  # noqa: SLF001
    Return: Runner._return,  # noqa: SLF001
    Throw: Runner._throw,  # noqa: SLF001
    Try: Runner._try,  # noqa: SLF001
    Function: Runner._function,  # noqa: SLF001
}

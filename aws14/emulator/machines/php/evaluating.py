"""Expressions of a page: what they are worth, and where values are put."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aws14.emulator.machines.php.syntax import (
    Array,
    Assign,
    Binary,
    Call,
    Exit,
    Expression,
    Field,
    Index,
    Isset,
    Method,
    Mixed,
    New,
    Step,
    Ternary,
    Unary,
    Value,
    Variable,
)
from aws14.emulator.machines.php.tokens import PageError
from aws14.emulator.machines.php.values import cast, equal, identical, number, order, text, truth

if TYPE_CHECKING:
    from aws14.emulator.machines.php.running import Runner

__all__ = ["Evaluator"]


def _divided(left: Any, right: Any) -> int | float:
    if not number(right):
        raise ZeroDivisionError
    found = number(left) / number(right)
    return int(found) if found.is_integer() else found


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    ".": lambda left, right: text(left) + text(right),
    "+": lambda left, right: left | right if isinstance(left, dict) else number(left) + number(right),
    "-": lambda left, right: number(left) - number(right),
    "*": lambda left, right: number(left) * number(right),
    "/": _divided,
    "%": lambda left, right: int(math.fmod(int(number(left)), int(number(right)))),
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<>": lambda left, right: not equal(left, right),
    "===": identical,
    "!==": lambda left, right: not identical(left, right),
    "<=>": order,
    "<": lambda left, right: order(left, right) < 0,
    "<=": lambda left, right: order(left, right) <= 0,
    ">": lambda left, right: order(left, right) > 0,
    ">=": lambda left, right: order(left, right) >= 0,
}


class Evaluator:
    """Works out expressions for a run.

    Parameters
    ----------
    run : Runner
        Its variables and what it can reach.
    """

    def __init__(self, run: Runner) -> None:
        self._run = run

    def of(self, expression: Expression) -> Any:
        """What an expression is worth."""
        return _OF[type(expression)](self, expression)

    def put(self, target: Expression, value: Any) -> None:
        """Put a value where an expression points.

        Raises
        ------
        PageError
            Where it points nowhere.
        """
        if isinstance(target, Variable):
            self._variables(target.name)[target.name] = value
        elif isinstance(target, Index):
            holder = self._holder(target.base)
            key = max((key for key in holder if isinstance(key, int)), default=-1) + 1
            holder[key if target.key is None else _key(self.of(target.key))] = value
        elif isinstance(target, Array):
            for place, (_, part) in enumerate(target.items):
                self.put(part, value.get(place) if isinstance(value, dict) else None)
        else:
            raise PageError("PHP Fatal error:  Cannot assign to this expression")

    def _holder(self, base: Expression) -> dict[Any, Any]:
        """The array at a place, made where there is none yet."""
        found = self.of(Binary("??", base, Value(None)))
        if not isinstance(found, dict):
            found = {}
            self.put(base, found)
        return found

    def _variables(self, name: str) -> dict[str, Any]:
        return self._run.page.globals if name in self._run.page.globals else self._run.scope

    def _value(self, one: Value) -> Any:
        return one.value

    def _mixed(self, one: Mixed) -> str:
        return "".join(text(self.of(part)) for part in one.parts)

    def _variable(self, one: Variable) -> Any:
        return self._variables(one.name).get(one.name)

    def _index(self, one: Index) -> Any:
        base = self.of(one.base)
        key = None if one.key is None else _key(self.of(one.key))
        if isinstance(base, str) and isinstance(key, int):
            return base[key] if -len(base) <= key < len(base) else ""
        return base.get(key) if isinstance(base, dict) else None

    def _field(self, one: Field) -> Any:
        found = getattr(self.of(one.base), "fields", {}).get(one.name)
        return found() if callable(found) else found

    def _call(self, one: Call) -> Any:
        arguments = [self.of(part) for part in one.arguments]
        if one.name in self._run.own:
            return self._run.call(self._run.own[one.name], arguments)
        function = self._run.page.functions.get(one.name)
        if function is None:
            raise PageError(f"{one.name}() is not run by the embedded AWS: see docs/fidelity.md")
        return function(*arguments)

    def _method(self, one: Method) -> Any:
        base = self.of(one.base)
        method = getattr(base, "methods", {}).get(one.name.lower())
        if method is None:
            raise PageError(f"PHP Fatal error:  Call to undefined method {one.name}()")
        return method(*[self.of(part) for part in one.arguments])

    def _new(self, one: New) -> Any:
        made = self._run.page.classes.get(one.name.lower())
        if made is None:
            raise PageError(f"the class {one.name} is not run by the embedded AWS: see docs/fidelity.md")
        return made(*[self.of(part) for part in one.arguments])

    def _array(self, one: Array) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in one.items:
            following = max((each for each in found if isinstance(each, int)), default=-1) + 1
            found[following if key is None else _key(self.of(key))] = self.of(value)
        return found

    def _unary(self, one: Unary) -> Any:
        value = self.of(one.operand)
        if one.operator == "!":
            return not truth(value)
        if one.operator == "-":
            return -number(value)
        if one.operator == "+":
            return number(value)
        return value if one.operator == "@" else cast(one.operator.strip("()"), value)

    def _binary(self, one: Binary) -> Any:
        if one.operator in ("&&", "||"):
            first = truth(self.of(one.left))
            return truth(self.of(one.right)) if first == (one.operator == "&&") else first
        if one.operator == "??":
            found = self.of(one.left)
            return self.of(one.right) if found is None else found
        return self._operated(one.operator, self.of(one.left), self.of(one.right))

    def _operated(self, operator: str, left: Any, right: Any) -> Any:
        from aws14.emulator.machines.php.running import ThrownError

        try:
            return _OPERATORS[operator](left, right)
        except (ZeroDivisionError, ValueError):
            raise ThrownError("DivisionByZeroError", "Division by zero") from None

    def _assign(self, one: Assign) -> Any:
        if one.operator == "??":
            value = self.of(Binary("??", one.target, one.value))
        else:
            value = self.of(one.value)
            if one.operator:
                value = self._operated(one.operator, self.of(one.target), value)
        self.put(one.target, dict(value) if isinstance(value, dict) else value)
        return value

    def _step(self, one: Step) -> Any:
        before = number(self.of(one.target))
        self.put(one.target, before + one.by)
        return before + one.by if one.before else before

    def _ternary(self, one: Ternary) -> Any:
        condition = self.of(one.condition)
        if truth(condition):
            return condition if one.then is None else self.of(one.then)
        return self.of(one.otherwise)

    def _isset(self, one: Isset) -> bool:
        if one.empty:
            return not truth(self.of(one.targets[0]))
        return all(self.of(target) is not None for target in one.targets)

    def _exit(self, one: Exit) -> Any:
        from aws14.emulator.machines.php.running import PageExit

        said = None if one.said is None else self.of(one.said)
        if isinstance(said, str):
            self._run.write(said)
        raise PageExit


def _key(value: Any) -> Any:
    """A key of an array: text that is a whole number is that number."""
    if isinstance(value, str):
        return int(value) if value.lstrip("-").isdecimal() and str(int(value)) == value else value
    return value if isinstance(value, str) else int(number(value))


_OF: Mapping[type, Callable[[Evaluator, Any], Any]] = {
    Value: Evaluator._value,  # noqa: SLF001 - of the class above
    Mixed: Evaluator._mixed,  # noqa: SLF001
    Variable: Evaluator._variable,  # noqa: SLF001
    Index: Evaluator._index,  # noqa: SLF001
    Field: Evaluator._field,  # noqa: SLF001
    Call: Evaluator._call,  # noqa: SLF001
    Method: Evaluator._method,  # noqa: SLF001
    New: Evaluator._new,  # noqa: SLF001
    Array: Evaluator._array,  # noqa: SLF001
    Unary: Evaluator._unary,  # noqa: SLF001
    Binary: Evaluator._binary,  # noqa: SLF001
    Assign: Evaluator._assign,  # noqa: SLF001
    Step: Evaluator._step,  # noqa: SLF001
    Ternary: Evaluator._ternary,  # noqa: SLF001
    Isset: Evaluator._isset,  # noqa: SLF001
    Exit: Evaluator._exit,  # noqa: SLF001
}

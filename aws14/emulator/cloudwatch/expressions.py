"""Metric math: arithmetic of metrics, period by period, as CloudWatch's expressions have it.

A metric is a list of values, one a period, None where there is none. Arithmetic of a missing value is missing, and so
is a division by zero.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

__all__ = ["ExpressionError", "Points", "evaluate", "names"]

Points = list[float | None]
_Value = float | Points | list[Points] | str

_ARITHMETIC: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: lambda a, b: float(bool(a) and bool(b)),
    ast.Or: lambda a, b: float(bool(a) or bool(b)),
}
_SINGLE: Mapping[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
_TOGETHER: Mapping[str, Callable[[Sequence[float]], float]] = {
    "SUM": math.fsum,
    "AVG": lambda values: math.fsum(values) / len(values),
    "MAX": max,
    "MIN": min,
}


class ExpressionError(Exception):
    """An expression that is none, or that this emulator does not know."""


def names(expression: str) -> set[str]:
    """The ids that an expression speaks of.

    Raises
    ------
    ExpressionError
        It cannot be read.
    """
    return {node.id for node in ast.walk(_read(expression)) if isinstance(node, ast.Name) and node.id.islower()}


def evaluate(expression: str, metrics: Mapping[str, Points], *, period: float) -> Points:
    """The values of an expression, period by period.

    Parameters
    ----------
    expression : str
        ``"100 * errors / FILL(requests, 0)"``.
    metrics : Mapping[str, Points]
        Id -> values; all of one length.
    period : float
        Of all of them, in seconds.

    Raises
    ------
    ExpressionError
        It cannot be read, or computed here.
    """
    length = max((len(points) for points in metrics.values()), default=0)
    found = _Evaluation(metrics, period, length).value(_read(expression).body)
    if isinstance(found, str) or (isinstance(found, list) and found and isinstance(found[0], list)):
        raise ExpressionError(f"{expression} is not one time series")
    return _as_points(found, length)


def _read(expression: str) -> ast.Expression:
    text = expression.replace("^", "**").replace("&&", " and ").replace("||", " or ")
    text = text.replace(" AND ", " and ").replace(" OR ", " or ")
    try:
        return ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        raise ExpressionError(f"{expression} cannot be read") from None


def _as_points(value: _Value, length: int) -> Points:
    return value if isinstance(value, list) else [float(value)] * length  # type: ignore[return-value]


class _Evaluation:
    """One expression on its way."""

    def __init__(self, metrics: Mapping[str, Points], period: float, length: int) -> None:
        self._metrics = metrics
        self._period = period
        self._length = length

    def value(self, node: ast.AST) -> _Value:
        """The value of a part."""
        match node:
            case ast.Constant(value=int() | float() | str() as constant):
                found: _Value = constant
            case ast.Name(id=name):
                found = self._named(name)
            case ast.List(elts=parts):
                found = [self._points(part) for part in parts]
            case (
                ast.BinOp(left=left, op=operation, right=right)
                | ast.Compare(left=left, ops=[operation], comparators=[right])
            ):
                found = self._both(operation, left, right)
            case ast.BoolOp(op=operation, values=[left, right]):
                found = self._both(operation, left, right)
            case ast.UnaryOp(op=ast.USub(), operand=right):
                found = self._both(ast.Sub(), ast.Constant(0), right)
            case ast.Call(func=ast.Name(id=name), args=given):
                found = self._call(name.upper(), given)
            case _:
                raise ExpressionError(f"{ast.unparse(node)} is not known here")
        return found

    def _named(self, name: str) -> _Value:
        if name in self._metrics:
            return self._metrics[name]
        if name in ("REPEAT", "LINEAR"):
            return name
        raise ExpressionError(f"there is no metric with the id {name}")

    def _points(self, node: ast.AST) -> Points:
        found = self.value(node)
        if isinstance(found, str) or (isinstance(found, list) and found and isinstance(found[0], list)):
            raise ExpressionError(f"{ast.unparse(node)} is not one time series")
        return _as_points(found, self._length)

    def _both(self, operation: ast.AST, left: ast.AST, right: ast.AST) -> Points:
        compute = _ARITHMETIC.get(type(operation))
        if compute is None:
            raise ExpressionError(f"{type(operation).__name__} is not known here")
        return [_computed(compute, a, b) for a, b in zip(self._points(left), self._points(right), strict=True)]

    def _call(self, name: str, given: Sequence[ast.expr]) -> _Value:
        try:
            return self._called(name, given)
        except IndexError:
            raise ExpressionError(f"{name} needs more arguments") from None

    def _called(self, name: str, given: Sequence[ast.expr]) -> _Value:
        if name in _TOGETHER:
            return _together(_TOGETHER[name], self.value(given[0]))
        if name in _SINGLE:
            return [None if value is None else float(_SINGLE[name](value)) for value in self._points(given[0])]
        match name:
            case "METRICS":
                wanted = str(self.value(given[0])) if given else ""
                found: _Value = [points for key, points in self._metrics.items() if wanted in key]
            case "PERIOD":
                found = self._period
            case "IF":
                found = self._choice(*(self._points(given[at]) for at in range(max(len(given), 2))))
            case "FILL":
                found = _filled(self._points(given[0]), self.value(given[1]))
            case "RATE" | "DIFF":
                found = _changes(self._points(given[0]), self._period if name == "RATE" else None)
            case _:
                raise ExpressionError(f"{name} is not known here")
        return found

    def _choice(self, condition: Points, yes: Points, no: Points | None = None) -> Points:
        other = no or [None] * self._length
        return [a if holds else b for holds, a, b in zip(condition, yes, other, strict=True)]


def _computed(compute: Callable[[float, float], float], a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return None
    try:
        return float(compute(a, b))
    except (ArithmeticError, TypeError):
        return None


def _together(compute: Callable[[Sequence[float]], float], value: _Value) -> _Value:
    """Of several metrics period by period, of one metric over all its periods."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        rows = ([each for each in row if each is not None] for row in zip(*value, strict=True))
        return [float(compute(row)) if row else None for row in rows]
    present = [each for each in value if each is not None] if isinstance(value, list) else []
    if not present:
        raise ExpressionError("there is nothing to compute with")
    return float(compute(present))  # type: ignore[arg-type]


def _filled(points: Points, filler: _Value) -> Points:
    if filler == "REPEAT":
        found, last = [], None
        for value in points:
            last = last if value is None else value
            found.append(last)
        return found
    if filler == "LINEAR":
        return _linear(points)
    if isinstance(filler, list):
        return [b if a is None else a for a, b in zip(points, filler, strict=True)]  # type: ignore[misc]
    return [float(filler) if value is None else value for value in points]


def _linear(points: Points) -> Points:
    known = [(at, value) for at, value in enumerate(points) if value is not None]
    found = list(points)
    for (first, a), (last, b) in pairwise(known):
        for at in range(first + 1, last):
            found[at] = a + (b - a) * (at - first) / (last - first)
    return found


def _changes(points: Points, period: float | None) -> Points:
    """From one value to the next that is there; per second where a period is given."""
    found: Points = [None] * len(points)
    known = [(at, value) for at, value in enumerate(points) if value is not None]
    for (first, a), (last, b) in pairwise(known):
        found[last] = (b - a) / ((last - first) * period if period else 1.0)
    return found

"""Mapping templates filled in: ``$input``, ``$context``, ``$stageVariables``, ``$util``, and what Java's values can do.

Source: API Gateway developer guide, "Variables for data transformations for API Gateway".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.emulator.apis.template_reading import parsed
from aws14.emulator.apis.template_trees import (
    Call,
    Each,
    Give,
    If,
    Index,
    Literal,
    Member,
    Name,
    Operation,
    TemplateError,
    Text,
)
from aws14.emulator.apis.template_values import MISSING, Input, Util, called, combined, holds, item, member, shown

__all__ = ["filled"]

_MOST_STEPS = 1000


def filled(template: str, names: Mapping[str, Any]) -> str:
    """Fill in a template.

    Parameters
    ----------
    template : str
        As the learner wrote it.
    names : Mapping
        ``body`` (text), ``parameters`` (``path``, ``querystring``, ``header``, each a mapping), ``context``,
        ``stageVariables``.

    Raises
    ------
    TemplateError
        It is not understood.
    """
    own = {
        "input": Input(str(names.get("body") or ""), names.get("parameters") or {}),
        "context": names.get("context") or {},
        "stageVariables": names.get("stageVariables") or {},
        "util": Util(),
    }
    return _Filler(own).text(parsed(template))


class _Filler:
    """Fills in one template."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._steps = 0

    def text(self, body: tuple[Any, ...]) -> str:
        """What a body comes to."""
        return "".join(self._written(part) for part in body)

    def _written(self, part: Any) -> str:
        if isinstance(part, Text):
            return part.text
        if isinstance(part, Give):
            self._names[part.name] = self.value(part.value)
            return ""
        if isinstance(part, If):
            chosen = (body for condition, body in part.branches if condition is None or holds(self.value(condition)))
            return self.text(next(chosen, ()))
        if isinstance(part, Each):
            return self._each(part)
        value = self._found(part)
        if value is MISSING or value is None:
            return "" if part.quiet else part.source
        return shown(value)

    def _each(self, part: Each) -> str:
        values = self.value(part.values)
        items = list(values.values()) if isinstance(values, Mapping) else list(values or ())
        before = {name: self._names[name] for name in ("foreach", part.name) if name in self._names}
        written = []
        for at, each in enumerate(items):
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise TemplateError(f"more than {_MOST_STEPS} rounds of #foreach")
            facts = {"index": at, "count": at + 1, "hasNext": at + 1 < len(items), "first": not at}
            self._names |= {part.name: each, "foreach": facts, "velocityCount": at + 1}
            written.append(self.text(part.body))
        self._names |= before
        return "".join(written)

    def value(self, tree: Any) -> Any:
        """What an expression comes to; None for what is not there."""
        if isinstance(tree, Literal):
            return self._literal(tree)
        if isinstance(tree, Operation):
            return self._operation(tree)
        found = self._found(tree)
        return None if found is MISSING else found

    def _literal(self, tree: Literal) -> Any:
        if tree.template is not None:
            return self.text(tree.template)
        if isinstance(tree.value, tuple):
            return [self.value(each) for each in tree.value]
        if isinstance(tree.value, dict):
            return {self.value(key): self.value(each) for key, each in tree.value.items()}
        return tree.value

    def _found(self, tree: Any) -> Any:
        if isinstance(tree, Name):
            return self._names.get(tree.name, MISSING)
        of = self.value(tree.of)
        if isinstance(tree, Member):
            return member(of, tree.name)
        if isinstance(tree, Index):
            return item(of, self.value(tree.key))
        if isinstance(tree, Call):
            return called(of, tree.name, [self.value(each) for each in tree.arguments])
        raise TemplateError(f"{tree} is not understood")

    def _operation(self, tree: Operation) -> Any:
        if tree.sign == "!":
            return not holds(self.value(tree.right))
        left = self.value(tree.left)
        if tree.sign in ("&&", "||"):
            decided = holds(left) == (tree.sign == "||")
            return holds(left) if decided else holds(self.value(tree.right))
        right = self.value(tree.right)
        return combined(tree.sign, left, right)

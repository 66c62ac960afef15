"""What a statement brings: rows of typed columns, or how many rows it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

__all__ = ["Field", "Kind", "Outcome", "field_of", "guessed", "value_of"]

Kind = Literal["int", "decimal", "double", "datetime", "date", "time", "text", "blob", "json", "null"]


@dataclass(frozen=True)
class Field:
    """A column of a result.

    Parameters
    ----------
    name : str
        As the client sees it.
    kind : str
        Its type.
    scale : int
        Digits after the point, of ``decimal``.
    """

    name: str
    kind: Kind = "text"
    scale: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a statement brings.

    Parameters
    ----------
    fields : tuple of Field
        Empty where it gives no rows.
    rows : tuple of tuple
        Values; dates and decimals as text.
    affected : int
        Rows that were changed.
    last_id : int
        The first ``AUTO_INCREMENT`` value that was made; 0 for none.
    """

    fields: tuple[Field, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    affected: int = 0
    last_id: int = 0


def field_of(name: str, declared: str) -> Field:
    """A column of a result with the type of a table's column, such as ``decimal(10,2)``."""
    word, _, rest = declared.lower().partition("(")
    word = word.split()[0]
    if word in {"decimal", "numeric"}:
        sizes = rest.partition(")")[0].split(",")
        return Field(name, "decimal", int(sizes[1]) if len(sizes) > 1 else 0)
    if "int" in word or word in {"bit", "year"}:
        return Field(name, "int")
    known: dict[str, Kind] = {
        "double": "double", "float": "double", "datetime": "datetime", "timestamp": "datetime", "date": "date",
        "time": "time", "json": "json",
    }  # fmt: skip
    return Field(name, known.get(word, "blob" if "blob" in word or "binary" in word else "text"))


def guessed(name: str, values: Sequence[Any]) -> Field:
    """A column of a result of which only its values are known."""
    value = next((each for each in values if each is not None), None)
    kinds: tuple[tuple[type, Kind], ...] = ((int, "int"), (float, "double"), (bytes, "blob"), (str, "text"))
    return Field(name, next((kind for known, kind in kinds if isinstance(value, known)), "null"))


def value_of(field: Field, value: Any) -> Any:
    """A value as the client gets it."""
    if value is None:
        return None
    if field.kind == "decimal":
        step = Decimal(1).scaleb(-field.scale)
        return str(Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP))
    if field.kind == "datetime" and len(str(value)) == 10:
        return f"{value} 00:00:00"
    if field.kind == "date":
        return str(value)[:10]
    return value

"""Every number that prose states is what its expression computes, to the digits that the prose shows."""

from __future__ import annotations

import importlib
from typing import Any

import lint_prose
import notebook_source
import pytest
from lint_prose import Claim

CLAIMS = lint_prose.read_claims()
ROOMS = ("catalog", "cost", "design", "patterns", "sim")


class _Names(dict[str, Any]):
    """What an expression may speak of: the rooms of the course, imported when they are named, and `math`."""

    def __missing__(self, name: str) -> Any:
        if name == "math":
            return importlib.import_module("math")
        if name in ROOMS:
            return importlib.import_module(f"aws14.{name}")
        raise KeyError(name)


def holds(claim: Claim) -> bool:
    """Whether the first amount in the words of a claim is the value of its expression, rounded as it is shown."""
    found = lint_prose.AMOUNT.search(claim.text)
    assert found, f"'{claim.text}' states no number with a unit"
    shown = next(filter(None, found.groups())).replace(",", "")
    digits = len(shown.partition(".")[2])
    # eval: the expressions are our own, in a table of this folder
    value = eval(claim.expression, {"__builtins__": __builtins__}, _Names())
    return abs(float(shown) - float(value)) <= 0.5 * 10**-digits + 1e-12


def test_every_claim_is_what_is_computed() -> None:
    assert [f"{claim.notebook}: '{claim.text}' is not {claim.expression}" for claim in CLAIMS if not holds(claim)] == []


def test_a_claim_names_a_chapter() -> None:
    known = {path.stem for path in notebook_source.sources()}
    assert {claim.notebook for claim in CLAIMS} <= known


@pytest.mark.parametrize(
    ("text", "expression", "true"),
    [
        ("0.06 USD an hour", "0.062", True),
        ("0.062 USD an hour", "0.0625", True),
        ("0.062 USD an hour", "0.0626", False),
        ("about $1,200 a month", "1200.4", True),
        ("about $1,200 a month", "1201", False),
        ("45 % busy", "100 * 0.9 / 2", True),
        ("10 s", "math.sqrt(100)", True),
    ],
)
def test_a_claim_holds_to_the_digits_it_shows(text: str, expression: str, true: bool) -> None:
    assert holds(Claim(notebook="", text=text, expression=expression)) is true


def test_an_expression_may_speak_of_the_rooms() -> None:
    assert holds(Claim(notebook="", text="2 s", expression="len([catalog.quota.__name__, math.pi])"))

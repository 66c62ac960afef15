"""What a learner predicted, checked and was billed, kept in the course's home.

`AWS14_CHECK_LOG` and `AWS14_BILL_LOG` name files that collect the outcomes of a run without a browser.
"""

from __future__ import annotations

import difflib
import json
import math
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aws14 import cloud
from aws14.errors import NotebookError
from aws14.model import Bill, Finding, Report, Trace
from aws14.model.trace import FAILURE_REASONS

_GOOD = 1.5
"""A prediction that is off by no more than this factor is a good one."""


def predict(key: str, predictions: Mapping[str, float]) -> None:
    """Write predictions down; a later one of the same name replaces the earlier."""
    book = _read()
    book.setdefault(key, {}).update({name: float(value) for name, value in predictions.items()})
    _path().write_text(json.dumps(book, indent=1), encoding="utf-8")


def score(key: str, outcomes: Mapping[str, float]) -> Report:
    """Compare predictions with what came out; a good one passes, and nothing fails here."""
    predicted = _read().get(key, {})
    return Report(
        title="Predicted and seen",
        findings=tuple(_scored(name, predicted, value) for name, value in outcomes.items()),
        summary=f"a prediction within a factor of {_GOOD:g} is a good one",
    )


def _scored(name: str, book: Mapping[str, float], seen: float) -> Finding:
    words, predicted = name.replace("_", " "), book.get(name)
    if predicted is None:
        meant = [each for each in book if each.startswith(name) or name.startswith(each)]
        meant += difflib.get_close_matches(name, book, n=1)
        instead = f": nothing called '{meant[0]}' is compared, '{name}' is" if meant else ""
        return Finding(name=words, status="note", detail=f"seen {seen:,.3g}; you made no prediction{instead}")
    return Finding(
        name=words,
        status="passed" if _factor(predicted, seen) <= _GOOD else "note",
        detail=f"you said {predicted:,.3g}, seen {seen:,.3g}{_off_by(predicted, seen)}",
    )


def _factor(predicted: float, seen: float) -> float:
    """How many times too high or too low; infinite where one of the two is not positive."""
    if predicted == seen:
        return 1.0
    return max(predicted / seen, seen / predicted) if predicted > 0 and seen > 0 else math.inf


def _off_by(predicted: float, seen: float) -> str:
    if predicted <= 0 or seen <= 0:
        return ""
    factor = _factor(predicted, seen)
    return (
        f": {'too high' if predicted > seen else 'too low'} by a factor of {factor:.1f}" if factor > 1.05 else ": right"
    )


def checked(exercise: str, report: Report) -> Report:
    """Log the outcome of a check and hand the report on."""
    _log("AWS14_CHECK_LOG", {"exercise": exercise, "ok": report.ok, "verdict": report.verdict})
    return report


def ran(trace: Trace, *, say: Callable[[str], None]) -> Trace:
    """Say so when nobody got through, and hand the trace on."""
    if not trace.workers.any() and not trace.faults:
        reasons = [FAILURE_REASONS[reason] for reason, count in trace.failed.items() if count.any()]
        who = "no call gets through, only files come" if trace.served.any() else "nobody gets through"
        say(f"{who}: {', '.join(reasons) or 'nothing is built'}")
    return trace


def billed(bill: Bill) -> Bill:
    """Log a bill and hand it on."""
    _log("AWS14_BILL_LOG", {"title": bill.title, "total_usd": round(bill.total_usd, 2), "period": bill.period})
    return bill


def _log(variable: str, line: Mapping[str, Any]) -> None:
    if path := os.environ.get(variable):
        with Path(path).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def _path() -> Path:
    return cloud.home() / "predictions.json"


def _read() -> dict[str, dict[str, float]]:
    try:
        book: dict[str, dict[str, float]] = json.loads(_path().read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return book


def keep_private(name: str, secret: str | None) -> Path:
    """Write a secret to ``<home>/private/<name>``, readable by its owner only, and return the path.

    AWS hands a private key out once. A repeated cell has none, and finds the one it kept before.

    Raises
    ------
    NotebookError
        When `name` is not a plain file name, or there is neither a secret nor a kept one.
    """
    if Path(name).name != name:
        raise NotebookError(
            f"'{name}' is not a plain file name", allowed="a name without folders, such as campaign.pem"
        )
    folder = cloud.home() / "private"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if secret is None and not path.exists():
        raise NotebookError(
            f"AWS gives the private half of '{path.stem}' out once, and it was not kept",
            cure="delete the key pair and run the cell again",
        )
    if secret is not None:
        path.touch(mode=0o600)
        path.write_text(secret, encoding="utf-8")
    return path


_EACH_KIND = "Aa1"
"""Directories refuse a password that lacks one of these kinds of characters; at random one of seventy does."""


def password(name: str) -> str:
    """A random password that is made once and kept in ``<home>/private/<name>.password``.

    Raises
    ------
    NotebookError
        When `name` is not a plain file name.
    """
    kept = cloud.home() / "private" / f"{name}.password"
    path = keep_private(f"{name}.password", None if kept.exists() else _EACH_KIND + secrets.token_urlsafe(18))
    return path.read_text(encoding="utf-8")

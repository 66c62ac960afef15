"""What the prose of a chapter may say: numbers that are computed, services that exist, pictures with words.

A price, a time or a share in prose goes stale without anyone noticing. Each one is therefore a row of
``tests/notebooks/claims.csv``: the notebook, the words around the number, and the Python expression that gives it;
a test computes the expression and compares.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from notebook_source import ROOT

from aws14 import catalog
from aws14.chapters import Cell

CLAIMS = ROOT / "tests" / "notebooks" / "claims.csv"
AMOUNT = re.compile(
    r"(?:USD|US\$|\$)\s?(?P<before>\d[\d,]*(?:\.\d+)?)"
    r"|(?P<after>\d[\d,]*(?:\.\d+)?)\s?(?:USD\b|dollars?\b|cents?\b|ms\b|milliseconds?\b|%|percent\b|seconds?\b)"
    r"|\b(?P<short>\d{1,3}(?:\.\d+)?)\s?s\b"
)
"""A number with a unit that has to be computed: money, milliseconds, seconds, per cent."""

BOX = "the book says"
_GONE = ("ended", "ending", "closed", "maintenance", "renamed")
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"<[^>]+>")
_LINK = re.compile(r"\]\([^)]*\)")
_EMPTY_ALT = re.compile(r"!\[\s*\]\(")
_IMG = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r"\balt\s*=\s*(['\"])\s*\S.*?\1", re.DOTALL)

Found = Iterator[tuple[int, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A number in prose: the words it stands in, and the expression that computes it."""

    notebook: str
    text: str
    expression: str


def read_claims(path: Path = CLAIMS) -> tuple[Claim, ...]:
    """The rows of the claims table; none when there is no table."""
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Claim(notebook=row["notebook"], text=row["text"], expression=row["expression"])
            for row in csv.DictReader(file)
        )


def fences_removed(markdown: str) -> str:
    """Markdown without its fenced code."""
    return _FENCE.sub("", markdown)


def words(markdown: str) -> int:
    """Words a reader reads: no code blocks, no HTML tags, no link targets, no table rules."""
    prose = _TAG.sub(" ", _LINK.sub("]", fences_removed(markdown)))
    return sum(any(letter.isalnum() for letter in word) for word in prose.split())


def problems(notebook: str, chapter: Sequence[Cell], *, claims: Path = CLAIMS) -> Found:
    """The prose rules that a chapter breaks, each with the number of its cell."""
    rows = [claim for claim in read_claims(claims) if claim.notebook == notebook]
    yield from _numbers(chapter, rows)
    yield from _stale(chapter, rows)
    yield from _pictures(chapter)
    yield from _retired(chapter, gone_services())


def _numbers(chapter: Sequence[Cell], claims: Sequence[Claim]) -> Found:
    for index, cell in enumerate(chapter, 1):
        if cell.kind != "markdown" or "instructor" in cell.tags:
            continue
        prose = one_line(fences_removed(cell.source))
        claimed = [span for claim in claims for span in _spans(prose, one_line(claim.text))]
        for found in AMOUNT.finditer(prose):
            if not any(start <= found.start() and found.end() <= end for start, end in claimed):
                yield index, f"the number '{found[0]}' is in no row of {CLAIMS.name}"


def _stale(chapter: Sequence[Cell], claims: Sequence[Claim]) -> Found:
    prose = one_line(" ".join(cell.source for cell in chapter if cell.kind == "markdown"))
    for claim in claims:
        if one_line(claim.text) not in prose:
            yield 0, f"{CLAIMS.name} claims '{claim.text}', which the chapter no longer says"


def one_line(text: str) -> str:
    """Text with its line breaks as spaces, so that a phrase may run over two lines."""
    return " ".join(text.split())


def _spans(prose: str, phrase: str) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(re.escape(phrase), prose)]


def _pictures(chapter: Sequence[Cell]) -> Found:
    for index, cell in enumerate(chapter, 1):
        if cell.kind != "markdown":
            continue
        tags = _IMG.findall(cell.source)
        if _EMPTY_ALT.search(cell.source) or any(not _ALT.search(tag) for tag in tags):
            yield index, "a picture without words for those who cannot see it"


def _retired(chapter: Sequence[Cell], gone: Mapping[str, str]) -> Found:
    boxes = [cell.source for cell in chapter if cell.kind == "markdown" and BOX in cell.source.lower()]
    for index, cell in enumerate(chapter, 1):
        for service, state in gone.items():
            if _names(cell.source, service) and not any(_names(box, service) for box in boxes):
                yield index, f"{service} is '{state}' and has no box '{BOX} / today'"


def _names(text: str, service: str) -> bool:
    """Whether a text names a service; with capitals, so that 'a forecast' is not Amazon Forecast."""
    return re.search(rf"(?<!\w){re.escape(service)}(?!\w)", text) is not None


@lru_cache(maxsize=1)
def gone_services() -> Mapping[str, str]:
    """Services that a newcomer cannot simply use today -> their state, from ``data/service_status.csv``."""
    rows = catalog.service_status().values()
    return {row.service.split(" (")[0]: row.state for row in rows if row.state.startswith(_GONE)}

"""The rules of a chapter, checked on its source: ``python tools/lint_notebooks.py``.

Structure and sizes stand here; what prose may say (numbers, retired services, pictures) stands in `lint_prose`.
A rule that only running can decide (does this cell draw a figure, does it have alt text) is a test in
``tests/notebooks``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lint_prose
from lint_prose import fences_removed, words
from notebook_source import SOURCES, read, sources

from aws14.chapters import Cell, walk
from aws14.chapters.sections import heading_level

TAGS = (
    "setup",
    "build",
    "inspect",
    "experiment",
    "predict",
    "exercise",
    "solution",
    "check",
    "cleanup",
    "real-only",
    "instructor",
)
METADATA = ("tags", "step", "pattern", "deeper", "exercise")
CORE = {"words": 1200, "code cells": 18, "charts": 5, "widgets": 1, "exercises": 1}
CODE_LINES, CODE_LINES_AIM, MARKDOWN_WORDS = 20, 8, 150

WIDGET = re.compile(r"\b(?:widgets\.\w+|lab\.explore)\(")
CHART = re.compile(r"\b(?:charts\.\w+|lab\.(?:chart|plot|timeline)\w*)\(")
EXPERIMENT = re.compile(r"^lab\.experiment\(", re.MULTILINE)
DRAWING = re.compile(r"\b(?:design\.draw|lab\.draw\w*|lab\.drawing)\(")
_NETWORK = re.compile(
    r"^\s*[!%](?:pip|curl|wget|conda)\b|^\s*(?:import|from)\s+(?:requests|urllib|http(?!\.server)|httpx|socket)\b",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A rule that a chapter breaks, and where."""

    chapter: str
    cell: int
    rule: str

    def __str__(self) -> str:
        """One line, with the cell counted from 1."""
        where = f"{self.chapter}, cell {self.cell}" if self.cell else self.chapter
        return f"{where}: {self.rule}"


Found = Iterator[tuple[int, str]]


def is_figure(cell: Cell) -> bool:
    """Whether a code cell draws something: a chart, a drawing or a widget."""
    return cell.kind == "code" and any(verb.search(cell.source) for verb in (CHART, DRAWING, WIDGET))


def may_be_figure(cell: Cell) -> bool:
    """Whether a code cell draws, or shows an experiment, which may be a chart or a table."""
    return is_figure(cell) or (cell.kind == "code" and bool(EXPERIMENT.search(cell.source)))


def lint(path: Path, *, claims: Path = lint_prose.CLAIMS) -> list[Problem]:
    """Every rule that one chapter breaks.

    Parameters
    ----------
    path : Path
        A chapter source.
    claims : Path
        The table of numbers that prose may state.

    Returns
    -------
    list of Problem
        In the order of the cells.
    """
    notebook = read(path)
    chapter = walk(notebook)
    rules = (
        _metadata(notebook),
        _tags(chapter),
        _sizes(chapter),
        _headings(chapter),
        _deeper(notebook),
        _steps(chapter),
        _exercises(chapter),
        _figures(chapter),
        _code(chapter),
        _core(chapter),
        lint_prose.problems(path.stem, chapter, claims=claims),
    )
    found = [(index, rule) for rule_set in rules for index, rule in rule_set]
    return [Problem(chapter=path.stem, cell=index, rule=rule) for index, rule in sorted(found)]


def _metadata(notebook: Any) -> Found:
    for index, cell in enumerate(notebook.cells, 1):
        unknown = sorted(set(cell.metadata) - set(METADATA))
        if unknown:
            yield index, f"unknown in its header: {', '.join(unknown)} (known: {', '.join(METADATA)})"
        if "pattern" in cell.metadata and heading_level(cell.source, cell.cell_type) != 2:
            yield index, "pattern= stands on a cell that is not an H2"


def _tags(chapter: Sequence[Cell]) -> Found:
    for index, cell in enumerate(chapter, 1):
        unknown = sorted(set(cell.tags) - set(TAGS))
        if unknown:
            yield index, f"unknown tag: {', '.join(unknown)} (known: {', '.join(TAGS)})"
        if cell.kind == "code" and not cell.tags:
            yield index, "a code cell without a tag"
        if "build" in cell.tags and {"exercise", "solution"} & set(cell.tags):
            yield index, "a build cell is never an exercise"
        if cell.kind != "code" and {"setup", "build", "solution", "check"} & set(cell.tags):
            yield index, "a tag for code on a cell that is not code"


def _sizes(chapter: Sequence[Cell]) -> Found:
    for index, cell in enumerate(chapter, 1):
        if cell.kind == "code" and code_lines(cell) > CODE_LINES:
            yield index, f"{code_lines(cell)} lines of code (at most {CODE_LINES})"
        if cell.kind == "markdown" and words(cell.source) > MARKDOWN_WORDS:
            yield index, f"{words(cell.source)} words (at most {MARKDOWN_WORDS})"


def code_lines(cell: Cell) -> int:
    """Lines of a cell that are not blank."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def _headings(chapter: Sequence[Cell]) -> Found:
    before, ones = 0, 0
    for index, cell in enumerate(chapter, 1):
        lines = fences_removed(cell.source).splitlines() if cell.kind == "markdown" else []
        for number, line in enumerate(lines):
            level = heading_level(line)
            if not level:
                continue
            ones += level == 1
            if level > before + 1:
                yield index, f"heading level {level} after level {before}"
            if level <= 3 and number:
                yield index, f"an H{level} that does not open its cell: '{line}'"
            before = level
    if ones != 1:
        yield 1, f"{ones} headings of level 1 (exactly one)"


def _deeper(notebook: Any) -> Found:
    for index, cell in enumerate(notebook.cells, 1):
        mark = cell.metadata.get("deeper")
        level = heading_level(cell.source, cell.cell_type)
        if mark == "end" and not level:
            yield index, 'deeper="end" stands on a cell that is not a heading: JupyterLab would fold it away too'
        elif mark not in (None, "end") and (level not in (3, 4) or not re.fullmatch(r"\d+ min", mark)):
            yield index, 'a Deeper block opens with an H3 or H4 and its time, as deeper="10 min"'


def _steps(chapter: Sequence[Cell]) -> Found:
    finished: set[tuple[str, str]] = set()
    current = ("", "")
    for index, cell in enumerate(chapter, 1):
        if "build" not in cell.tags:
            if cell.step:
                yield index, "step= on a cell that is not a build cell"
            continue
        if not cell.step or not cell.pattern:
            yield index, "a build cell needs step= and stands in the section of a pattern"
        here = (cell.pattern, cell.step)
        if here != current:
            finished.add(current)
        if here in finished:
            yield index, f"step '{cell.step}' comes twice"
        current = here


def _exercises(chapter: Sequence[Cell]) -> Found:
    beats = [(index, _beat(cell)) for index, cell in enumerate(chapter, 1) if _beat(cell)]
    names = ["", *(name for _, name in beats), "", ""]
    for position, (index, name) in enumerate(beats, 1):
        if name == "exercise" and names[position + 1] != "solution":
            yield index, "an exercise without a solution right after it"
        if name == "solution" and names[position - 1] != "exercise":
            yield index, "a solution that does not follow an exercise"
        if name == "solution" and names[position + 1] != "check":
            yield index, "an exercise without a check after its solution"


def _beat(cell: Cell) -> str:
    """What a cell is in the sequence exercise, solution, check; a section ends the sequence."""
    if heading_level(cell.source, cell.kind) == 2:
        return "section"
    tags = ("exercise", "solution", "check") if cell.kind == "code" else ()
    return next((tag for tag in tags if tag in cell.tags), "")


def _figures(chapter: Sequence[Cell]) -> Found:
    shown = [(index, cell) for index, cell in enumerate(chapter, 1) if not {"instructor", "solution"} & set(cell.tags)]
    for position, (index, cell) in enumerate(shown):
        if not may_be_figure(cell):
            continue
        after = shown[position + 1][1] if position + 1 < len(shown) else None
        if after is None or not _says_something(after):
            yield index, "a figure without a sentence after it that says what to see"


def _says_something(cell: Cell) -> bool:
    return cell.kind == "markdown" and not heading_level(cell.source) and bool(re.search(r"[.?!:]", cell.source))


def _code(chapter: Sequence[Cell]) -> Found:
    for index, cell in enumerate(chapter, 1):
        if cell.kind != "code":
            continue
        if re.search(r"\binput\(", cell.source):
            yield index, "input() stops a run that nobody watches"
        if _NETWORK.search(cell.source):
            yield index, "a cell that reaches for the network"


def _core(chapter: Sequence[Cell]) -> Found:
    for pattern in dict.fromkeys(cell.pattern for cell in chapter if cell.pattern):
        first = next(index for index, cell in enumerate(chapter, 1) if cell.pattern == pattern)
        for what, count in core_sizes(chapter, pattern).items():
            if count > CORE[what]:
                yield first, f"the core of {pattern} has {count} {what} (at most {CORE[what]})"


def core_sizes(chapter: Sequence[Cell], pattern: str) -> dict[str, int]:
    """What the core of a pattern, outside its Deeper blocks, asks of a learner; the keys are those of `CORE`."""
    core = [cell for cell in chapter if cell.pattern == pattern and not cell.deeper]
    core = [cell for cell in core if not {"solution", "instructor"} & set(cell.tags)]
    code = [cell for cell in core if cell.kind == "code"]
    return {
        "words": sum(words(cell.source) for cell in core if cell.kind == "markdown"),
        "code cells": len(code),
        "charts": sum(bool(CHART.search(cell.source) or EXPERIMENT.search(cell.source)) for cell in code),
        "widgets": sum(len(WIDGET.findall(cell.source)) for cell in code),
        "exercises": sum("exercise" in cell.tags for cell in code),
    }


def summary(path: Path) -> str:
    """How large a chapter is, a line for each pattern, with the code cells longer than the aim."""
    chapter = walk(read(path))
    code = [cell for cell in chapter if cell.kind == "code"]
    long = sum(code_lines(cell) > CODE_LINES_AIM for cell in code)
    lines = [f"{path.stem}: {len(code)} code cells, {long} over {CODE_LINES_AIM} lines"]
    for pattern in dict.fromkeys(cell.pattern for cell in chapter if cell.pattern):
        sizes = core_sizes(chapter, pattern)
        lines.append(f"  {pattern} core: " + ", ".join(f"{count}/{CORE[what]} {what}" for what, count in sizes.items()))
    return "\n".join(lines)


def main() -> int:
    """Run from a terminal; the exit status."""
    problems = [problem for path in sources(SOURCES) for problem in lint(path)]
    print(*(summary(path) for path in sources(SOURCES)), *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

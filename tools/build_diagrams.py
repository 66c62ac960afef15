"""Write ``diagrams/pNN_word.svg``: the drawing of every pattern of the course.

Run from anywhere: ``python tools/build_diagrams.py``. ``tests/design/test_diagrams.py`` says when it is time to.
"""

from __future__ import annotations

from pathlib import Path

from aws14 import design
from aws14.model import Picture
from aws14.patterns import PATTERNS, Pattern

FOLDER = Path(__file__).resolve().parent.parent / "diagrams"


def picture(pattern: Pattern) -> Picture:
    """The drawing of a pattern."""
    return design.draw(pattern.load().design())


def main() -> None:
    """Draw all patterns; say what was written and how large it is."""
    FOLDER.mkdir(exist_ok=True)
    for pattern in PATTERNS:
        target = picture(pattern).save(FOLDER / f"{pattern.word}.svg")
        print(f"{target.name}: {target.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()

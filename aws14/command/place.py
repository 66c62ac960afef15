"""Where the course lies: a checkout, or a wheel installed somewhere; and where the learner's files go."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def checkout() -> Path | None:
    """The folder of ``course.py``, or None when the course was installed from a wheel."""
    root = _PACKAGE.parent
    return root if (root / "course.py").is_file() and (root / "pyproject.toml").is_file() else None


def work_folder() -> Path:
    """Where the learner's copies are: ``work/`` in the checkout, else in the current folder."""
    return (checkout() or Path.cwd()) / "work"


def verb(name: str) -> str:
    """How the learner types a verb here: through ``course.py`` in a checkout, else through ``aws14``.

    Parameters
    ----------
    name : str
        The verb and its options.
    """
    return f"python3 course.py {name}" if checkout() else f"aws14 {name}"

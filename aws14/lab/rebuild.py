"""Run a pattern's build cells again, and gather what a check may look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from aws14 import chapters, cloud, patterns
from aws14.checks import Evidence

if TYPE_CHECKING:
    from aws14.lab.face import Lab


class Built(SimpleNamespace):
    """The names that build cells defined; shown as names, since some of their values are secret."""

    def __repr__(self) -> str:
        return f"built; ready to use: {', '.join(sorted(vars(self)))}"


@contextmanager
def session_for(variable: ContextVar[Any], session: cloud.Session) -> Iterator[None]:
    """Let every Lab made inside this block work in `session`."""
    token = variable.set(session)
    try:
        yield
    finally:
        variable.reset(token)


def catch_up(key: str, *, until: str = "") -> Built:
    """Execute the setup and build cells of a pattern in a namespace of their own.

    Parameters
    ----------
    key : str
        Short name of the pattern.
    until : str
        Last step to build; all of them when empty.

    Returns
    -------
    Built
        The names that the cells defined, such as ``vpc_id``.
    """
    namespace: dict[str, Any] = {"__name__": f"aws14.catch_up.{key}"}
    row = patterns.pattern(key)
    for cell in chapters.build_cells(row.key, until=until):
        exec(compile(cell.source, f"<{row.chapter}: {cell.step or 'setup'}>", "exec"), namespace)
    return Built(**{name: value for name, value in namespace.items() if not name.startswith("_")})


def evidence(lab: Lab, answer: object) -> Evidence:
    """Read back what is built and compare it with the drawing."""
    from aws14 import design

    built = lab.built()
    return Evidence(
        built=built,
        comparison=design.compare(lab.design(), built),
        answer=answer,
    )

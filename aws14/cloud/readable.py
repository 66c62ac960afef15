"""Refusals of AWS in a notebook: one line instead of a traceback through botocore."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from aws14.cloud.explaining import explain
from aws14.errors import Aws14Error


def readable_errors() -> bool:
    """Show errors of AWS and of the course as one line in the running notebook; elsewhere do nothing.

    Returns
    -------
    bool
        Whether there was a notebook. The cell still counts as failed, and the error keeps its type.
    """
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return False
    shell.set_custom_exc((ClientError, BotoCoreError, ResponseParserError, Aws14Error), _show)
    return True


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType | None, **_: object
) -> list[str]:
    lines = [f"{kind.__name__} in line {_cell_line(trace)}: {explain(error)}"]
    # The shell's own way of showing: a front end gets an error output, a test an error reply.
    shell._showtraceback(kind, error, lines)  # noqa: SLF001 - IPython has no public one
    return lines


def _cell_line(trace: TracebackType | None) -> int:
    """The line of the cell that was running: the first frame that is a cell's module."""
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "<module>":
            return trace.tb_lineno
        trace = trace.tb_next
    return 0

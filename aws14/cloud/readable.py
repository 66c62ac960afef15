"""Refusals of AWS and of clusters in a notebook: one line instead of a traceback through a client's code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from aws14.cloud import kubernetes_explaining
from aws14.cloud.explaining import explain
from aws14.errors import Aws14Error

_TOLD = (ClientError, BotoCoreError, ResponseParserError, Aws14Error)


def _nothing(_: BaseException) -> str:
    return ""


def readable_errors(tell: Callable[[BaseException], str] = _nothing) -> bool:
    """Show errors of AWS, of clusters and of the course as one line in the running notebook; elsewhere do nothing.

    Parameters
    ----------
    tell : callable
        Says an error of another kind in one line; empty for what it does not know.

    Returns
    -------
    bool
        Whether there was a notebook. The cell still counts as failed, and the error keeps its type; ``%tb`` shows the
        whole way it took.
    """
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return False
    # All kinds: those of the Kubernetes client are known only when a cell has imported it.
    shell.set_custom_exc((Exception,), partial(_show, tell=tell))
    return True


def _show(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    *,
    tell: Callable[[BaseException], str],
    **_: object,
) -> list[str]:
    line = explain(error) if isinstance(error, _TOLD) else kubernetes_explaining.explain(error) or tell(error)
    if not line:
        shell.showtraceback((kind, error, trace), running_compiled_code=_cell_line(trace) > 0)
        return []
    lines = [f"{kind.__name__} in line {_cell_line(trace)}: {line}"]
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
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

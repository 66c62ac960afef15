"""How the run of a script is left from within."""

from __future__ import annotations

__all__ = [
    "ExitError",
    "LoopError",
    "RefusedError",
    "ReturnError",
    "SuspendedError",
    "SyntaxProblemError",
    "UnsupportedError",
]


class UnsupportedError(Exception):
    """Something that a real machine would do and this one cannot: the script ends here, and nothing it began is served.

    Parameters
    ----------
    what : str
        The piece of the script, or the thing in a configuration file.
    line : int, optional
        Of the script, from 1; 0 where the place is not known yet.
    """

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what, line)
        self.what, self.line = what, line

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"unsupported by the embedded AWS: {place}{self.what}; docs/fidelity.md"


class SyntaxProblemError(Exception):
    """Not a script in any shell: bash refuses it, too.

    Parameters
    ----------
    message : str
        In bash's words.
    line : int
        From 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message, line)
        self.message, self.line = message, line

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class ForeverError(Exception):
    """A program that serves in the foreground: what stands after it is never reached.

    Parameters
    ----------
    command : str
        Which; it runs already.
    """

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command


class SuspendedError(Exception):
    """The script asks the world something at a time that has not come yet.

    Parameters
    ----------
    until : float
        Epoch seconds of AWS time.
    """

    def __init__(self, until: float) -> None:
        super().__init__(until)
        self.until = until


class RefusedError(Exception):
    """A command cannot do what it was asked, as on a real machine: it says why and ends with a status.

    Parameters
    ----------
    message : str
        What goes to standard error; empty for nothing.
    status : int, optional
        Exit status.
    """

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message, status)
        self.message, self.status = message, status


class ExitError(Exception):
    """``exit``, or the end by ``set -e`` or ``set -u``.

    Parameters
    ----------
    status : int
        Exit status.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ReturnError(ExitError):
    """``return`` from a function or a sourced file."""


class LoopError(Exception):
    """``break`` or ``continue``.

    Parameters
    ----------
    word : {'break', 'continue'}
        Which.
    levels : int
        How many loops it means.
    """

    def __init__(self, word: str, levels: int) -> None:
        super().__init__(word, levels)
        self.word, self.levels = word, levels

"""The errors of the course: what went wrong, what was given, what is allowed, the likely cure.

::

    Aws14Error
    ├── DesignError       a drawing or topology contradicts itself
    ├── ScenarioError     a load, a user mix or a run that cannot be simulated (also a ValueError)
    ├── DataError         a file of data/ is missing, malformed, or lacks the figure asked for
    ├── CloudError        talking to AWS, embedded or real
    │   ├── BuildError    a call AWS refused, with service, operation, code and request id
    │   ├── ReadbackError a resource or one of its attributes could not be read back
    │   └── GuardError    a request that would leave the embedded AWS, or a real account not fully named
    ├── EmulatorError     the embedded AWS does not start, answer or restore
    ├── NotebookError     a chapter, pattern, step or exercise that is not in the course
    │   └── UnknownVerbError  a lab has no such verb (also an AttributeError)
    └── NotAvailable      an optional program or an operation outside the embedded AWS
"""


class Aws14Error(Exception):
    """Base of every error the course raises on purpose.

    Parameters
    ----------
    problem : str
        What went wrong, in the learner's words, with the value given.
    allowed : str, optional
        The values or states that would have been accepted.
    cure : str, optional
        The likely next thing to type.
    """

    def __init__(self, problem: str, *, allowed: str = "", cure: str = "") -> None:
        self.problem = problem
        self.allowed = allowed
        self.cure = cure
        super().__init__(problem, allowed, cure)

    def __str__(self) -> str:
        """One sentence per part; empty parts are left out."""
        parts = [self.problem.rstrip(".") + "."]
        if self.allowed:
            parts.append(f"Allowed: {self.allowed.rstrip('.')}.")
        if self.cure:
            parts.append(f"Try: {self.cure.rstrip('.')}.")
        return " ".join(parts)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback (an IPython protocol)."""
        return [f"{type(self).__name__}: {self}"]


class DesignError(Aws14Error):
    """A drawing or topology contradicts itself."""


class ScenarioError(Aws14Error, ValueError):
    """A load, a user mix or a run that cannot be simulated."""


class DataError(Aws14Error):
    """A file of ``data/`` is missing, malformed, or lacks the figure asked for."""


class CloudError(Aws14Error):
    """Something between the course and AWS, embedded or real."""


class BuildError(CloudError):
    """A call that AWS refused."""


class ReadbackError(CloudError):
    """A resource or one of its attributes could not be read back."""


class GuardError(CloudError):
    """A request that would leave the embedded AWS, or a real account that was not fully named."""


class EmulatorError(Aws14Error):
    """The embedded AWS does not start, answer or restore."""


class NotebookError(Aws14Error):
    """A chapter, pattern, step or exercise that the course does not have."""


class UnknownVerbError(NotebookError, AttributeError):
    """A lab has no such verb."""


class NotAvailable(Aws14Error):  # noqa: N818 - reads as the sentence it is
    """An optional program is missing, or an operation is outside the embedded AWS."""

"""Diagnosis: what one examination of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass

_NAME_WIDTH = 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """The finding of one examination.

    Parameters
    ----------
    ok : bool
        Whether all is well.
    seen : str
        What was seen.
    fix : str
        The command that fixes it; empty when there is nothing to fix.
    """

    ok: bool
    seen: str
    fix: str = ""

    def line(self, name: str) -> str:
        """The finding for a terminal: ``OK``, or ``FIX`` and the command below.

        Parameters
        ----------
        name : str
            What was examined.
        """
        first = f"{'OK ' if self.ok else 'FIX'}  {name:<{_NAME_WIDTH}} {self.seen}"
        return first if self.ok or not self.fix else f"{first}\n       -> {self.fix}"

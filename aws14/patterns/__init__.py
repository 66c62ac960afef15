"""The course: one module for each pattern, the same names in each, and the one ordered table of them.

A pattern module holds ``BRIEF`` (the customer's numbers), ``ASSUMPTIONS`` (what no trace shows and a bill needs),
``design()`` (the drawing as a Topology), ``scenario()`` (a day in its life), ``experiments`` and ``checks`` (by name).
There is no build: that is written once, in the notebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from aws14.errors import NotebookError


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """A row of the table of patterns.

    Parameters
    ----------
    number : int
        Orders the tree; 0 is the first server of the start page.
    word : str
        The permanent name: module, drawing and test carry it.
    title : str
        What people call it.
    chapter : str
        The notebook it is taught in, without ending.
    """

    number: int
    word: str
    title: str
    chapter: str

    @property
    def key(self) -> str:
        """The short name used in cells and tags, such as ``p01``."""
        return self.word[:3]

    def load(self) -> ModuleType:
        """Import and return the pattern's module."""
        return import_module(f"aws14.patterns.{self.word}")


PATTERNS = (
    Pattern(number=0, word="p00_first_server", title="A first server", chapter="00_start_here"),
    Pattern(number=1, word="p01_campaign_site", title="Campaign site", chapter="01_web_systems"),
    Pattern(number=2, word="p02_corporate_site", title="Corporate site", chapter="01_web_systems"),
    Pattern(number=3, word="p03_scaling_intranet", title="Scaling intranet", chapter="01_web_systems"),
    Pattern(number=4, word="p04_available_intranet", title="Available intranet", chapter="01_web_systems"),
    Pattern(number=5, word="p05_backup", title="Backup", chapter="02_storage"),
    Pattern(number=6, word="p06_file_server", title="File server", chapter="02_storage"),
    Pattern(number=12, word="p12_serverless", title="Serverless infrastructure", chapter="05_cloud_native"),
    Pattern(number=13, word="p13_microservices", title="Operating microservices", chapter="05_cloud_native"),
)


def pattern(key: str) -> Pattern:
    """Return the pattern with this short name or word.

    Raises
    ------
    NotebookError
        When the course has no such pattern; the message lists those it has.
    """
    for candidate in PATTERNS:
        if key in (candidate.key, candidate.word):
            return candidate
    raise NotebookError(
        f"the course has no pattern '{key}'",
        allowed=", ".join(f"{row.key} ({row.title})" for row in PATTERNS),
    )


__all__ = ["PATTERNS", "Pattern", "pattern"]

"""Which words of a container's command the small shell of this course runs (``programs/shell.py``)."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["COMMANDS", "shell_words"]

COMMANDS = frozenset(
    [
        "sh",
        "ash",
        "bash",
        "sleep",
        "echo",
        "printf",
        "cat",
        "true",
        "false",
        "test",
        "[",
        "date",
        "env",
        "ls",
        "mkdir",
        "rm",
        "cp",
        "mv",
        "touch",
        "wget",
        "exit",
        "httpd",
    ]
)
"""Programs of busybox that there are; ``wget -qO-`` and ``httpd -f -p 8080 -h /www`` among them."""


def shell_words(words: Sequence[str]) -> bool:
    """Whether the small shell can begin with these words."""
    return words[0].rpartition("/")[2] in COMMANDS

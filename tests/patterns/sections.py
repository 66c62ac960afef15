"""The code cells of a chapter's source, by the heading they stand under."""

from __future__ import annotations

import re


def code_cells(section: str, heading: str) -> list[str]:
    """The code cells of a section under a heading, up to the next one."""
    block = re.search(rf"^# #+ {re.escape(heading)}$(.*?)(?=^# #+ |\Z)", section, re.MULTILINE | re.DOTALL)
    assert block, heading
    parts = re.split(r"^# %%", block[1], flags=re.MULTILINE)[1:]
    return [part.partition("\n")[2] for part in parts if not part.startswith(" [markdown]")]

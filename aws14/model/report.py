"""Report: named findings, each passed or not yet, with a hint. A check never raises; it reports."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

Status = Literal["passed", "not_yet", "note"]

_MARK = {"passed": "✓", "not_yet": "✗", "note": "·"}
_WORD = {"passed": "passed", "not_yet": "not yet", "note": "note"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of a report.

    Parameters
    ----------
    name : str
        What was looked at; a sentence that is true when it passes.
    status : {'passed', 'not_yet', 'note'}
        ``note`` informs and decides nothing.
    detail : str
        What was seen.
    hint : str
        What to look at next; shown only when not yet passed.
    category : str
        For comparisons: ``missing``, ``extra``, ``misplaced``, ``misconnected``, ``different``
        or ``ambiguous``.
    subjects : tuple of str
        Ids of the nodes it is about, for marking on a drawing.
    """

    name: str
    status: Status
    detail: str = ""
    hint: str = ""
    category: str = ""
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """Findings under a title.

    Parameters
    ----------
    title : str
        What was asked.
    findings : tuple of Finding
        The answers.
    summary : str
        One sentence; counted from the findings when empty.
    """

    title: str
    findings: tuple[Finding, ...] = ()
    summary: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is outstanding."""
        return all(finding.status != "not_yet" for finding in self.findings)

    @property
    def outstanding(self) -> tuple[Finding, ...]:
        """The findings that have not passed yet."""
        return tuple(finding for finding in self.findings if finding.status == "not_yet")

    @property
    def verdict(self) -> str:
        """The summary, or how many of how many passed."""
        if self.summary:
            return self.summary
        asked = [finding for finding in self.findings if finding.status != "note"]
        passed = sum(finding.status == "passed" for finding in asked)
        return f"{passed} of {len(asked)} passed"

    def __str__(self) -> str:
        """The report for a terminal."""
        lines = [f"{self.title}: {self.verdict}"]
        for finding in self.findings:
            lines.append(
                f"  {_MARK[finding.status]} {finding.name}" + (f" — {finding.detail}" if finding.detail else "")
            )
            if finding.hint and finding.status == "not_yet":
                lines.append(f"      hint: {finding.hint}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The report for a notebook: a table with a caption; state in words as well as marks."""
        rows = "".join(
            f"<tr><td style='text-align:left;white-space:nowrap'>{_MARK[finding.status]} {_WORD[finding.status]}</td>"
            f"<td style='text-align:left'>{escape(finding.name)}</td>"
            f"<td style='text-align:left'>{escape(finding.detail)}{_hint_html(finding)}</td></tr>"
            for finding in self.findings
        )
        return (
            f"<table><caption style='text-align:left;color:inherit'><b>{escape(self.title)}</b>: "
            f"{escape(self.verdict)}</caption>"
            "<thead><tr><th scope='col' style='text-align:left'>State</th>"
            "<th scope='col' style='text-align:left'>What</th>"
            f"<th scope='col' style='text-align:left'>Seen</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def _hint_html(finding: Finding) -> str:
    if not finding.hint or finding.status != "not_yet":
        return ""
    return f"<br><i>Hint: {escape(finding.hint)}</i>"

"""Brief: what the customer asks for, in numbers that a run can be held against."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One number of a brief.

    Parameters
    ----------
    name : str
        Key used by checks, with its unit: ``failed_share``, ``p95_s``, ``budget_usd_per_month``.
    text : str
        The requirement as the customer says it.
    value : float
        The number.
    """

    name: str
    text: str
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """A customer's order.

    Parameters
    ----------
    customer : str
        Who asks.
    story : str
        What they want, in two or three sentences.
    requirements : tuple of Requirement
        The numbers.
    """

    customer: str
    story: str
    requirements: tuple[Requirement, ...]

    def value(self, name: str) -> float:
        """Return the number of a requirement (KeyError when the brief has none of that name)."""
        return {requirement.name: requirement.value for requirement in self.requirements}[name]

    def __str__(self) -> str:
        """The brief for a terminal."""
        return "\n".join(
            [f"{self.customer}: {self.story}", *(f"  - {requirement.text}" for requirement in self.requirements)]
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The brief for a notebook."""
        items = "".join(f"<li>{escape(requirement.text)}</li>" for requirement in self.requirements)
        return f"<p><b>{escape(self.customer)}</b>. {escape(self.story)}</p><ul>{items}</ul>"

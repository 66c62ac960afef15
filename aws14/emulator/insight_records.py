"""Where paths and analyses of Reachability Analyzer are kept: in the state of the behaviours, by account and region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws14.emulator.world import world

__all__ = ["ANALYSIS", "PATH", "Kind", "Record", "records"]

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two kinds of records.

    Parameters
    ----------
    name : str
        Resource type in tags and ARNs.
    prefix : str
        Of its ids.
    member : str
        What EC2's shapes call it.
    """

    name: str
    prefix: str
    member: str

    @property
    def id(self) -> str:
        """The member that holds its id."""
        return f"{self.member}Id"


PATH = Kind("network-insights-path", "nip", "NetworkInsightsPath")
ANALYSIS = Kind("network-insights-analysis", "nia", "NetworkInsightsAnalysis")


def records(kind: Kind, account: str, region: str) -> dict[str, Record]:
    """The records of a kind by id, in EC2's shape; what is put in stays.

    Parameters
    ----------
    kind : Kind
        Paths or analyses.
    account, region : str
        Whose.
    """
    kept: dict[tuple[str, str, str], dict[str, Record]] = world().state.setdefault("network_insights", {})
    return kept.setdefault((kind.prefix, account, region), {})

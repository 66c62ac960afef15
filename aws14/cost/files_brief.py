"""What a company asks of its file server, in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws14.catalog import quota
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.errors import ScenarioError

__all__ = ["FilesBrief"]

_MIB_A_GIB, _HOUR_S = 1024.0, 3600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FilesBrief:
    """What a company asks of its file server.

    Parameters
    ----------
    gib : float
        Stored in the first year, GiB.
    cold_share : float
        Share of it that nobody reads for months.
    growth : float
        Of what is stored, a year: 0.2 is a fifth more.
    read_gib, written_gib : float
        In a month, GiB.
    peak_mibps : float
        Wanted at the end of the month, MiB/s.
    peak_h : float
        For how long at once, once a month, hours; infinite: it never ends.
    protocol : {'SMB', 'NFS'}
        What its desks speak.
    two_zones : bool
        Whether files have to be there when a zone is lost.
    region : str
        Where.

    Raises
    ------
    ScenarioError
        When a number cannot be.
    """

    gib: float
    cold_share: float
    growth: float
    read_gib: float
    written_gib: float
    peak_mibps: float
    protocol: str
    two_zones: bool
    region: str
    peak_h: float = math.inf

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        amounts = (self.growth, self.read_gib, self.written_gib, self.peak_mibps, self.peak_h)
        if not (self.gib > 0 and 0 <= self.cold_share <= 1 and min(amounts) >= 0 and self.protocol in ("SMB", "NFS")):
            raise ScenarioError(f"{self} cannot be", allowed="GiB above 0, shares of 0 to 1, SMB or NFS")

    @property
    def metered_share(self) -> float:
        """What EFS meters of a byte that is moved: of one that is read but a part."""
        moved = self.read_gib + self.written_gib
        read = self.read_gib / moved if moved else 0.0
        return 1 - read + read / quota("EFS", "reads metered as one write").value

    @property
    def peak_metered_mibps(self) -> float:
        """The peak as EFS meters it, MiB/s."""
        return self.peak_mibps * self.metered_share

    @property
    def mean_metered_mibps(self) -> float:
        """The month's mean as EFS meters it, MiB/s."""
        return (self.read_gib + self.written_gib) * self.metered_share * _MIB_A_GIB / (HOURS_PER_MONTH * _HOUR_S)

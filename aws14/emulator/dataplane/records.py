"""Hosted zones and their records as plain nouns."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Location", "Record", "Zone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """Where a geolocation record is for, or where an asker is: codes as Route 53's; ``*`` is everywhere else."""

    continent: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A resource record set.

    Parameters
    ----------
    name, type : str
        ``www.example.co.jp``, ``A``.
    ttl_s : int
        Seconds; 0 for an alias, which has that of its target.
    values : tuple of str
        Empty for an alias.
    alias : str
        The name that an alias stands for; empty for other records.
    weight : int or None
        Of a weighted record; None for any other.
    set_id : str
        Set identifier; empty for a simple record.
    failover : str
        ``PRIMARY``, ``SECONDARY``; empty for any other record.
    region : str
        Of a latency record.
    location : Location or None
        Of a geolocation record.
    multivalue : bool
        Whether it is one of several that answer together.
    health_check : str
        Id; empty for none.
    evaluates_target : bool
        Whether an alias is as healthy as what it stands for.
    """

    name: str
    type: str
    ttl_s: int = 0
    values: tuple[str, ...] = ()
    alias: str = ""
    weight: int | None = None
    set_id: str = ""
    failover: str = ""
    region: str = ""
    location: Location | None = None
    multivalue: bool = False
    health_check: str = ""
    evaluates_target: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """A hosted zone; `vpcs` are those that see a private one."""

    id: str
    name: str
    records: tuple[Record, ...] = ()
    private: bool = False
    vpcs: tuple[str, ...] = ()

    def holds(self, name: str) -> bool:
        """Whether this zone speaks for `name`."""
        return name == self.name or name.endswith(f".{self.name}")

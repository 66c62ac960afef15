"""Storage classes of S3: how each is counted, and how one gets out of those that are archives.

What AWS charges for (S3 user guide, "Understanding and managing storage classes"; prices in ``data/prices.csv``):

- Standard-IA, One Zone-IA and Glacier Instant Retrieval count an object as 128 KiB at least.
- Glacier Flexible Retrieval and Deep Archive add 40 KiB to each object: 8 at the rate of Standard, 32 at their own.
- An object that leaves a class before 30 (IA), 90 (Glacier) or 180 days (Deep Archive) is charged for the rest of them.
- Each move is a request. Objects below 128 KiB are not moved, unless the rule says so (since September 2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws14 import catalog
from aws14.errors import DesignError

STANDARD = "STANDARD"
"""The class that objects come into."""

_KIB = 1024.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Class:
    """How S3 counts what lies in a storage class.

    Parameters
    ----------
    item : str
        Its storage in the price book.
    moving : str
        The move into it in the price book; empty: nothing is moved there.
    least_days : float
        Charged for at least.
    least_bytes : float
        An object counts as at least.
    added_bytes, added_standard_bytes : float
        Counted on top of each object, at its own rate and at that of Standard.
    """

    item: str
    moving: str = ""
    least_days: float = 0.0
    least_bytes: float = 0.0
    added_bytes: float = 0.0
    added_standard_bytes: float = 0.0


def classes() -> Mapping[str, Class]:
    """Storage class, as the API spells it -> how it is counted."""

    def limit(name: str) -> float:
        return catalog.quota("S3", name).value

    infrequent = {
        "least_days": limit("Standard-IA / One Zone-IA minimum duration"),
        "least_bytes": _KIB * limit("Standard-IA / One Zone-IA / Glacier IR minimum billed object"),
    }
    of_standard = _KIB * limit("of the metadata overhead at the Standard rate")
    added = {
        "added_bytes": _KIB * limit("Glacier Flexible / Deep Archive metadata overhead") - of_standard,
        "added_standard_bytes": of_standard,
    }
    glacier_days = limit("Glacier IR / Flexible minimum duration")
    move = "Lifecycle transition to "
    return {
        STANDARD: Class(item="Standard storage"),
        "STANDARD_IA": Class(item="Standard-IA storage", moving=f"{move}Standard-IA", **infrequent),
        "ONEZONE_IA": Class(item="One Zone-IA storage", moving=f"{move}One Zone-IA", **infrequent),
        "GLACIER_IR": Class(
            item="Glacier Instant Retrieval storage",
            moving=f"{move}Glacier Instant Retrieval",
            least_days=glacier_days,
            least_bytes=infrequent["least_bytes"],
        ),
        "GLACIER": Class(
            item="Glacier Flexible Retrieval storage",
            moving=f"{move}Glacier Flexible",
            least_days=glacier_days,
            **added,
        ),
        "DEEP_ARCHIVE": Class(
            item="Glacier Deep Archive storage",
            moving=f"{move}Glacier Deep Archive",
            least_days=limit("Deep Archive minimum duration"),
            **added,
        ),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrieval:
    """A way to get objects out of an archive class.

    Parameters
    ----------
    tier : str
        ``Expedited``, ``Standard`` or ``Bulk``.
    typical_s : float
        How long it takes.
    per_gb, per_request : str
        Items of the price book; empty: free.
    """

    tier: str
    typical_s: float
    per_gb: str
    per_request: str


def retrievals(storage_class: str) -> tuple[Retrieval, ...]:
    """Ways out of a class, the quickest first.

    Parameters
    ----------
    storage_class : str
        ``GLACIER`` or ``DEEP_ARCHIVE``.

    Raises
    ------
    DesignError
        When objects of the class need not be retrieved.
    """
    known = {
        "GLACIER": ("S3 Glacier Flexible Retrieval", "Glacier Flexible", ("Expedited", "Standard", "Bulk")),
        "DEEP_ARCHIVE": ("S3 Glacier Deep Archive", "Glacier Deep Archive", ("Standard", "Bulk")),
    }
    if storage_class not in known:
        raise DesignError(f"objects in {storage_class} are read at once", allowed=", ".join(known))
    thing, item, tiers = known[storage_class]
    free = (storage_class, "Bulk") == ("GLACIER", "Bulk")
    return tuple(
        Retrieval(
            tier=tier,
            typical_s=catalog.durations()[f"{thing} retrieved {tier}"].typical_s,
            per_gb="" if free and tier == "Bulk" else f"{item} {tier.lower()} retrieval",
            per_request="" if free and tier == "Bulk" else f"{item} {tier.lower()} retrieval requests",
        )
        for tier in tiers
    )

"""How long things take on AWS: ``data/durations.csv``, in seconds of AWS time."""

from __future__ import annotations

from functools import cache

from aws14.catalog.tables import missing, rows

__all__ = ["typical_s"]


@cache
def typical_s(thing: str) -> float:
    """Return how long `thing` typically takes, in seconds.

    Parameters
    ----------
    thing : str
        ``"EC2 instance pending to running"``.

    Raises
    ------
    DataError
        The table does not know it.
    """
    known = {row["thing"]: float(row["seconds_typical"]) for row in rows("durations")}
    if thing not in known:
        raise missing("duration", thing, known)
    return known[thing]

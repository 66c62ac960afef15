"""Points: recovery points as a read-back vault tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aws14.errors import DesignError

_TWO_WORDS = "Storage Gateway"


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A recovery point as a vault tells it.

    Parameters
    ----------
    of, kind : str
        Of what, and of which kind, as AWS Backup calls it.
    taken_s : float
        When, in epoch seconds.
    gib : float
        Its size.
    cold : bool
        Whether it lies in cold storage.
    """

    of: str
    kind: str
    taken_s: float
    gib: float
    cold: bool


def read_point(text: str) -> Point:
    """A recovery point: ``db RDS 2026-11-24T05:00 100``, with ``cold`` behind it in cold storage.

    Raises
    ------
    DesignError
        When it is not that.
    """
    cold = text.endswith(" cold")
    try:
        named, taken, gib = text.removesuffix(" cold").rsplit(maxsplit=2)
        kind = _TWO_WORDS if named.endswith(f" {_TWO_WORDS}") else named.rpartition(" ")[2]
        moment = datetime.fromisoformat(taken)
        return Point(
            of=named.removesuffix(f" {kind}"),
            kind=kind,
            taken_s=(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp(),
            gib=float(gib),
            cold=cold,
        )
    except ValueError:
        raise DesignError(
            f"the recovery point '{text}' cannot be read", allowed="db RDS 2026-11-24T05:00 100"
        ) from None

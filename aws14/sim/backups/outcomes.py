"""Outcomes: what a failure leaves, how much work is lost (RPO) and how long coming back takes (RTO)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14.sim.backups.copies import Copy, Original
from aws14.sim.backups.failures import SPOILS, Failure, strikes, survives
from aws14.sim.backups.generations import DAY_S

Floats = NDArray[np.float64]

_REPEATED_S = 1.0
"""Within this time a mirror has repeated a mistake."""

AT_S = 1_876_129_200.0
"""When failures strike unless told: a working day (14 June 2029, 11:00), long after the plan began."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a failure leaves.

    Parameters
    ----------
    failure : Failure
        What happened.
    survivors : tuple of str
        Copies from which good data come back, the one that loses least first.
    rpo_s : float
        Age of the oldest work that is lost; 0: none; infinity: everything.
    rto_s : float
        From noticing until work goes on; infinity: never.
    """

    failure: Failure
    survivors: tuple[str, ...]
    rpo_s: float
    rto_s: float

    @property
    def lost(self) -> bool:
        """Whether everything is gone."""
        return not self.survivors


def outcome(original: Original, copies: Iterable[Copy], failure: Failure, *, at_s: float = AT_S) -> Outcome:
    """What one failure leaves.

    Of a mistake the work on that file is lost from the backup until the mistake; of all else the work since the backup.

    Parameters
    ----------
    original : Original
        What is struck.
    copies : iterable of Copy
        What there is beside it.
    failure : Failure
        What happens; it is noticed `found_after_days` after data went wrong.
    at_s : float
        When it is noticed, in epoch seconds.
    """
    if not strikes(failure, original):
        return Outcome(failure=failure, survivors=("the original",), rpo_s=0.0, rto_s=0.0)
    good = [copy for copy in copies if survives(copy, failure, original)]
    lost_s = lost_with_each(good, failure, np.array([at_s]), np.array([failure.found_after_days]))[:, 0]
    counted_from_s = at_s - (_wrong_for_s(failure) if failure.kind == "mistake" else 0.0)
    left = sorted(
        (lost, copy.back_in_s(counted_from_s - lost, at_s), copy.name)
        for lost, copy in zip(lost_s.tolist(), good, strict=True)
        if math.isfinite(lost)
    )
    return Outcome(
        failure=failure,
        survivors=tuple(name for _, _, name in left),
        rpo_s=left[0][0] if left else math.inf,
        rto_s=left[0][1] if left else math.inf,
    )


def _wrong_for_s(failure: Failure) -> float:
    return max(failure.found_after_days * DAY_S, _REPEATED_S)


def lost_with_each(copies: Sequence[Copy], failure: Failure, now_s: Floats, found_after_days: Floats) -> Floats:
    """Seconds of work lost when each copy is the one gone back to; infinity where it holds nothing good.

    Parameters
    ----------
    copies : sequence of Copy
        That survive the failure.
    failure : Failure
        What happened.
    now_s, found_after_days : ndarray of float64, shape (failures,)
        When it is noticed, and how long after data went wrong.

    Returns
    -------
    ndarray of float64, shape (copies, failures)
    """
    clean_s = now_s
    if failure.kind in SPOILS:
        clean_s = now_s - np.maximum(found_after_days * DAY_S, _REPEATED_S)
    counted_from_s = clean_s if failure.kind == "mistake" else now_s
    newest = [copy.history.newest_s(now_s, clean_s) for copy in copies]
    return counted_from_s - np.array(newest).reshape(len(copies), len(now_s))


def matrix(
    original: Original,
    designs: Mapping[str, Sequence[Copy]],
    failures: Iterable[Failure],
    *,
    at_s: float = AT_S,
) -> Mapping[str, Mapping[str, Outcome]]:
    """Failure -> design -> what is left: the picture of the 3-2-1 rule.

    Parameters
    ----------
    original : Original
        What is struck.
    designs : Mapping[str, sequence of Copy]
        Name -> the copies that there are beside it.
    failures : iterable of Failure
        What happens, one at a time.
    at_s : float
        When each is noticed, in epoch seconds.
    """
    return {
        failure.name: {name: outcome(original, copies, failure, at_s=at_s) for name, copies in designs.items()}
        for failure in failures
    }

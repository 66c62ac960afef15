"""Tiering: an archive over years, object by object, with lifecycle rules or without.

Model. Each month brings the same objects, all on its first day; a lifecycle moves each to another class so many days
later, and deletes it at the end. What AWS counts is integrated exactly over each month: GB-months of each class,
requests to put and to move, and what is charged for leaving too early.

What AWS charges for: `aws14.sim.storage_classes`.

Left out: versions, Intelligent-Tiering's own moves, objects that change.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.errors import DesignError, ScenarioError
from aws14.sim.storage_classes import STANDARD, Class, classes

Floats = NDArray[np.float64]

MONTH_DAYS = 365 / 12
"""Days of a billed month: 730 hours."""

_KIB, _GIB = 1024.0, 1024.0**3


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """A lifecycle rule.

    Parameters
    ----------
    moves : tuple of (float, str)
        Days after an object came, and the class it moves to, in their order.
    expire_days : float
        Days until it is deleted; infinity: never.
    least_bytes : float, optional
        Smaller objects are not moved; S3's own 128 KiB when left out, 0 to move all.

    Raises
    ------
    DesignError
        When a class is not known, or the days do not ascend.
    """

    moves: tuple[tuple[float, str], ...] = ()
    expire_days: float = math.inf
    least_bytes: float | None = None

    def __post_init__(self) -> None:
        """Refuse what S3 refuses."""
        known = [name for name, each in classes().items() if each.moving]
        if not all(name in known for _, name in self.moves):
            raise DesignError(f"a lifecycle moves to {self.moves}", allowed=", ".join(known))
        days = [0.0, *(day for day, _ in self.moves), self.expire_days]
        if days != sorted(days) or self.expire_days <= 0:
            raise DesignError(f"the days of a lifecycle do not ascend: {days}")

    @property
    def smallest_moved_bytes(self) -> float:
        """Objects of at least so many bytes are moved."""
        if self.least_bytes is not None:
            return self.least_bytes
        return _KIB * catalog.quota("S3", "smallest object that a lifecycle moves unless told").value

    def stays(self, *, moved: bool) -> Iterator[tuple[str, float, float]]:
        """Class, from which day and until which day an object lies in it; the last may end at infinity."""
        steps = [(0.0, STANDARD), *(self.moves if moved else ())]
        ends = [day for day, _ in steps[1:]] + [self.expire_days]
        yield from ((name, begin, end) for (begin, name), end in zip(steps, ends, strict=True) if end > begin)


def read_lifecycle(text: str) -> Lifecycle:
    """A rule as a read-back bucket says it: ``archive logs/ 30:STANDARD_IA 90:GLACIER expire=2555 least=0``.

    Raises
    ------
    DesignError
        When it is not that.
    """
    moves: list[tuple[float, str]] = []
    expire, least = math.inf, None
    for word in text.split()[2:]:
        day, colon, name = word.partition(":")
        try:
            if colon:
                moves.append((float(day), name))
            elif word.startswith("expire="):
                expire = float(word.removeprefix("expire="))
            elif word.startswith("least="):
                least = float(word.removeprefix("least="))
        except ValueError:
            raise DesignError(f"'{word}' of the lifecycle '{text}' cannot be read", allowed="90:GLACIER") from None
    return Lifecycle(moves=tuple(moves), expire_days=expire, least_bytes=least)


@dataclass(frozen=True, kw_only=True, eq=False)
class Archive:
    """What comes each month. Arrays have an entry a size.

    Parameters
    ----------
    object_bytes : ndarray of float64, shape (sizes,)
        Sizes of objects.
    per_month : ndarray of float64, shape (sizes,)
        How many of each come.
    """

    object_bytes: Floats
    per_month: Floats

    @property
    def gib_per_month(self) -> float:
        """GiB that come each month."""
        return float((self.object_bytes * self.per_month).sum()) / _GIB

    @classmethod
    def of_one_size(cls, object_bytes: float, per_month: float) -> Archive:
        """All objects alike."""
        return cls(object_bytes=np.array([float(object_bytes)]), per_month=np.array([float(per_month)]))

    @classmethod
    def lognormal(cls, *, median_bytes: float, spread: float, per_month: float, sizes: int = 200) -> Archive:
        """Sizes as files have them: many small, few large.

        Parameters
        ----------
        median_bytes : float
            Half of them are smaller.
        spread : float
            Standard deviation of the logarithm: 1.5 to 3 for files of people.
        per_month : float
            How many come.
        sizes : int
            How many equally frequent sizes stand for them.

        Raises
        ------
        ScenarioError
            When a number cannot be.
        """
        if not (median_bytes > 0 and spread >= 0 and per_month > 0 and sizes >= 1):
            raise ScenarioError(f"files of {median_bytes!r} bytes, spread {spread!r}", allowed="positive numbers")
        quantiles = (np.arange(sizes) + 0.5) / sizes
        normal = np.array([NormalDist().inv_cdf(each) for each in quantiles.tolist()])
        return cls(object_bytes=median_bytes * np.exp(spread * normal), per_month=np.full(sizes, per_month / sizes))


@dataclass(frozen=True, kw_only=True, eq=False)
class Kept:
    """What AWS counts, month by month. Arrays have an entry a month.

    Parameters
    ----------
    gb_months : Mapping[str, ndarray of float64]
        Class -> GB-months (of 2**30 bytes), with minimum sizes and overheads.
    early_gb_months : Mapping[str, ndarray of float64]
        Class -> GB-months charged for leaving it too early.
    puts : ndarray of float64
        Requests that bring objects.
    moves : Mapping[str, ndarray of float64]
        Class -> requests that move objects into it.
    """

    gb_months: Mapping[str, Floats]
    early_gb_months: Mapping[str, Floats]
    puts: Floats
    moves: Mapping[str, Floats]

    @property
    def months(self) -> int:
        """How many."""
        return len(self.puts)


def keep(archive: Archive, lifecycle: Lifecycle, *, months: int) -> Kept:
    """Fill an archive for some months and let the lifecycle work.

    Parameters
    ----------
    archive : Archive
        What comes each month.
    lifecycle : Lifecycle
        What becomes of it.
    months : int
        How many, each of 365 / 12 days.

    Raises
    ------
    ScenarioError
        When there are none.
    """
    if months < 1:
        raise ScenarioError(f"{months!r} months", allowed="1 or more")
    known = classes()
    stored, early, moves = ({name: np.zeros(months) for name in known} for _ in range(3))
    small = archive.object_bytes < lifecycle.smallest_moved_bytes
    for moved, sizes in ((True, ~small), (False, small)):
        objects = float(archive.per_month[sizes].sum())
        if not objects:
            continue
        for name, begin, end in lifecycle.stays(moved=moved):
            rule = known[name]
            own_gib = _counted_gib(archive, sizes, rule)
            stored[name] += own_gib * _months_within(begin, end, months)
            stored[STANDARD] += objects * rule.added_standard_bytes / _GIB * _months_within(begin, end, months)
            if name != STANDARD:
                moves[name] += objects * _arrivals(begin, months)
            short_days = max(0.0, rule.least_days - (end - begin))
            if short_days:
                early[name] += own_gib * short_days / MONTH_DAYS * _arrivals(end, months)
    return Kept(
        gb_months={name: each for name, each in stored.items() if each.any()},
        early_gb_months={name: each for name, each in early.items() if each.any()},
        puts=np.full(months, float(archive.per_month.sum())),
        moves={name: each for name, each in moves.items() if each.any()},
    )


def _counted_gib(archive: Archive, sizes: NDArray[np.bool_], rule: Class) -> float:
    """GiB that the objects of a month count as in a class."""
    counted = np.maximum(archive.object_bytes[sizes], rule.least_bytes) + rule.added_bytes
    return float((counted * archive.per_month[sizes]).sum()) / _GIB


def _months_within(begin: float, end: float, months: int) -> Floats:
    """Months of a stay that fall into each month, for all objects that came by then: shape (months,)."""
    age = np.arange(months) * MONTH_DAYS
    of_one = np.clip(np.minimum(age + MONTH_DAYS, end) - np.maximum(age, begin), 0, None) / MONTH_DAYS
    summed: Floats = np.cumsum(of_one)
    return summed


def _arrivals(day: float, months: int) -> Floats:
    """How many months' objects reach this age in each month: none, then those of one. Shape (months,)."""
    first = math.inf if math.isinf(day) else math.floor(day / MONTH_DAYS + 1e-9)
    return (np.arange(months) >= first).astype(np.float64)

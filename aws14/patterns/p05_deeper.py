"""The experiments of pattern 5's Deeper blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.patterns.p05_archive import seven_years, too_small, too_soon, ways_out
from aws14.patterns.p05_losses import account_lost, thieves, worth, years_of_failures
from aws14.patterns.p05_office import office, waiting
from aws14.patterns.p05_proving import proving
from aws14.patterns.p05_snapshots import forgotten, snapshots

DEEPER: Mapping[str, Callable[..., object]] = {
    "account lost": account_lost,
    "forgotten": forgotten,
    "office": office,
    "proving": proving,
    "seven years": seven_years,
    "snapshots": snapshots,
    "thieves": thieves,
    "too small": too_small,
    "too soon": too_soon,
    "waiting": waiting,
    "ways out": ways_out,
    "worth": worth,
    "years of failures": years_of_failures,
}

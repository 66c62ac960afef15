"""Charts: a Trace, a Bill or a table becomes a Picture, with its description and its numbers in words."""

from __future__ import annotations

from aws14.charts.availabilities import availabilities
from aws14.charts.bars import bars
from aws14.charts.bills import bill, bills
from aws14.charts.calendars import generations
from aws14.charts.clusters import cluster
from aws14.charts.curves import curves
from aws14.charts.distributions import distribution
from aws14.charts.downtimes import downtime
from aws14.charts.environments import environments
from aws14.charts.frame import picture
from aws14.charts.frontiers import frontier
from aws14.charts.loads import load
from aws14.charts.moves import moves
from aws14.charts.packing import packing
from aws14.charts.regions import latency_by_city, latency_cost
from aws14.charts.rollouts import rollouts
from aws14.charts.runs import compare_runs
from aws14.charts.stages import stages
from aws14.charts.strips import strips
from aws14.charts.survivals import survivals
from aws14.charts.throughputs import throughputs
from aws14.charts.timelines import timeline
from aws14.charts.watched import watched
from aws14.charts.years import by_year

__all__ = [
    "availabilities",
    "bars",
    "bill",
    "bills",
    "by_year",
    "cluster",
    "compare_runs",
    "curves",
    "distribution",
    "downtime",
    "environments",
    "frontier",
    "generations",
    "latency_by_city",
    "latency_cost",
    "load",
    "moves",
    "packing",
    "picture",
    "rollouts",
    "stages",
    "strips",
    "survivals",
    "throughputs",
    "timeline",
    "watched",
]

"""The end of a month on what is built: how fast the orders' files are served, how long the books wait, and the bill."""

from __future__ import annotations

from aws14 import cost
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.cost.shared_files import Moved, moved_usage
from aws14.model import Bill, Topology, Trace
from aws14.patterns.p06_day import SHARED, filled, month_end, orders, scenario
from aws14.sim import simulate
from aws14.sim.files.months import FilesRun, serve
from aws14.sim.files.throughput import throughput_of


def month(built: Topology) -> FilesRun:
    """The month's end on the file system as it is set, with the brief's files in it.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    return serve(throughput_of(filled(built).node(SHARED)), month_end())


def operations(built: Topology) -> Trace:
    """The last days of the month, operation by operation, for clients that give up instead of waiting.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    return simulate(filled(built), scenario())


def months_bill(built: Topology) -> Bill:
    """A month of the orders' file system as it is set: what is stored, what is ordered, what is moved.

    Its automatic backups are AWS Backup's, and left out: they cost the same in every mode. `lab.bill` counts them.

    Parameters
    ----------
    built : Topology
        What was read back.
    """
    full = filled(built)
    mode, region = str(full.node(SHARED).require("throughput_mode")), full.of_kind("region")[0].id
    brief = orders(region)
    by_the_gb = Moved(read_gib=brief.read_gib, written_gib=brief.written_gib) if mode == "elastic" else Moved()
    kept = [
        line for line in cost.standing(full, hours=HOURS_PER_MONTH) if (line.service, line.resource) == ("EFS", SHARED)
    ]
    return cost.bill((*kept, *moved_usage(by_the_gb, region)), title=f"A month of EFS, {mode}")

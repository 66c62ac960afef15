"""The way in: from the name that users type to what answers them, or why they do not get there.

Only what was read back decides: records say where names lead, `aws14.sim.reachability`, which the data plane and the
Reachability Analyzer ask too, says whether packets get there and back, listeners and behaviours say what happens then.

Left out: CNAME records that lead outside, several addresses in one record, latency and geolocation decisions, viewer
policies, certificates that do not fit the name.
"""

from aws14.sim.entry.file_ways import FileClient, ToFiles
from aws14.sim.entry.resolving import resolve
from aws14.sim.entry.ways import (
    Behaviour,
    Entrance,
    Path,
    Place,
    ToEdge,
    ToFleet,
    ToFunction,
    ToPlaces,
    ToPods,
    Unreachable,
    Way,
)

__all__ = [
    "Behaviour",
    "Entrance",
    "FileClient",
    "Path",
    "Place",
    "ToEdge",
    "ToFiles",
    "ToFleet",
    "ToFunction",
    "ToPlaces",
    "ToPods",
    "Unreachable",
    "Way",
    "resolve",
]

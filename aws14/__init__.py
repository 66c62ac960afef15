"""aws14: draw it, build it with boto3, load it, break it, watch it heal, get the bill.

The course in ten arrows; nouns are frozen (`aws14.model`), nothing flows back up::

    pattern.design() -> Topology(origin="drawn") -> design.draw -> svg              (1) draw
    notebook build cells, boto3 -> AWS (+ Ledger, by a botocore hook)               (2) build
    cloud.read_back(session) -> Topology(origin="built")                            (3) read back
    design.compare(drawn, built) -> Report                                          (4) drawn = built?
    pattern.scenario(**knobs) -> Scenario (load, users, application, seed)          (5) what happens to it
    sim.simulate(topology, scenario) -> Trace                                       (6) load
    cost.bill(topology, trace) -> Bill                                              (7) pay
    charts.*(trace | bill) -> Figure ; widgets.explore(f, **sliders)                (8) see
    checks.*(topology, trace, bill) -> Report                                       (9) did you get it?
    cloud.tear_down(session) -> Report (what is left: nothing)                      (10) leave nothing
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Lab": "aws14.lab",
    "Link": "aws14.model",
    "Node": "aws14.model",
    "Topology": "aws14.model",
    "connect": "aws14.cloud",
}

__all__ = ["Lab", "Link", "Node", "Topology", "__version__", "connect"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import aws14`` itself is quick."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'aws14' has no attribute '{name}'")

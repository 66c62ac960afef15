"""One run: a load, users and an application through what was built.

Who gets in (`entry`) decides which engine plays: a single server (`single`), a fleet behind a load balancer (`fleet`),
a function (`functions`), pods of a cluster (`containers`), shared files (`files`), a content delivery network
(`behind_edge`) with one of them behind it, or several places of one name (`places`). Left out so far: kept-alive
connections; a single server's clients do not try again and its database is not asked; CPU credits of the servers of a
fleet, which work at full speed and pay no surplus.
"""

from __future__ import annotations

from typing import Literal

from aws14.errors import ScenarioError
from aws14.model import Node, Scenario, Topology, Trace
from aws14.sim.accounting import Fields, turned_away
from aws14.sim.behind_edge import through_edge
from aws14.sim.conservation import check_conservation
from aws14.sim.containers.through import through_pods
from aws14.sim.controller import Controller
from aws14.sim.entry import Path, ToEdge, ToFiles, ToFleet, ToFunction, ToPlaces, ToPods, Way, resolve
from aws14.sim.files.through import SHARED_FILES, nobody_there, through_files
from aws14.sim.fleet import Passage, through_fleet
from aws14.sim.functions import Calling, through_function
from aws14.sim.places import region_of_first, through_places
from aws14.sim.single import Crossing, through_server


def simulate(
    topology: Topology,
    scenario: Scenario,
    *,
    keep: Literal["minutes", "requests"] = "minutes",
    controller: Controller | None = None,
) -> Trace:
    """Send a load through what was built.

    Parameters
    ----------
    topology : Topology
        Read back from AWS (``origin="built"``).
    scenario : Scenario
        Load, users, application, length, seed.
    keep : {'minutes', 'requests'}
        Sums and histograms per minute, or each request as well.
    controller : Controller, optional
        Who decides which servers of a fleet exist; left out: the Auto Scaling group that was built, or nobody.

    Returns
    -------
    Trace
        It obeys the conservation law.

    Raises
    ------
    ScenarioError
        When the topology is a drawing, the entry cannot be addressed, or the load cannot be drawn.
    DataError
        When the course has no facts about a city, the region or the instance type.
    DesignError
        When an attribute that decides was not read back.
    """
    if keep not in ("minutes", "requests"):
        raise ScenarioError(f"keep is {keep!r}", allowed="'minutes' or 'requests'")
    way = resolve(topology, scenario.entry, scenario.application.port, scenario.source)
    region, account = _played(topology, scenario, way, controller, each=keep == "requests")
    trace = Trace(
        scenario=scenario.name,
        pattern=topology.name,
        region=region,
        horizon_s=scenario.horizon_s,
        seed=scenario.seed,
        replication=scenario.replication,
        nodes=way.nodes,
        faults=scenario.faults,
        **account,
    )
    return check_conservation(trace)


def _played(
    topology: Topology, scenario: Scenario, way: Way, controller: Controller | None, *, each: bool
) -> tuple[str, Fields]:
    """Region and accounts of a run, by the engine that the way calls for."""
    if isinstance(way, Path):
        region = _region(topology, way.instance)
        crossing = Crossing(topology=topology, scenario=scenario, way=way, region=region)
        return region, through_server(crossing, each=each)
    if isinstance(way, ToFleet):
        passage = Passage(topology=topology, scenario=scenario, way=way, controller=controller)
        return _region(topology, way.load_balancer), through_fleet(passage, each=each)
    if isinstance(way, ToFunction | ToPods | ToFiles):
        return _without_servers(topology, scenario, way, each=each)
    if isinstance(way, ToEdge):
        region = _region(topology, way.fleet.load_balancer) if way.fleet else _only_region(topology)
        return region, through_edge(topology, scenario, way, controller=controller, each=each)
    if isinstance(way, ToPlaces):
        account = through_places(topology, scenario, way, controller=controller, each=each)
        return region_of_first(topology, way), account
    of_files = scenario.entry in topology and topology.node(scenario.entry).kind in SHARED_FILES
    refuse = nobody_there if of_files else turned_away
    return _only_region(topology), refuse(scenario, way.reason, each=each)


def _without_servers(
    topology: Topology, scenario: Scenario, way: ToFunction | ToPods | ToFiles, *, each: bool
) -> tuple[str, Fields]:
    """Region and accounts of a run through a function, through pods, or to shared files."""
    if isinstance(way, ToFiles):
        region = _region(topology, way.files)
        return region, through_files(scenario, way, region=region, each=each)
    if isinstance(way, ToPods):
        region = _region(topology, way.setup.service)
        return region, through_pods(way.setup, scenario, port=way.port, region=region, each=each)
    region = _region(topology, way.function)
    return region, through_function(Calling(topology=topology, scenario=scenario, way=way, region=region), each=each)


def _region(topology: Topology, node: Node) -> str:
    region = topology.container(node.id, "region")
    if region is None:
        raise ScenarioError(f"the {node.kind} '{node.id}' stands in no region", cure="read the topology back again")
    return region.id


def _only_region(topology: Topology) -> str:
    regions = topology.of_kind("region")
    return regions[0].id if len(regions) == 1 else ""

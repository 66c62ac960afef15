"""From the node that users address to what answers them."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.errors import ScenarioError
from aws14.model import Node, Topology
from aws14.sim.entry.addresses import to_instance
from aws14.sim.entry.balancers import to_load_balancer
from aws14.sim.entry.edges import to_distribution
from aws14.sim.entry.files import to_files
from aws14.sim.entry.functions import api_called, to_api, to_function
from aws14.sim.entry.names import Follow, node_called, to_record
from aws14.sim.entry.pods import to_service
from aws14.sim.entry.question import Question
from aws14.sim.entry.ways import Unreachable, Way
from aws14.sim.reachability import INTERNET
from aws14.sim.standing import network_of


def resolve(topology: Topology, entry: str, port: int, source: str = INTERNET) -> Way:
    """Follow a request from who sends it to what answers it.

    Parameters
    ----------
    topology : Topology
        What was built and read back.
    entry : str
        Id of a DNS record, a load balancer, a distribution, an API, a function, a shared file system (whose clients are
        instances) or an instance (which is then addressed without a name of the learner's own); a host name, for
        records that share it; or an API and one of its stages, as in ``members-api/stg``.
    port : int
        The TCP port that clients connect to.
    source : str
        ``internet``, or the id of an instance in whose place the clients sit.

    Returns
    -------
    Path or ToFleet or ToFunction or ToEdge or ToPlaces or ToPods or ToFiles or Unreachable
        See `aws14.sim.entry.ways`.

    Raises
    ------
    ScenarioError
        When the topology is a drawing or came without its network, or `entry` is a node that users cannot address.
    DesignError
        When an attribute that decides was not read back.
    """
    if topology.origin != "built":
        raise ScenarioError(
            f"'{topology.name}' is a drawing",
            allowed="experiments run on what was read back",
            cure="build it, then pass cloud.read_back(session)",
        )
    network_of(topology)
    question = Question.begin(topology, source, port)
    node = topology.node(entry) if entry in topology else node_called(topology, entry)
    if node is None and (called := api_called(topology, entry)):
        return to_api(question, *called)
    if node is None:
        detail = f"nothing called {entry} was built"
        return Unreachable(reason="name_not_found", nodes=question.passed, detail=detail)
    return _follow(question, node)


def _follow(question: Question, node: Node) -> Way:
    if node.kind not in _FOLLOWED:
        raise ScenarioError(
            f"users cannot address '{node.id}', a {node.kind}",
            allowed=f"the id of a node of one of these kinds: {', '.join(sorted(_FOLLOWED))}",
        )
    return _FOLLOWED[node.kind](question, node)


def _named(attribute: str, follow: Follow) -> Follow:
    """Follow a request that asks for the host name of the node."""
    return lambda question, node: follow(question.towards(str(node.require(attribute))), node)


_FOLLOWED: Mapping[str, Follow] = {
    "api": to_api,
    "distribution": _named("domain_name", lambda question, node: to_distribution(question, node, _follow)),
    "dns_record": lambda question, node: to_record(question, node, _follow),
    "file_system": to_files,
    "function": to_function,
    "instance": to_instance,
    "load_balancer": _named("dns_name", to_load_balancer),
    "pod_service": to_service,
    "windows_share": to_files,
}
"""Kind of node -> how a request to it is followed."""

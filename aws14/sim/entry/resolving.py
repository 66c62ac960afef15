"""From the node that users address to what answers them."""

from __future__ import annotations

from aws14.errors import ScenarioError
from aws14.model import Node, Topology
from aws14.sim.entry.addresses import to_instance
from aws14.sim.entry.balancers import to_load_balancer
from aws14.sim.entry.edges import to_distribution
from aws14.sim.entry.functions import api_called, to_api, to_function
from aws14.sim.entry.names import node_called, to_record
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
        Id of a DNS record, a load balancer, a distribution, an API, a function or an instance (which is then addressed
        without a name of the learner's own); a host name, for records that share it; or an API and one of its stages,
        as in ``members-api/stg``.
    port : int
        The TCP port that clients connect to.
    source : str
        ``internet``, or the id of an instance in whose place the clients sit.

    Returns
    -------
    Path or ToFleet or ToFunction or ToEdge or ToPlaces or Unreachable
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
    if node.kind == "instance":
        return to_instance(question, node)
    if node.kind == "dns_record":
        return to_record(question, node, _follow)
    if node.kind == "load_balancer":
        return to_load_balancer(question.towards(str(node.require("dns_name"))), node)
    if node.kind == "distribution":
        return to_distribution(question.towards(str(node.require("domain_name"))), node, _follow)
    if node.kind == "api":
        return to_api(question, node)
    if node.kind == "function":
        return to_function(question, node)
    if node.kind == "pod_service":
        return to_service(question, node)
    raise ScenarioError(
        f"users cannot address '{node.id}', a {node.kind}",
        allowed="the id of a dns_record, a load_balancer, a distribution, an api, a function, a pod_service or an instance",
    )

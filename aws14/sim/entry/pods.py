"""To a service of Kubernetes: by the load balancer that its cluster asked for."""

from __future__ import annotations

from aws14.model import Node
from aws14.sim.containers.read import read_setup
from aws14.sim.entry.question import Question
from aws14.sim.entry.ways import ToPods, Unreachable

_OUTSIDE = "LoadBalancer"


def to_service(question: Question, service: Node) -> ToPods | Unreachable:
    """Follow a request to a service and the pods behind it.

    Left out: security groups and routes of the load balancer that Kubernetes made; it is taken to be reached.
    """
    question = question.past(service.id)
    kind = service.require("service_type")
    if kind != _OUTSIDE or not service.require("hostname"):
        detail = f"{service.id} is a {kind} service: outside its cluster nothing answers for it"
        if kind == _OUTSIDE:
            detail = f"{service.id} has no load balancer yet"
        return Unreachable(reason="no_such_address", nodes=question.passed, detail=detail)
    if service.require("port") != question.port:
        detail = f"{service.id} takes port {service.require('port')}, not {question.port}"
        return Unreachable(reason="refused", nodes=question.passed, detail=detail)
    setup = read_setup(question.topology, service)
    if setup is None:
        detail = f"no workload has the labels that {service.id} selects"
        return Unreachable(reason="no_pods", nodes=question.passed, detail=detail)
    nodes = (*question.passed, setup.workload.node, setup.group.node)
    return ToPods(setup=setup, port=question.port, nodes=nodes)

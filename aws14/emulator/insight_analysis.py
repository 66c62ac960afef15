"""A path of Reachability Analyzer put to `aws14.sim.reachability`, and the answer in EC2's shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.emulator.insight_shapes import Shape, Shapes
from aws14.errors import ScenarioError
from aws14.model.network import Network
from aws14.sim.reachability import S3, Reach, reach

__all__ = ["analyse"]


def analyse(path: Mapping[str, Any], shapes: Shapes) -> Shape:
    """What an analysis of the path finds, as members of ``NetworkInsightsAnalysis``.

    Parameters
    ----------
    path : Mapping
        A ``NetworkInsightsPath``.
    shapes : Shapes
        The network as it is now, and how to write of it.
    """
    network = shapes.network
    source, destination = _source(path), _destination(path)
    missing = [key for key in (path["Source"], path.get("Destination")) if key and not _is_there(network, key)]
    if missing:
        return _not_found({"ExplanationCode": "NO_SOURCE_OR_DESTINATION", "Component": shapes.component(missing[0])})
    if destination in network.endpoint:
        destination = S3
    try:
        answer = reach(network, source=source, destination=destination, port=_port(path), protocol=path["Protocol"])
    except ScenarioError:
        key = path.get("Destination") or path["Source"]
        return _not_found({"ExplanationCode": "UNSUPPORTED_COMPONENT", "Component": shapes.component(key)})
    if answer.blocked_by is not None:
        return _not_found(shapes.explanation(answer.blocked_by, path.get("Destination", "")))
    passed = {hop.id for hop in answer.hops}
    for key in (path["Source"], path.get("Destination", "")):
        if key.startswith(("igw-", "vpce-")) and key not in passed:
            return _not_found({"ExplanationCode": "NO_PATH", "Component": shapes.component(key)})
    return _found(answer, shapes)


def _found(answer: Reach, shapes: Shapes) -> Shape:
    legs = {
        f"{name}PathComponents": shapes.path(tuple(hop for hop in answer.hops if hop.leg == leg))
        for name, leg in (("Forward", "forward"), ("Return", "return"))
    }
    return {"NetworkPathFound": True, **legs}


def _not_found(explanation: Shape) -> Shape:
    return {"NetworkPathFound": False, "Explanations": [explanation]}


def _source(path: Mapping[str, Any]) -> str:
    """Whom to ask for: an address is a narrower question than the gateway it comes from."""
    address = path.get("SourceIp") or path.get("FilterAtSource", {}).get("SourceAddress")
    return str(address if address and path["Source"].startswith("igw-") else path["Source"])


def _destination(path: Mapping[str, Any]) -> str:
    address = path.get("DestinationIp") or path.get("FilterAtSource", {}).get("DestinationAddress")
    return str(address or path.get("Destination", ""))


def _port(path: Mapping[str, Any]) -> int | None:
    if path.get("DestinationPort"):
        return int(path["DestinationPort"])
    for name in ("FilterAtSource", "FilterAtDestination"):
        ports = path.get(name, {}).get("DestinationPortRange")
        if ports:
            return int(ports["FromPort"])
    return None


def _is_there(network: Network, key: str) -> bool:
    if not key.startswith(("i-", "eni-", "igw-", "vpce-", "pcx-")):
        return True
    hosts = {one for each in network.interfaces for one in (each.id, each.instance)}
    return any(key in known for known in (hosts, network.internet_gateway, network.endpoint, network.peering))

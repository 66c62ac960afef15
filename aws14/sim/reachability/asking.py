"""The one question: whether this reaches that."""

from __future__ import annotations

from aws14.errors import ScenarioError
from aws14.model.network import Network
from aws14.sim.reachability.outcome import Block, Reach
from aws14.sim.reachability.places import INTERNET, Flow, flows
from aws14.sim.reachability.walk import walk

__all__ = ["reach"]

_PROTOCOLS = ("tcp", "udp")


def reach(network: Network, *, source: str, destination: str, port: int | None, protocol: str = "tcp") -> Reach:
    """Whether a connection from `source` to `destination` comes about, which way it takes, and what stops it.

    Parameters
    ----------
    network : Network
        What there is.
    source, destination : str
        An instance or network interface by id or name; an IPv4 address, or a CIDR block (its first host asks for all);
        an Internet gateway's id (any Internet address behind it: one that gets through is looked for);
        ``"internet"``: somebody out there whom no rule means in particular; ``"s3"`` (destination only).
    port : int or None
        Destination port; None for any.
    protocol : {'tcp', 'udp'}
        Transport protocol.

    Returns
    -------
    Reach
        Where several questions were meant, the first that is answered yes, else the first.

    Raises
    ------
    ScenarioError
        When an end is not in this network, both are outside it, or the protocol is another one.
    """
    if protocol not in _PROTOCOLS:
        raise ScenarioError(f"'{protocol}' is not followed here", allowed=" or ".join(_PROTOCOLS))
    first: Reach | None = None
    for flow in flows(network, (source, destination), protocol, port):
        hops, block = walk(network, flow)
        found = Reach(
            source=source,
            destination=destination,
            protocol=protocol,
            port=flow.port,
            hops=hops,
            blocked_by=block,
            sentence=_sentence(flow, block),
        )
        if block is None:
            return found
        first = first or found
    if first is None:
        raise ScenarioError(f"'{source}' and '{destination}' have no addresses to ask from")
    return first


def _sentence(flow: Flow, block: Block | None) -> str:
    who = flow.source.title[:1].upper() + flow.source.title[1:] if flow.source.kind == INTERNET else flow.source.title
    what = f"{flow.destination.title} on {flow.protocol}/{flow.port}"
    if block is None:
        return f"{who} reaches {what}."
    answer = " The request arrives, but its answer does not return:" if block.leg == "return" else ""
    joint = f".{answer} " if answer else ": "
    return f"{who} does not reach {what}{joint}{block.detail}."

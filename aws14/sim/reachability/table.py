"""Who reaches whom on which port, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aws14.model.network import Network
from aws14.sim.reachability.asking import reach

__all__ = ["MatrixRow", "matrix"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixRow:
    """One answer of the table.

    Parameters
    ----------
    source, destination : str
        Names.
    port : int
        TCP port.
    reachable : bool
        Whether a connection comes about.
    code : str
        AWS's explanation code of what stops it; empty when nothing does.
    component : str
        Name or id of the component that stops it; empty when nothing does.
    sentence : str
        The answer for a learner.
    """

    source: str
    destination: str
    port: int
    reachable: bool
    code: str
    component: str
    sentence: str


def matrix(
    network: Network,
    sources: Iterable[str],
    ports: Iterable[int],
    *,
    destinations: Iterable[str] | None = None,
) -> tuple[MatrixRow, ...]:
    """Ask for every source, destination and port.

    Parameters
    ----------
    network : Network
        What there is.
    sources : iterable of str
        As for `reach`: instances by name or id, ``"internet"``, an office's CIDR block.
    ports : iterable of int
        TCP ports.
    destinations : iterable of str, optional
        As for `reach`; every instance of the network when left out.

    Returns
    -------
    tuple of MatrixRow
        Sources vary slowest, ports fastest; nobody is asked about himself.

    Raises
    ------
    ScenarioError
        As `reach`.
    """
    wanted = _instances(network) if destinations is None else tuple(destinations)
    ports = tuple(ports)
    return tuple(
        _row(network, source, destination, port)
        for source in sources
        for destination in wanted
        if network.title(source) != network.title(destination)
        for port in ports
    )


def _instances(network: Network) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.instance for each in network.interfaces if each.instance))


def _row(network: Network, source: str, destination: str, port: int) -> MatrixRow:
    answer = reach(network, source=source, destination=destination, port=port)
    block = answer.blocked_by
    return MatrixRow(
        source=network.title(source),
        destination=network.title(destination),
        port=port,
        reachable=answer.reachable,
        code=block.code if block else "",
        component=network.title(block.id) if block else "",
        sentence=answer.sentence,
    )

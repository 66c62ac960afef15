"""The fronts of this cloud: which names AWS gave to things of its own, and what answers at their addresses.

A behaviour registers its kind of front when it is installed. There are two sorts. Some stand in the customer's subnets
behind network interfaces (load balancers, databases): `reach` decides on those interfaces, with their security groups,
and the first part of `Interface.owner` is the kind. The others stand on the Internet (CloudFront, S3 websites): whoever
has a way to the Internet reaches them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network

from aws14.emulator.dataplane.answering import Front
from aws14.emulator.world import world
from aws14.model.network import Interface

__all__ = ["EDGE", "addresses", "edge_addresses", "edge_holder", "of_address", "of_interface", "register", "ttl_s"]

EDGE = "198.19.0.0/16"
"""CIDR block of the addresses of AWS's own that stand on the Internet (RFC 2544: nobody's)."""

_Names = Callable[[str, str], "tuple[str, ...] | None"]


@dataclass(frozen=True, kw_only=True)
class _Kind:
    names: _Names | None
    ttl_s: int | None
    of_interface: Callable[[Interface], Front | None] | None
    of_address: Callable[[str], Front | None] | None


_KINDS: dict[str, _Kind] = {}


def register(
    kind: str,
    *,
    names: _Names | None = None,
    ttl_s: int | None = None,
    of_interface: Callable[[Interface], Front | None] | None = None,
    of_address: Callable[[str], Front | None] | None = None,
) -> None:
    """Let a kind of front be found. All are called under the world lock.

    Parameters
    ----------
    kind : str
        ``elb``, ``rds``, ``cloudfront``: what stands before the slash of `Front.owner`.
    names : callable, optional
        From a name (lower case, no last dot) and the asker's VPC (empty outside) to its addresses: none for a name of
        this kind that says nothing, None for any other name.
    ttl_s : int, optional
        Of those names, s; that of all names AWS gives when left out.
    of_interface : callable, optional
        From a network interface of this kind to its front.
    of_address : callable, optional
        From an address on the Internet to the front that stands there; None for any other address.
    """
    _KINDS[kind] = _Kind(names=names, ttl_s=ttl_s, of_interface=of_interface, of_address=of_address)


def addresses(name: str, vpc: str) -> tuple[str, ...] | None:
    """The addresses of a name that AWS gave to a front; none for one that says nothing, None for any other name."""
    for kind in _KINDS.values():
        found = kind.names(name, vpc) if kind.names else None
        if found is not None:
            return found
    return None


def ttl_s(name: str, vpc: str) -> int | None:
    """How long the addresses of a front's name hold, s; None where its kind says nothing of that."""
    asked = (kind for kind in _KINDS.values() if kind.ttl_s is not None and kind.names is not None)
    return next((kind.ttl_s for kind in asked if kind.names and kind.names(name, vpc) is not None), None)


def of_interface(interface: Interface) -> Front | None:
    """The front behind a network interface."""
    kind = _KINDS.get(interface.owner.partition("/")[0])
    return kind.of_interface(interface) if kind is not None and kind.of_interface is not None else None


def of_address(address: str) -> Front | None:
    """The front at an address on the Internet."""
    found = (kind.of_address(address) for kind in _KINDS.values() if kind.of_address is not None)
    return next((front for front in found if front is not None), None)


def edge_addresses(key: str, count: int = 1) -> tuple[str, ...]:
    """Addresses on the Internet for a front, the same whenever `key` asks; of `EDGE`, each with one holder.

    Parameters
    ----------
    key : str
        Who holds them: ``"cloudfront/E2QWRUHAPOMQZL"``.
    count : int, optional
        How many.
    """
    held: dict[str, list[str]] = world().state.setdefault("edge_addresses", {})
    mine = held.setdefault(key, [])
    block = IPv4Network(EDGE)
    used = sum(len(each) for each in held.values())
    while len(mine) < count:
        used += 1
        mine.append(str(block[used]))
    return tuple(mine[:count])


def edge_holder(address: str) -> str:
    """Who holds an address of `EDGE`: the key it was asked for with; empty for nobody."""
    held: dict[str, list[str]] = world().state.get("edge_addresses", {})
    return next((key for key, mine in held.items() if address in mine), "")

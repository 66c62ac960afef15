"""Addresses of pods: from the subnet of their node, as the VPC CNI takes them; given back when the pod is gone."""

from __future__ import annotations

import sys
from ipaddress import IPv4Address
from typing import Any

from aws14.emulator.kubernetes.controllers.sight import Sight
from aws14.emulator.kubernetes.exchange import place_of

__all__ = ["give_back", "of", "take"]

#: Where no subnet is known (a cluster without EC2 under it).
_ELSEWHERE = int(IPv4Address("100.64.0.10"))


def take(cluster: Sight, subnet_id: str, uid: str) -> str:
    """The address of a pod: the one it has, else a new one of the subnet.

    Parameters
    ----------
    cluster : Sight
        Whose pod.
    subnet_id : str
        Of the node.
    uid : str
        Of the pod.
    """
    held: dict[str, tuple[str, str]] = cluster.notes("addresses")
    if uid not in held:
        subnet = _subnet(cluster, subnet_id)
        if subnet is None:
            number = cluster.notes("address numbers")
            number["next"] = number.get("next", -1) + 1
            address = str(IPv4Address(_ELSEWHERE + number["next"]))
        else:
            address = subnet.get_available_subnet_ip(uid)
        held[uid] = (subnet_id, address)
    return held[uid][1]


def of(cluster: Sight, uid: str) -> str:
    """The address that a pod has; empty where it has none."""
    return str(cluster.notes("addresses").get(uid, ("", ""))[1])


def give_back(cluster: Sight, uid: str) -> None:
    """The pod is gone."""
    held: dict[str, tuple[str, str]] = cluster.notes("addresses")
    subnet_id, address = held.pop(uid, ("", ""))
    subnet = _subnet(cluster, subnet_id)
    if subnet is not None:
        subnet.del_subnet_ip(address)


def _subnet(cluster: Sight, subnet_id: str) -> Any | None:
    """Moto's subnet; None where EC2 is not loaded or does not have it."""
    if "moto.ec2.models" not in sys.modules:
        return None
    from moto.ec2.models import ec2_backends

    account, region, _ = place_of(cluster.key)
    for of_zone in ec2_backends[account][region].subnets.values():
        if subnet_id in of_zone:
            return of_zone[subnet_id]
    return None

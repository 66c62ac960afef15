"""The addresses and node ports of services."""

from __future__ import annotations

import ipaddress
from typing import Any

from aws14.emulator.kubernetes.contents import Contents
from aws14.emulator.kubernetes.failure import invalid, invalid_value
from aws14.emulator.kubernetes.kinds import KINDS
from aws14.emulator.kubernetes.storage import Object

__all__ = ["give_addresses", "keep_addresses"]

#: ``--service-node-port-range``.
_NODE_PORTS = range(30000, 32768)


def give_addresses(cluster: Contents, service: Object) -> None:
    """Give a service its cluster address and its node ports, the first that are free.

    Raises
    ------
    ApiError
        What it asks for is taken, or not in the range (422).
    """
    spec = service["spec"]
    if spec["type"] == "ExternalName":
        return
    others = [one["spec"] for one in cluster.storage.all_of("Service") if not _same(one, service)]
    asked = spec.get("clusterIP")
    if asked != "None":
        spec["clusterIP"] = _address(cluster, service, {one.get("clusterIP") for one in others})
    spec["clusterIPs"] = [spec["clusterIP"]]
    if spec["type"] in ("NodePort", "LoadBalancer") and spec.get("allocateLoadBalancerNodePorts", True):
        _node_ports(service, {port.get("nodePort") for one in others for port in one.get("ports") or ()})


def keep_addresses(cluster: Contents, new: Object, old: Object) -> None:
    """Let a changed service keep its address and its node ports, and give it what it has not.

    Raises
    ------
    ApiError
        As for `give_addresses`.
    """
    spec, before = new["spec"], old["spec"]
    if spec["type"] == "ExternalName":
        return
    if not spec.get("clusterIP"):
        spec["clusterIP"] = before.get("clusterIP", "")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        known = {(port["port"], port["protocol"]): port.get("nodePort") for port in before.get("ports") or ()}
        for port in spec.get("ports") or ():
            if not port.get("nodePort"):
                port["nodePort"] = known.get((port.get("port"), port["protocol"]))
    if spec["clusterIP"] == before.get("clusterIP") or not before.get("clusterIP"):
        give_addresses(cluster, new)


def _same(one: Object, other: Object) -> bool:
    return all(one["metadata"].get(key) == other["metadata"].get(key) for key in ("name", "namespace"))


def _address(cluster: Contents, service: Object, taken: set[Any]) -> str:
    block = ipaddress.ip_network(cluster.address_block)
    asked = service["spec"].get("clusterIP")
    if not asked:
        # .1 is the API server's, .10 the name server's: the first service of a cluster gets the first.
        return next(str(one) for one in block.hosts() if str(one) not in taken and str(one) != str(block[10]))
    if asked in taken:
        raise _refused(service, "spec.clusterIPs", [asked], "failed to allocate IP: provided IP is already allocated")
    if _outside(block, asked):
        why = (
            f"failed to allocate IP {asked}: the provided network does not match the current range: "
            f"provided IP is not in the valid range. The range of valid IPs is {block}"
        )
        raise _refused(service, "spec.clusterIPs", [asked], why)
    return str(asked)


def _outside(block: Any, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) not in block
    except ValueError:
        return True


def _node_ports(service: Object, taken: set[Any]) -> None:
    ports = service["spec"].get("ports") or []
    for index, port in enumerate(ports):
        asked = port.get("nodePort")
        field = f"spec.ports[{index}].nodePort"
        if asked and asked not in _NODE_PORTS:
            raise _refused(
                service,
                field,
                asked,
                "provided port is not in the valid range. The range of valid ports is 30000-32767",
            )
        if asked and asked in taken:
            raise _refused(service, field, asked, "provided port is already allocated")
        port["nodePort"] = asked or next(one for one in _NODE_PORTS if one not in taken)
        taken.add(port["nodePort"])


def _refused(service: Object, field: str, value: Any, why: str) -> Exception:
    return invalid(KINDS["Service"], service["metadata"].get("name", ""), [invalid_value(field, value, why)])

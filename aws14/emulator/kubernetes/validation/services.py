"""What may be wrong with a service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.kubernetes.failure import Cause, invalid_value, required, unsupported
from aws14.emulator.kubernetes.storage import Object

__all__ = ["service_faults"]

_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_PROTOCOLS = ("TCP", "UDP", "SCTP")


def service_faults(new: Object, old: Object | None) -> Iterator[Cause]:
    """Return what is wrong with a service, or with the change of one."""
    spec = new["spec"]
    if spec["type"] not in _TYPES:
        yield unsupported("spec.type", spec["type"], _TYPES)
    if spec["type"] == "ExternalName":
        if not spec.get("externalName"):
            yield required("spec.externalName")
        return
    yield from _ports_faults(spec)
    if old is not None:
        yield from _address_faults(spec, old["spec"])


def _ports_faults(spec: dict[str, Any]) -> Iterator[Cause]:
    ports = spec.get("ports") or []
    if not ports and spec.get("clusterIP") != "None":
        yield required("spec.ports")
    seen: set[str] = set()
    for index, port in enumerate(ports):
        yield from _port_faults(port, f"spec.ports[{index}]", several=len(ports) > 1)
        name = port.get("name") or ""
        if name and name in seen:
            yield Cause(f"spec.ports[{index}].name", "FieldValueDuplicate", f'Duplicate value: "{name}"')
        seen.add(name)


def _port_faults(port: dict[str, Any], at: str, *, several: bool) -> Iterator[Cause]:
    if several and not port.get("name"):
        yield required(f"{at}.name")
    number = port.get("port")
    if not isinstance(number, int) or not 0 < number < 65536:
        yield invalid_value(f"{at}.port", number or 0, "must be between 1 and 65535, inclusive")
    if port.get("protocol") not in _PROTOCOLS:
        yield unsupported(f"{at}.protocol", port.get("protocol"), _PROTOCOLS)
    target = port.get("targetPort")
    if isinstance(target, int) and not 0 < target < 65536:
        yield invalid_value(f"{at}.targetPort", target, "must be between 1 and 65535, inclusive")


def _address_faults(spec: dict[str, Any], before: dict[str, Any]) -> Iterator[Cause]:
    if before.get("clusterIP") and spec.get("clusterIP") != before["clusterIP"]:
        why = "may not change once set"
        yield invalid_value("spec.clusterIPs[0]", spec.get("clusterIPs"), why)

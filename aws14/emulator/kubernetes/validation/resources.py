"""What may be wrong with requests and limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.emulator.kubernetes.failure import Cause, invalid_value
from aws14.model.quantities import amount, is_quantity

__all__ = ["quantity_faults", "resource_faults"]

_REGEX = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
_PLAIN = ("cpu", "memory", "ephemeral-storage")


def resource_faults(resources: dict[str, Any], at: str) -> Iterator[Cause]:
    """Return what is wrong with the resources of a container."""
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for key, said in (("limits", limits), ("requests", requests)):
        for name, quantity in said.items():
            if name not in _PLAIN and "/" not in name and not name.startswith("hugepages-"):
                yield invalid_value(f"{at}.{key}[{name}]", name, "must be a standard resource for containers")
            yield from quantity_faults(quantity, f"{at}.{key}[{name}]")
    for name, wanted in requests.items():
        if name in limits and _greater(wanted, limits[name]):
            why = f"must be less than or equal to {name} limit of {limits[name]}"
            yield invalid_value(f"{at}.requests", str(wanted), why)


def quantity_faults(quantity: Any, at: str) -> Iterator[Cause]:
    """Return what is wrong with a quantity."""
    if not is_quantity(quantity):
        yield invalid_value(at, quantity, f"quantities must match the regular expression '{_REGEX}'")
    elif amount(quantity) < 0:
        yield invalid_value(at, str(quantity), "must be greater than or equal to 0")


def _greater(one: Any, other: Any) -> bool:
    return is_quantity(one) and is_quantity(other) and amount(one) > amount(other)

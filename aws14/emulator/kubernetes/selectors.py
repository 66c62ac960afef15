"""Label and field selectors: read from a query or from an object, asked of labels and fields.

Source of the grammar: ``k8s.io/apimachinery/pkg/labels/selector.go``; of the fields of each kind, its
``ToSelectableFields`` in ``k8s.io/kubernetes/pkg/registry``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.emulator.kubernetes.failure import bad_request
from aws14.emulator.kubernetes.kinds import Kind

__all__ = ["Requirement", "field_filter", "fits", "label_filter", "of_object", "parsed"]

_SET = re.compile(r"([A-Za-z0-9][\w./-]*)\s+(in|notin)\s*\(([^()]*)\)")
_PAIR = re.compile(r"([A-Za-z0-9][\w./-]*)\s*(==|=|!=|<|>)\s*([\w.-]*)")
_EXISTS = re.compile(r"(!?)\s*([A-Za-z0-9][\w./-]*)")
_BETWEEN = re.compile(r",(?![^(]*\))")
_EVERY = ("metadata.name", "metadata.namespace")
_FIELDS = {
    "Pod": "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName status.phase status.podIP",
    "Event": "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid "
    "involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason type source "
    "reportingComponent",
    "Secret": "type",
    "Namespace": "status.phase",
    "Node": "spec.unschedulable",
    "ReplicaSet": "status.replicas",
    "Job": "status.successful",
    "Service": "spec.clusterIP spec.type",
}
#: Where a field of a selector stands under another name.
_STANDS_AT = {("Event", "source"): "source.component", ("Job", "status.successful"): "status.succeeded"}
_DEFAULTS = {"status.replicas": "0", "status.successful": "0", "spec.unschedulable": "false"}

Test = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Requirement:
    """What a selector asks of one label.

    Parameters
    ----------
    key : str
        Of the label.
    operator : str
        ``In``, ``NotIn``, ``Exists``, ``DoesNotExist``, ``Gt``, ``Lt``.
    values : tuple of str
        What it is compared with.
    """

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels are as asked."""
        value = labels.get(self.key)
        if self.operator in ("NotIn", "DoesNotExist"):
            return value is None or (self.operator == "NotIn" and value not in self.values)
        if value is None:
            return False
        return self.operator == "Exists" or self._compared(value)

    def _compared(self, value: str) -> bool:
        if self.operator == "In":
            return value in self.values
        try:
            here, there = int(value), int(self.values[0])
        except ValueError:
            return False
        return here > there if self.operator == "Gt" else here < there


def parsed(text: str) -> tuple[Requirement, ...]:
    """Read a label selector of a query: ``app=web,tier in (a,b),!canary``.

    Raises
    ------
    ApiError
        It is no selector (400).
    """
    return tuple(_requirement(part.strip(), text) for part in _BETWEEN.split(text) if part.strip())


def _requirement(part: str, text: str) -> Requirement:
    if found := _SET.fullmatch(part):
        values = tuple(value.strip() for value in found[3].split(","))
        return Requirement(found[1], "In" if found[2] == "in" else "NotIn", values)
    if found := _PAIR.fullmatch(part):
        operator = {"!=": "NotIn", "<": "Lt", ">": "Gt"}.get(found[2], "In")
        return Requirement(found[1], operator, (found[3],))
    if found := _EXISTS.fullmatch(part):
        return Requirement(found[2], "DoesNotExist" if found[1] else "Exists")
    raise bad_request(f"unable to parse requirement: found '{part}' in \"{text}\", expected: a label selector")


def of_object(selector: Mapping[str, Any] | None) -> tuple[Requirement, ...]:
    """Read a label selector of an object: ``matchLabels`` and ``matchExpressions``, or a plain map of labels."""
    selector = selector or {}
    if not selector.keys() & {"matchLabels", "matchExpressions"}:
        return tuple(Requirement(key, "In", (str(value),)) for key, value in selector.items())
    plain = of_object(selector["matchLabels"]) if selector.get("matchLabels") else ()
    told = selector.get("matchExpressions") or ()
    return plain + tuple(Requirement(one["key"], one["operator"], tuple(one.get("values") or ())) for one in told)


def fits(selector: Mapping[str, Any] | None, labels: Mapping[str, str] | None) -> bool:
    """Say whether labels are as a selector of an object asks; an empty selector is content with all."""
    return all(one.fits(labels or {}) for one in of_object(selector))


def label_filter(text: str) -> Test:
    """Return the test that a label selector of a query makes of an object."""
    asked = parsed(text)
    return lambda thing: all(one.fits(thing["metadata"].get("labels") or {}) for one in asked)


def field_filter(kind: Kind, text: str) -> Test:
    """Return the test that a field selector of a query makes of an object.

    Raises
    ------
    ApiError
        It is no selector, or objects of this kind are not selected by that field (400).
    """
    asked = [_field(kind, part.strip()) for part in text.split(",") if part.strip()]
    return lambda thing: all((_read(kind, thing, key) == value) is wanted for key, value, wanted in asked)


def _field(kind: Kind, part: str) -> tuple[str, str, bool]:
    found = re.fullmatch(r"([^=!]+)(==|=|!=)(.*)", part)
    if found is None:
        raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
    if found[1] not in (*_EVERY, *_FIELDS.get(kind.name, "").split()):
        raise bad_request(f"field label not supported: {found[1]}")
    return found[1], found[3], found[2] != "!="


def _read(kind: Kind, thing: Mapping[str, Any], key: str) -> str:
    value: Any = thing
    for part in _STANDS_AT.get((kind.name, key), key).split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return _DEFAULTS.get(key, "")
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Strategic merge patch: lists whose items have a key are merged item by item.

Source: ``k8s.io/apimachinery/pkg/util/strategicpatch/patch.go``; the keys from the ``patchMergeKey`` tags of
``k8s.io/api``.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.failure import bad_request
from aws14.emulator.kubernetes.storage import copied

__all__ = ["strategic_patched"]

Map = dict[str, Any]

_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
    "resourceClaims": "name",
    "conditions": "type",
    "addresses": "type",
    "ownerReferences": "uid",
    "secrets": "name",
    "podIPs": "ip",
}
#: Lists of plain values that are united instead of replaced.
_UNITED = frozenset({"finalizers"})
_ORDER, _UNLIST = "$setElementOrder/", "$deleteFromPrimitiveList/"


def strategic_patched(thing: Map, patch: Map) -> Map:
    """Return an object of a known kind with a strategic merge patch.

    Raises
    ------
    ApiError
        An item of a merged list has no key, or a directive is unknown (400).
    """
    return _merged(thing, patch, inside="")


def _merged(thing: Map, patch: Map, *, inside: str) -> Map:
    directive = patch.get("$patch")
    if directive in ("delete", "replace"):
        return {} if directive == "delete" else {key: _plain(one) for key, one in patch.items() if key[0] != "$"}
    if directive not in (None, "merge"):
        raise bad_request(f"Unknown patch type found: {directive}")
    result = dict(thing)
    if "$retainKeys" in patch:
        result = {key: value for key, value in result.items() if key in patch["$retainKeys"]}
    for key, value in patch.items():
        if not key.startswith("$"):
            _put(result, key, value, inside=inside)
    for key, value in patch.items():
        _arrange(result, key, value, inside=inside)
    return result


def _put(result: Map, key: str, value: Any, *, inside: str) -> None:
    present = result.get(key)
    if value is None:
        result.pop(key, None)
    elif isinstance(value, dict):
        deletes = value.get("$patch") == "delete"
        if not deletes:
            result[key] = _merged(present if isinstance(present, dict) else {}, value, inside=key)
        else:
            result.pop(key, None)
    elif isinstance(value, list):
        result[key] = _merged_list(present or [], value, key, inside=inside)
    else:
        result[key] = value


def _arrange(result: Map, key: str, value: Any, *, inside: str) -> None:
    if key.startswith(_UNLIST):
        name = key.removeprefix(_UNLIST)
        if name in result:
            result[name] = [one for one in result[name] if one not in value]
    elif key.startswith(_ORDER):
        name = key.removeprefix(_ORDER)
        if isinstance(result.get(name), list):
            result[name] = _in_order(result[name], value, result[name], _key_of(name, inside))


def _key_of(name: str, inside: str) -> str:
    """Return by what the items of a list are told apart; empty: they are not."""
    if name == "ports":
        return {"containers": "containerPort", "initContainers": "containerPort", "spec": "port"}.get(inside, "")
    return _KEYS.get(name, "")


def _merged_list(present: list[Any], patch: list[Any], name: str, *, inside: str) -> list[Any]:
    key = _key_of(name, inside)
    if name in _UNITED:
        return [*present, *(one for one in patch if one not in present)]
    if not key:
        return copied(patch)
    _check_keys(patch, name, key)
    if any(one.get("$patch") == "replace" for one in patch):
        return [_plain(one) for one in patch if "$patch" not in one]
    gone = [one[key] for one in patch if one.get("$patch") == "delete"]
    result = [one for one in present if one.get(key) not in gone]
    wanted = [one for one in patch if "$patch" not in one]
    for one in wanted:
        place = next((index for index, held in enumerate(result) if held.get(key) == one[key]), None)
        merged = _merged({} if place is None else result[place], one, inside=name)
        if place is None:
            result.append(merged)
        else:
            result[place] = merged
    return _in_order(result, wanted, present, key)


def _check_keys(patch: list[Any], name: str, key: str) -> None:
    for one in patch:
        if not isinstance(one, dict):
            raise bad_request(f"cannot merge an item of {name} that is no map: {one}")
        if key not in one and one.get("$patch") != "replace":
            raise bad_request(f"map: {one} does not contain declared merge key: {key}")


def _in_order(items: list[Any], first: list[Any], before: list[Any], key: str) -> list[Any]:
    """Return items in the order of a patch, those that only the server has among them as they were before."""
    wanted, known = [_id(one, key) for one in first], [_id(one, key) for one in before]
    ours = sorted((one for one in items if _id(one, key) in wanted), key=lambda one: wanted.index(_id(one, key)))
    theirs = [one for one in items if _id(one, key) not in wanted]
    result: list[Any] = []
    while ours and theirs:
        here, there = _id(theirs[0], key), _id(ours[0], key)
        both = here in known and there in known
        result.append(theirs.pop(0) if both and known.index(here) < known.index(there) else ours.pop(0))
    return [*result, *theirs, *ours]


def _id(item: Any, key: str) -> Any:
    return item.get(key) if key and isinstance(item, dict) else item


def _plain(value: Any) -> Any:
    """Return what a patch says without its directives."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if not key.startswith("$") and one is not None}
    return [_plain(one) for one in value] if isinstance(value, list) else value

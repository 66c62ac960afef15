"""Pods from templates: the hash that names a ReplicaSet, the pod that a controller creates."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy

from aws14.emulator.kubernetes.controllers.sight import Object, Sight, reference

__all__ = ["HASH_LABEL", "letters", "new_pod", "template_hash"]

HASH_LABEL = "pod-template-hash"
#: Without vowels and look-alikes, as k8s.io/apimachinery/pkg/util/rand has them.
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def letters(seed: str, count: int) -> str:
    """`count` letters that names end with; the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    found = ""
    for _ in range(count):
        number, rest = divmod(number, len(_LETTERS))
        found += _LETTERS[rest]
    return found


def template_hash(template: Object) -> str:
    """The hash of a pod template, without the label that carries it."""
    plain = deepcopy(template)
    (plain.setdefault("metadata", {}).get("labels") or {}).pop(HASH_LABEL, None)
    plain["metadata"].pop("creationTimestamp", None)
    return letters(json.dumps(plain, sort_keys=True), 10)


def new_pod(cluster: Sight, owner: Object, template: Object, *, name: str = "") -> Object:
    """Create a pod of a controller.

    Parameters
    ----------
    cluster : Sight
        Where.
    owner : dict
        What controls it.
    template : dict
        ``spec.template`` of it.
    name : str, optional
        Of the pod; left out: the owner's with five letters.

    Raises
    ------
    ApiError
        The API server refuses it: a quota is used up.
    """
    meta = deepcopy(template.get("metadata") or {})
    meta.pop("creationTimestamp", None)
    counter = cluster.notes("pod names")
    if not name:
        counter["next"] = counter.get("next", 0) + 1
        stem = owner["metadata"]["name"][:57]
        name = f"{stem}-{letters(' '.join((stem, owner['metadata']['uid'], str(counter['next']))), 5)}"
    meta |= {"name": name, "namespace": owner["metadata"]["namespace"], "ownerReferences": [reference(owner)]}
    meta["generateName"] = f"{owner['metadata']['name'][:57]}-"
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": deepcopy(template["spec"])}
    return cluster.create(pod)

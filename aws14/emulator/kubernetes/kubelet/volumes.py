"""Volumes of pods as folders of this machine: ConfigMaps, Secrets, empty folders, fields of the pod itself."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.kubelet import environment
from aws14.emulator.workers import Mount, new_folder

__all__ = ["missing", "mounts", "remove"]

#: Uid of a pod -> name of each volume -> its folder; folders are made again when this process is another one.
_FOLDERS: dict[str, dict[str, Path]] = {}


def missing(cluster: Sight, pod: Object) -> tuple[str, str]:
    """Name of the first volume that cannot be there, and what kubelet says of it; both empty where all can."""
    for volume in pod["spec"].get("volumes") or ():
        for kind, source in _sources(volume):
            name = str(source.get("name") or source.get("secretName") or "")
            known = kind not in {"ConfigMap", "Secret"} or cluster.get(kind, pod["metadata"]["namespace"], name)
            if not known and not source.get("optional"):
                return volume["name"], f'{kind.lower()} "{name}" not found'
    return "", ""


def _sources(volume: Object) -> list[tuple[str, Object]]:
    kinds = {"configMap": "ConfigMap", "secret": "Secret", "downwardAPI": "DownwardAPI", "emptyDir": "EmptyDir"}
    if "projected" in volume:
        return [each for one in volume["projected"].get("sources") or () for each in _sources(one)]
    return [(kind, volume[key] or {}) for key, kind in kinds.items() if key in volume]


def mounts(cluster: Sight, pod: Object, container: Object) -> tuple[Mount, ...]:
    """What a container sees at which path."""
    folders = _FOLDERS.setdefault(pod["metadata"]["uid"], {})
    volumes = {each["name"]: each for each in pod["spec"].get("volumes") or ()}
    found = []
    for each in container.get("volumeMounts") or ():
        volume = volumes.get(each["name"])
        if volume is None:
            continue
        if each["name"] not in folders:
            folders[each["name"]] = _made(cluster, pod, volume)
        folder = folders[each["name"]]
        below = each.get("subPath")
        writable = "emptyDir" in volume and not each.get("readOnly")
        found.append(Mount(at=each["mountPath"], source=folder / below if below else folder, writable=writable))
    return tuple(found)


def _made(cluster: Sight, pod: Object, volume: Object) -> Path:
    folder = new_folder("volume")
    for kind, source in _sources(volume):
        for path, body in _files(cluster, pod, kind, source).items():
            target = (folder / path).resolve()
            if folder in target.parents:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(body)
    return folder


def _files(cluster: Sight, pod: Object, kind: str, source: Object) -> dict[str, bytes]:
    if kind == "DownwardAPI":
        given = {
            each["path"]: environment.field(cluster, pod, each["fieldRef"]["fieldPath"])
            for each in source.get("items") or ()
            if "fieldRef" in each
        }
        return {path: text.encode() for path, text in given.items()}
    thing = cluster.get(kind, pod["metadata"]["namespace"], source.get("name") or source.get("secretName") or "")
    if thing is None:
        return {}
    held = {name: text.encode() for name, text in (thing.get("data") or {}).items()}
    if kind == "Secret":
        held = {name: base64.b64decode(text) for name, text in (thing.get("data") or {}).items()}
    held |= {name: base64.b64decode(text) for name, text in (thing.get("binaryData") or {}).items()}
    items = source.get("items")
    return held if not items else {each["path"]: held[each["key"]] for each in items if each["key"] in held}


def remove(uid: str) -> None:
    """The pod is gone: so are its folders."""
    for folder in _FOLDERS.pop(uid, {}).values():
        shutil.rmtree(folder, ignore_errors=True)

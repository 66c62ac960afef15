"""To a shared file system: which instances work with it, and whether each gets to what it mounts.

Clients sit on instances. From the Internet nobody mounts anything: users stand for those whom instances serve. An
instance asks the mount target of its own zone; only that of One Zone storage is asked from everywhere. A file server of
FSx is asked from every zone.

Left out: policies of file systems, access points, mounts over a peering, who may read which file.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws14.model import Node
from aws14.model.network import Interface
from aws14.sim.entry.file_ways import FileClient, ToFiles
from aws14.sim.entry.question import Question
from aws14.sim.entry.ways import Unreachable
from aws14.sim.standing import zone_of
from aws14.sim.stopped import failure_reason

_NFS_PORT, _SMB_PORT = 2049, 445
_SERVES = frozenset({"available", "updating", "AVAILABLE", "UPDATING"})
"""Life-cycle states in which files are served."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Door:
    """An interface at which files are served: its zone, and the node that is drawn for it."""

    interface: Interface
    zone: str
    node: str


def to_files(question: Question, files: Node) -> ToFiles | Unreachable:
    """Follow operations from the instances that work with a file system to it."""
    topology = question.topology
    doors = _doors(question, files)
    if question.outside:
        found = _clients(question, files, doors)
    else:
        found = (_client(question, topology.node(question.passed[0]), files, doors),)
    if not found:
        detail = f"no instance was built that could mount {files.id}"
        return Unreachable(reason="no_route", nodes=(*question.passed, files.id), detail=detail)
    who, passed = tuple(each.instance.id for each in found), [door.node for door in doors]
    if all(each.reason for each in found):
        first = found[0]
        nodes = (first.instance.id, *(passed if first.reason != "no_mount_target" else ()), files.id)
        return Unreachable(reason=first.reason, nodes=tuple(dict.fromkeys(nodes)), detail=first.detail)
    return ToFiles(files=files, clients=found, nodes=tuple(dict.fromkeys((*who, *passed, files.id))))


def _clients(question: Question, files: Node, doors: tuple[_Door, ...]) -> tuple[FileClient, ...]:
    """Who is said to use it; else who gets to any of its doors; else everybody, who then learns why not."""
    topology = question.topology
    instances = topology.of_kind("instance")
    users = {link.source for link in topology.links_of("uses") if link.target == files.id}
    chosen = [each for each in instances if each.id in users]
    chosen = chosen or [each for each in instances if _let_in(question, each, files, doors)] or list(instances)
    return tuple(_client(question, each, files, doors) for each in chosen)


def _let_in(question: Question, instance: Node, files: Node, doors: tuple[_Door, ...]) -> bool:
    """Whether it gets to one of the doors, or would if it were running: a stopped server has clients all the same."""
    asked = Question.begin(question.topology, instance.id, _port(files))
    blocks = (asked.reach(door.interface.id).blocked_by for door in doors)
    return any(block is None or block.code == "BAD_STATE" for block in blocks)


def _client(question: Question, instance: Node, files: Node, doors: tuple[_Door, ...]) -> FileClient:
    topology = question.topology
    zone = topology.container(instance.id, "az")
    here = (zone.aws_id or zone.id) if zone else ""
    reason, detail, there = _stopped(question, instance, files, [door for door in doors if _asks(files, here, door)])
    return FileClient(instance=instance, zone=here, server_zone=there or here, reason=reason, detail=detail)


def _asks(files: Node, zone: str, door: _Door) -> bool:
    zones = files.require("zones") if files.kind == "file_system" else ()
    one_zone = isinstance(zones, tuple) and len(zones) == 1
    return files.kind != "file_system" or one_zone or door.zone == zone


def _stopped(question: Question, instance: Node, files: Node, doors: list[_Door]) -> tuple[str, str, str]:
    """Reason and detail of what stops an instance, both empty when nothing does; and the zone that it asks."""
    if (state := instance.require("state")) != "running":
        return "instance_not_running", f"{instance.id} is {state}", ""
    if (state := files.require("state")) not in _SERVES:
        return "no_such_address", f"{files.id} is {state}", ""
    if not doors:
        missing = "no_mount_target" if files.kind == "file_system" else "no_such_address"
        return missing, f"{files.id} has no network interface that {instance.id} could ask", ""
    asked = Question.begin(question.topology, instance.id, _port(files))
    ways = [(asked.reach(door.interface.id).blocked_by, door.zone) for door in doors]
    block, zone = next((each for each in ways if each[0] is None), ways[0])
    return ("", "", zone) if block is None else (failure_reason(block), block.detail, zone)


def _port(files: Node) -> int:
    """Windows speaks SMB, everything else NFS."""
    smb = files.kind == "windows_share" and files.require("file_system_type") == "WINDOWS"
    return _SMB_PORT if smb else _NFS_PORT


def _doors(question: Question, files: Node) -> tuple[_Door, ...]:
    """Where it is asked: interfaces of its mount targets that are available, or of its file servers."""
    topology = question.topology
    service = "efs" if files.kind == "file_system" else "fsx"
    own = [each for each in question.network.interfaces if each.owner == f"{service}/{files.aws_id}"]
    if service == "fsx":
        return tuple(_Door(interface=each, zone=zone_of(topology, each.subnet), node=files.id) for each in own)
    targets = [topology.node(link.target) for link in topology.links_of("routes", source=files.id)]
    served = {
        target.require("private_ipv4"): target.id
        for target in targets
        if target.kind == "mount_target" and target.require("state") in _SERVES
    }
    return tuple(
        _Door(interface=each, zone=zone_of(topology, each.subnet), node=served[each.private_ipv4])
        for each in own
        if each.private_ipv4 in served
    )

"""The way to a shared file system, and who takes it."""

from __future__ import annotations

from dataclasses import dataclass

from aws14.model import Node


@dataclass(frozen=True, kw_only=True, slots=True)
class FileClient:
    """An instance that works with shared files.

    Parameters
    ----------
    instance : Node
        Which.
    zone, server_zone : str
        Names of the Availability Zones of the instance, and of the mount target or file server that it asks.
    reason : str
        Why it does not get there: a key of `aws14.model.trace.FAILURE_REASONS`; empty when it does.
    detail : str
        What stops it, in one sentence.
    """

    instance: Node
    zone: str
    server_zone: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToFiles:
    """To a shared file system.

    Parameters
    ----------
    files : Node
        A ``file_system`` or a ``windows_share``.
    clients : tuple of FileClient
        Who works with it, each as much as the others; at least one gets there.
    nodes : tuple of str
        Ids of the nodes passed: clients, what they mount, the file system.
    """

    files: Node
    clients: tuple[FileClient, ...]
    nodes: tuple[str, ...]

"""What EKS refuses, in its own words."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["in_use", "invalid", "known_cluster", "known_node_group", "not_active", "refuse", "unknown"]


def refuse(code: str, message: str, **named: str) -> NoReturn:
    """Answer with an error of EKS.

    Parameters
    ----------
    code : str
        ``InvalidParameterException``...
    message : str
        For the caller.
    **named : str
        What the error tells besides: ``clusterName``, ``nodegroupName``.
    """
    from moto.eks import exceptions

    raise getattr(exceptions, code)(message=message, **named)


def invalid(message: str, **named: str) -> NoReturn:
    """Refuse a parameter."""
    refuse("InvalidParameterException", message, **named)


def in_use(message: str, **named: str) -> NoReturn:
    """Refuse to make what is there, to change what is changing, to delete what is needed."""
    refuse("ResourceInUseException", message, **named)


def unknown(message: str, **named: str) -> NoReturn:
    """Say that there is no such thing."""
    refuse("ResourceNotFoundException", message, **named)


def known_cluster(backend: Any, name: str) -> Any:
    """The cluster of a name; refused where there is none."""
    found = backend.clusters.get(name)
    if found is None:
        unknown(f"No cluster found for name: {name}.", clusterName=name)
    return found


def not_active(cluster: Any) -> None:
    """Refuse what needs an active cluster."""
    if cluster.status not in ("ACTIVE", "UPDATING"):
        refuse("InvalidRequestException", f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)


def known_node_group(cluster: Any, name: str) -> Any:
    """The node group of a name; refused where there is none."""
    found = cluster.nodegroups.get(name)
    if found is None:
        unknown(f"No node group found for name: {name}.", clusterName=cluster.name, nodegroupName=name)
    return found

"""What passes between the endpoint of a cluster and its API server: who asks, what, and the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["ANONYMOUS", "Grant", "Key", "Request", "Response", "User", "place_of"]

Key = str
"""The ARN of a cluster: what `clusters.find` finds it by."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access policy of EKS gives a user.

    Parameters
    ----------
    policy : str
        Its name: ``AmazonEKSClusterAdminPolicy``, ``AmazonEKSAdminPolicy``, ``AmazonEKSEditPolicy``,
        ``AmazonEKSViewPolicy``, ``AmazonEKSAdminViewPolicy``.
    namespaces : tuple of str
        Where it holds; empty: in the whole cluster.
    """

    policy: str
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    """Who asks.

    Parameters
    ----------
    name : str
        As Kubernetes has it: ``arn:aws:sts::123456789012:assumed-role/admin/me``, ``system:serviceaccount:shop:web``.
    groups : tuple of str
        ``system:masters`` may do everything.
    grants : tuple of Grant
        What access policies add.
    """

    name: str
    groups: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()


ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))
"""Who sends no token: may ask for the version and whether the server is well."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to an API server.

    Parameters
    ----------
    method, path, query : str
        ``GET``, ``/api/v1/pods``, ``watch=true&limit=5``: path and query as they came, still quoted.
    headers : dict
        By name in lower case.
    body : bytes
        Whole.
    """

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer.

    Parameters
    ----------
    status : int
        Of HTTP.
    headers : dict
        ``Content-Type`` among them; length and encoding are the endpoint's.
    body : bytes or iterator of bytes
        Whole, or piece by piece, each sent at once. The endpoint closes the iterator when its client goes away; an
        iterator that has nothing to say may yield ``b""`` now and then, so that this is noticed.
    """

    status: int
    headers: dict[str, str]
    body: bytes | Iterator[bytes] = b""


def place_of(cluster: Key) -> tuple[str, str, str]:
    """Account, region and name of a cluster."""
    _, _, _, region, account, name = cluster.split(":", 5)
    return account, region, name.partition("/")[2]

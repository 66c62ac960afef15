"""Creation: what the course knows of one creating operation of AWS's (`aws14.cloud.operations` has the rows)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Creation", "TagShape"]

TagShape = Literal[
    "specifications",
    "list",
    "propagated",
    "small list",
    "map",
    "capital map",
    "vault map",
    "plan map",
    "key list",
    "lower list",
    "after",
    "none",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Creation:
    """One creating operation.

    Parameters
    ----------
    kind : str
        Key of `aws14.cloud.kinds.KINDS`.
    ids : str
        Path in the answer, several joined by ``|``, or ``{Parameter}`` template over the parameters for what has no id
        of its own.
    tags : TagShape
        ``TagSpecifications``, ``Tags``, ``Tags`` that a group's instances inherit, ``tags`` as a list of ``Key`` and
        ``Value``, ``tags`` or ``Tags`` as a mapping, ``BackupVaultTags`` and ``BackupPlanTags`` as one, ``Tags`` with
        ``TagKey`` and ``TagValue``, ``tags`` with ``key`` and ``value``, a call of its own afterwards, or untaggable:
        the ledger knows the parent.
    tagged : tuple of str
        Resource types for ``TagSpecifications``; the kind itself when empty.
    ignore : tuple of str
        Parameters that may differ between calls that are the same to a reader, besides `TOKENS`.
    secret : tuple of str
        Entries of the answer that AWS gives only once.
    put : bool
        Whether AWS overwrites what is there: the call is sent again each time, and recorded once.
    """

    kind: str
    ids: str
    tags: TagShape = "specifications"
    tagged: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    put: bool = False

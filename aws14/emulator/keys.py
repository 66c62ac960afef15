"""What a KMS key allows: nothing, once it is disabled, waits for its deletion, or is gone."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

__all__ = ["KeyProblem", "find_key", "key_problem"]


_OF_RDS = "default_kms_key_id"
"""What moto's RDS calls the key that AWS manages."""


class KeyProblem(NamedTuple):
    """Why a key cannot be used.

    Parameters
    ----------
    code : str
        As KMS says it: ``DisabledException``, ``KMSInvalidStateException``, ``NotFoundException``.
    text : str
        The message.
    """

    code: str
    text: str


def find_key(name: str, account: str, region: str) -> Any:
    """Moto's key of an id, ARN or alias; None where there is none."""
    from moto.kms.models import kms_backends

    parts = name.split(":")
    if name.startswith("arn:"):
        account, region, name = parts[4], parts[3], parts[5].removeprefix("key/")
    backend = kms_backends[account][region]
    if name.startswith("alias/"):
        return next((key for key in backend.keys.values() if name in key.aliases), None)
    return backend.keys.get(name)


def key_problem(name: str, account: str, region: str) -> KeyProblem | None:
    """Why the key of that id, ARN or alias cannot be used; None where it can, and for no key.

    Parameters
    ----------
    name : str
        Empty, or an alias of AWS's own, for a key that AWS manages: it always works.
    account, region : str
        Where it is, unless its ARN says.
    """
    if not name or name == _OF_RDS or "alias/aws/" in name or "moto.kms.models" not in sys.modules:
        return None
    key = find_key(name, account, region)
    arn = name if name.startswith("arn:") else f"arn:aws:kms:{region}:{account}:key/{name}"
    if key is None:
        return KeyProblem("NotFoundException", f"Key '{arn}' does not exist")
    if key.key_state == "PendingDeletion":
        return KeyProblem("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if not key.enabled:
        return KeyProblem("DisabledException", f"{key.arn} is disabled.")
    return None

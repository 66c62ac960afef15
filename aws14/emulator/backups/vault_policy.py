"""The access policy of a vault: what it denies to everybody."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping
from typing import Any

from aws14.emulator.backups.asking import book
from aws14.emulator.backups.refusals import access_denied, invalid

__all__ = ["check_policy", "refuse_denied"]


def check_policy(text: str) -> None:
    """Refuse a policy that is no policy."""
    try:
        statements = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError):
        invalid("The provided policy is not a valid policy document")
    if not isinstance(statements, list):
        invalid("The provided policy is not a valid policy document")


def refuse_denied(response: Any, vault: str, action: str) -> None:
    """Refuse what the policy of a vault denies; statements with conditions are not judged.

    Parameters
    ----------
    response : moto.core.responses.BaseResponse
        Who asks.
    vault : str
        Name of the vault.
    action : str
        ``backup:DeleteRecoveryPoint``.
    """
    policy = json.loads(book(response).policies.get(vault) or "{}")
    for statement in policy.get("Statement") or ():
        if statement.get("Effect") == "Deny" and not statement.get("Condition"):
            named = _listed(statement.get("Action"))
            if any(fnmatch.fnmatchcase(action, each) for each in named) and _everybody(statement, response):
                access_denied(
                    f"Insufficient privileges to perform this action: {action} is denied by the access policy of "
                    f"backup vault {vault}"
                )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _everybody(statement: Mapping[str, Any], response: Any) -> bool:
    principal = statement.get("Principal")
    who = _listed(principal.get("AWS") if isinstance(principal, Mapping) else principal)
    account = response.current_account
    return bool({"*", account, f"arn:aws:iam::{account}:root"} & set(who))

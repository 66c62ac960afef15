"""What the identity policies of a role say: a Deny goes before an Allow, and what no policy allows is not allowed.

Source: IAM user guide, "Policy evaluation logic". A policy that is attached or changed counts from the next request on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aws14.emulator.buckets.policy import Caller, Verdict, applies

__all__ = ["Session", "begin", "may", "session_of", "verdict"]


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a role that a function runs with.

    Parameters
    ----------
    role : str
        ARN of the role.
    name : str
        Of the session: the function's.
    """

    role: str
    name: str

    @property
    def account(self) -> str:
        """The role's account."""
        return self.role.split(":")[4]

    @property
    def arn(self) -> str:
        """Of the session, as AWS's refusals name it."""
        return f"arn:aws:sts::{self.account}:assumed-role/{self.role.rpartition('/')[2]}/{self.name}"


def begin(access_key: Any, role: str, name: str) -> None:
    """Note that an access key belongs to a function: from now on its role's policies are asked.

    Parameters
    ----------
    access_key : moto.iam.models.AccessKey
        The key of a session.
    role, name : str
        ARN of the role, name of the function.
    """
    access_key.aws14_session = (role, name)


def session_of(key: str) -> Session | None:
    """The function's session that an access key belongs to; None for the keys of everybody else."""
    from moto.iam.models import iam_backends

    for regions in list(iam_backends.values()):
        for backend in list(regions.values()):
            found = backend.access_keys.get(key)
            if found is not None:
                told = getattr(found, "aws14_session", None)
                return Session(*told) if told else None
    return None


def may(role: str, action: str, resource: str, region: str) -> bool:
    """Whether a role's policies allow an action on a resource."""
    return verdict(Session(role, ""), action, resource, region) == "allow"


def verdict(session: Session, action: str, resource: str, region: str) -> Verdict:
    """What the policies of a session's role say.

    Parameters
    ----------
    session : Session
        Whose.
    action, resource : str
        ``dynamodb:GetItem`` and an ARN; an empty resource: it is not known which, and any that a policy names will do.
    region : str
        Where it is asked.

    Returns
    -------
    str
        ``allow``, ``deny``, or nothing.
    """
    caller = Caller(kind="account", facts=_facts(session, region))
    said: Verdict = ""
    for statement in _statements(session):
        unbound = not resource and statement["Effect"] == "Allow"
        found = applies(_unbound(statement) if unbound else statement, caller, action, resource or "*")
        if found and statement["Effect"] == "Deny":
            return "deny"
        if found:
            said = "allow"
    return said


def _unbound(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """The statement, about whatever resource there is."""
    return {**{key: value for key, value in statement.items() if key != "NotResource"}, "Resource": "*"}


def _facts(session: Session, region: str) -> Mapping[str, str]:
    return {
        "aws:principalarn": session.role,
        "aws:principalaccount": session.account,
        "aws:principaltype": "AssumedRole",
        "aws:requestedregion": region,
        "aws:securetransport": "true",
    }


def _statements(session: Session) -> Iterator[Mapping[str, Any]]:
    from moto.iam.models import iam_backends

    wanted = session.role
    roles = iam_backends[session.account]["aws"].roles.values()
    role: Any = next((each for each in roles if each.arn == wanted), None)
    if role is None:
        return
    for document in role.policies.values():
        yield from _read(document)
    for policy in role.managed_policies.values():
        yield from _read(next(each.document for each in policy.versions if each.is_default))


@lru_cache(maxsize=512)
def _read(document: str) -> tuple[Mapping[str, Any], ...]:
    try:
        statements = json.loads(document)["Statement"]
    except (ValueError, KeyError, TypeError):  # moto takes what AWS would have refused
        return ()
    listed = statements if isinstance(statements, list) else [statements]
    return tuple(each for each in listed if isinstance(each, dict) and each.get("Effect") in ("Allow", "Deny"))

"""What a function hears that may not do what it asks: AWS's sentence, under the code of the service.

Source: IAM user guide, "Troubleshoot access denied error messages".
"""

from __future__ import annotations

from aws14.emulator.call import Call
from aws14.emulator.permissions.asking import wishes
from aws14.emulator.permissions.deciding import Session, session_of, verdict
from aws14.emulator.refusal import Answer, refuse

__all__ = ["refusal"]

#: Signing name -> code; by protocol for the others.
_CODES = {"sns": "AuthorizationError", "sqs": "AccessDenied"}
_BY_PROTOCOL = {
    "ec2": "UnauthorizedOperation",
    "json": "AccessDeniedException",
    "rest-json": "AccessDeniedException",
}


def refusal(call: Call) -> Answer | None:
    """The refusal that a function gets whose role may not do what it asks; None for everybody else.

    Parameters
    ----------
    call : Call
        The request; the world lock is held.
    """
    session = session_of(call.key) if call.key else None
    if session is None:
        return None
    for action, resource in wishes(call, session.account):
        said = verdict(session, action, resource, call.region)
        if said != "allow":
            code = _CODES.get(call.service) or _BY_PROTOCOL.get(call.protocol, "AccessDenied")
            status = 400 if call.protocol == "json" and call.service != "sqs" else 403
            return refuse(call, status, code, _sentence(session, action, resource or "*", denied=said == "deny"))
    return None


def _sentence(session: Session, action: str, resource: str, *, denied: bool) -> str:
    service = action.partition(":")[0]
    shown = f'"{resource}"' if service == "s3" else resource
    told = action.replace("sns:", "SNS:", 1)
    head = f"User: {session.arn} is not authorized to perform: {told} on resource: {shown}"
    if denied:
        return f"{head} with an explicit deny in an identity-based policy"
    return f"{head} because no identity-based policy allows the {told} action"

"""Which actions on which resources a request asks for. One operation may need several.

Names: Service Authorization Reference, "Actions" of each service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs, unquote

from aws14.emulator.call import Call
from aws14.emulator.gaps import operation_of
from aws14.emulator.permissions.arns import Asked, Place, resources

__all__ = ["Wish", "wishes"]

Wish = tuple[str, str]
"""An action, and the ARN of what it is for: ``*`` for nothing in particular, empty where that is not known."""

#: Signing name -> how policies call the service.
_PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}
#: What everybody may.
_FREE = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
_ACTIONS: Mapping[str, str] = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeAsync": "lambda:InvokeFunction",
    "lambda:InvokeWithResponseStream": "lambda:InvokeFunction",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sns:PublishBatch": "sns:Publish",
    "dynamodb:TransactGetItems": "dynamodb:GetItem",
    "s3:HeadObject": "s3:GetObject",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:UploadPartCopy": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListParts": "s3:ListMultipartUploadParts",
}
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_STATEMENT = re.compile(
    r"\s*(select|insert|update|delete)\b(?:.*?\b(?:from|into))?\s+\"?([A-Za-z0-9_.-]+)", re.IGNORECASE | re.DOTALL
)
_DELETED = re.compile(rb"<Key>(.*?)</Key>", re.S)


def wishes(call: Call, account: str) -> Sequence[Wish]:
    """What a request needs to be allowed; nothing for what everybody may.

    Parameters
    ----------
    call : Call
        The request.
    account : str
        Of who asks.
    """
    service = _PREFIXES.get(call.service, call.service)
    asked, place = _asked(call), Place(account, call.region)
    named = f"{service}:{operation_of(call)}"
    if named in _FREE:
        return ()
    several = tuple(_several(named, call, asked, place))
    return several or tuple((_ACTIONS.get(named, named), each) for each in resources(service, call, asked, place))


def _asked(call: Call) -> Asked:
    query = {name: values[0] for name, values in parse_qs(call.query, keep_blank_values=True).items()}
    if call.protocol == "query":
        return query | {name: values[0] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
    if call.protocol != "json":
        return query
    try:
        told = json.loads(call.body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _several(named: str, call: Call, asked: Asked, place: Place) -> Iterator[Wish]:
    """What operations need that do several things at once."""
    if named in ("dynamodb:TransactWriteItems", "dynamodb:TransactGetItems"):
        for each in asked.get("TransactItems") or ():
            for kind, what in each.items():
                table = resources("dynamodb", call, what, place)
                yield f"dynamodb:{_IN_TRANSACTION.get(kind, 'GetItem')}", table[0]
    elif named == "dynamodb:ExecuteStatement":
        yield from _stated(str(asked.get("Statement") or ""), place)
    elif named == "s3:DeleteObjects":
        for key in _DELETED.findall(call.body):
            yield "s3:DeleteObject", f"arn:aws:s3:::{call.path.strip('/')}/{key.decode('utf-8', 'replace')}"
    elif named.startswith("s3:") and asked.get("versionId"):
        versioned = {"s3:GetObject": "s3:GetObjectVersion", "s3:DeleteObject": "s3:DeleteObjectVersion"}
        plain = _ACTIONS.get(named, named)
        yield versioned.get(plain, plain), f"arn:aws:s3:::{unquote(call.path).lstrip('/')}"


def _stated(statement: str, place: Place) -> Iterator[Wish]:
    found = _STATEMENT.match(statement)
    if found is not None:
        yield f"dynamodb:PartiQL{found[1].capitalize()}", place.arn("dynamodb", f"table/{found[2]}")

"""Operations that are not in the embedded AWS: found by botocore's service models, named to the learner."""

from __future__ import annotations

import logging
from typing import Any

from aws14.catalog import service_status
from aws14.emulator.call import Call
from aws14.emulator.refusal import Answer, refuse

__all__ = ["AbsentOperationError", "AbsentServiceError", "is_lost_in_s3", "missing", "operation_of"]

_log = logging.getLogger(__name__)
#: Signing names that are not the name of botocore's model.
_MODELS = {
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "email": "sesv2",
    "elasticfilesystem": "efs",
    "elasticmapreduce": "emr",
    "es": "opensearch",
    "states": "stepfunctions",
}
#: Signing name of a service that takes no new customers, and is not here -> its name in data/service_status.csv.
_CLOSED = {"snowball": "Snowball Edge"}
#: Sub-resources in botocore's model of S3 that moto/s3/responses.py does not look for.
_S3_OVERLOOKED = frozenset(
    {
        "abac",
        "analytics",
        "annotation",
        "intelligent-tiering",
        "metadataAnnotationTable",
        "metadataConfiguration",
        "metadataInventoryTable",
        "metadataJournalTable",
        "metadataTable",
        "metrics",
        "renameObject",
        "requestPayment",
        "session",
        "torrent",
    }
)
_S3_OVERLOOKED_BY_METHOD = frozenset({("DELETE", "inventory")})


class AbsentOperationError(Exception):
    """moto has the operation, and nothing here acts on it: that is told, not passed over."""


class AbsentServiceError(Exception):
    """moto has no such service."""


def is_lost_in_s3(call: Call) -> bool:
    """Whether S3 is asked for a sub-resource that moto overlooks: it would list, make or delete the bucket instead."""
    if call.protocol != "rest-xml" or call.service not in {"", "s3"}:
        return False
    asked = {part.partition("=")[0] for part in call.query.split("&")}
    return bool(asked & _S3_OVERLOOKED) or any((call.method, name) in _S3_OVERLOOKED_BY_METHOD for name in asked)


def missing(call: Call) -> Answer:
    """Answer that the operation is not there.

    Parameters
    ----------
    call : Call
        What was asked.
    """
    if call.service in _CLOSED:
        return _closed(call)
    name = operation_of(call)
    text = f"{call.service or 'This address'}: {name} is not in the embedded AWS. docs/fidelity.md lists what is."
    return refuse(call, 501, "NotImplemented", text)


def _closed(call: Call) -> Answer:
    """Answer as to a new customer, with what AWS points to instead."""
    status = service_status()[_CLOSED[call.service]]
    text = f"{status.service} is {status.state}; AWS points to {status.successor.replace('; ', ' or ')}."
    return refuse(call, 400, "AccessDeniedException", text)


def operation_of(call: Call) -> str:
    """Return the operation's name; method and path where no model knows it."""
    if call.operation:
        return call.operation
    try:
        return _route(call) or f"{call.method} {call.path}"
    except Exception:  # a message must not fail for want of a model
        _log.debug("no model names %s %s %s", call.service, call.method, call.path, exc_info=True)
        return f"{call.method} {call.path}"


def _route(call: Call) -> str:
    from moto.core.request import Request
    from moto.core.routing import get_service_router
    from werkzeug.test import EnvironBuilder

    environ: dict[str, Any] = EnvironBuilder(path=call.path, method=call.method, query_string=call.query).get_environ()
    operation, _ = get_service_router(_MODELS.get(call.service, call.service or "s3")).match(Request(environ))
    return str(operation.name)

"""An error in the shape of the service's own protocol: every client shows a sentence, never a page of HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from uuid import uuid4

from aws14.emulator.call import Call

__all__ = ["HINT", "Answer", "refuse"]

HINT = "x-aws14-hint"
"""Header with a cure that the embedded AWS knows beyond AWS's words: `aws14.cloud.explain` shows it."""

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SHAPES = {
    "ec2": "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
    "<RequestID>{request}</RequestID></Response>",
    "query": "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>{request}</RequestId></ErrorResponse>",
    "s3": "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request}</RequestId></Error>",
}


@dataclass(frozen=True)
class Answer:
    """An HTTP response.

    Parameters
    ----------
    status : int
        HTTP status.
    headers : tuple of (str, str)
        Names and values.
    body : bytes
        Whole.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def refuse(call: Call, status: int, code: str, message: str) -> Answer:
    """Answer `call` with an AWS error.

    Parameters
    ----------
    call : Call
        Tells the protocol.
    status : int
        HTTP status.
    code, message : str
        What botocore shows as ``Error.Code`` and ``Error.Message``.
    """
    request = str(uuid4())
    headers = [("x-amzn-RequestId", request)]
    if call.protocol == "cbor":
        headers += [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        body = _cbor_map({"__type": code, "message": message})
    elif call.protocol in {"json", "rest-json"}:
        headers += [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
        body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    else:
        headers += [("Content-Type", "text/xml")]
        body = _xml(call, code, message, request)
    if call.method == "HEAD":
        body = b""
    return Answer(status, (*headers, ("Content-Length", str(len(body)))), body)


def _xml(call: Call, code: str, message: str, request: str) -> bytes:
    shape = call.protocol
    if shape == "rest-xml":
        shape = "s3" if call.service in {"", "s3"} else "query"
    return (_XML + _SHAPES[shape].format(code=escape(code), message=escape(message), request=request)).encode()


def _cbor_map(items: dict[str, str]) -> bytes:
    # RFC 8949: major type 5 for a map, major type 3 for text, both with two-byte lengths.
    body = b"\xb9" + len(items).to_bytes(2, "big")
    for text in (text for item in items.items() for text in item):
        encoded = text.encode()
        body += b"\x79" + len(encoded).to_bytes(2, "big") + encoded
    return body

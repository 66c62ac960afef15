"""What one HTTP request asks of AWS: service, operation, protocol, and whether it can change anything."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

__all__ = ["Call", "parse"]

Environ = dict[str, Any]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/(\d+)/([^/,\s]+)/([^/,\s]+)/aws4_request")
_FORM_FIELD = re.compile(rb'name="x-amz-credential"\r?\n\r?\n([^/\r\n]+)/', re.IGNORECASE)
_READS = ("Describe", "List", "Get", "Head", "Lookup", "Query", "Scan", "Search", "BatchGet", "Filter")
#: Services that speak rest-xml; every other REST service speaks JSON (botocore's service models).
_REST_XML = frozenset({"s3", "route53", "cloudfront", "s3control"})


@dataclass(frozen=True)
class Call:
    """One request, as far as it can be told without moto.

    Parameters
    ----------
    key : str
        The access key it is signed with; empty when unsigned.
    service : str
        Signing name, ``"ec2"``; empty when unsigned and not told by a target.
    region : str
        Of the signature; empty when unsigned.
    operation : str
        ``"RunInstances"``; empty for REST services, whose operation is in method and path.
    protocol : str
        ``ec2 | query | json | cbor | rest-xml | rest-json``.
    method, path, query : str
        Of the HTTP request.
    body : bytes
        Of the HTTP request.
    """

    key: str
    service: str
    region: str
    operation: str
    protocol: str
    method: str
    path: str
    query: str
    body: bytes

    @property
    def reads(self) -> bool:
        """Whether it is sure not to change the cloud."""
        return self.method in {"GET", "HEAD", "OPTIONS"} or self.operation.startswith(_READS)


def parse(environ: Environ) -> Call:
    """Read the whole request, leaving `environ` as readable as before.

    Parameters
    ----------
    environ : dict
        WSGI environment; its input is replaced by a buffer.
    """
    body = _body(environ)
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    key, region, service = _signature(environ, query, body)
    operation, protocol = _operation(environ, query, body)
    if not protocol:
        s3 = service in {"", "s3"}
        protocol = "rest-xml" if s3 or service in _REST_XML else "rest-json"
    if protocol == "query" and service == "ec2":
        protocol = "ec2"
    return Call(
        key=key,
        service=service,
        region=region,
        operation=operation,
        protocol=protocol,
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=environ.get("QUERY_STRING", ""),
        body=body,
    )


def _body(environ: Environ) -> bytes:
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    if length:
        body: bytes = stream.read(int(length))
    else:
        body = stream.read() if environ.get("wsgi.input_terminated") else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _signature(environ: Environ, query: dict[str, list[str]], body: bytes) -> tuple[str, str, str]:
    header = environ.get("HTTP_AUTHORIZATION", "")
    signed = _CREDENTIAL.search(header)
    if signed is None and "X-Amz-Credential" in query:
        signed = _CREDENTIAL.search("Credential=" + unquote(query["X-Amz-Credential"][0]))
    if signed is not None:
        return signed[1], signed[3], signed[4].lower()
    if header.startswith("AWS "):  # signature version 2, which only S3 ever spoke to learners
        return header[4:].partition(":")[0], "", "s3"
    if "AWSAccessKeyId" in query:
        return query["AWSAccessKeyId"][0], "", "s3"
    if environ.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        posted = _FORM_FIELD.search(body)
        return (posted[1].decode("latin-1"), "", "s3") if posted else ("", "", "")
    return "", "", ""


def _operation(environ: Environ, query: dict[str, list[str]], body: bytes) -> tuple[str, str]:
    if environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor":
        return environ["PATH_INFO"].rsplit("/", 1)[-1], "cbor"
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.rsplit(".", 1)[-1], "json"
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        query = {**query, **parse_qs(body[:4096].decode("utf-8", "replace"))}
    if "Action" in query:
        return query["Action"][0], "query"
    return "", ""

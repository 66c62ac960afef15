"""Who may ask: a client on this machine that holds a key of this cloud, and no web page.

Refused are requests signed with a key that this cloud never gave out, requests from a web page (they carry ``Origin``),
and moto's own control pages. Keys that the learner's own IAM and STS calls gave out are as good as on AWS. An unsigned
request is refused, except reading S3, which moto decides by bucket policy and ACL as AWS does.
"""

from __future__ import annotations

import hmac
from typing import Any

from aws14.emulator.call import Call
from aws14.emulator.refusal import Answer, refuse

__all__ = ["is_known", "know", "loopback_host", "own_key", "stranger"]

_MOTO_PAGES = ("/moto-api", "/latest/", "/favicon.ico", "/_aws/")


_OWN: list[str] = []


def know(access_key: str) -> None:
    """Remember the emulator's own access key, for requests that are signed and do not come to the API."""
    _OWN[:] = [access_key]


def own_key() -> str:
    """The emulator's own access key, for requests that it makes to itself."""
    return _OWN[0]


def is_known(key: str) -> bool:
    """Whether an access key is the emulator's own, or one that it gave out."""
    return key in _OWN or _given_out(key)


def loopback_host(environ: dict[str, Any]) -> bool:
    """Whether the request was sent to a name of this machine: 127.0.0.1, ::1, localhost, or a name under localhost."""
    host = environ.get("HTTP_HOST", "")
    name = host[: host.rindex("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    return name.lower() in {"127.0.0.1", "localhost", "[::1]"} or name.lower().endswith(".localhost")


def stranger(environ: dict[str, Any], call: Call, access_key: str) -> Answer | None:
    """Return the refusal that a stranger's request gets, or None for a welcome one.

    Parameters
    ----------
    environ : dict
        WSGI environment.
    call : Call
        What it asks.
    access_key : str
        The emulator's own.
    """
    if "HTTP_ORIGIN" in environ:
        return refuse(call, 403, "AccessDenied", "The embedded AWS does not answer web pages of another origin.")
    if call.path.startswith(_MOTO_PAGES):
        return refuse(call, 403, "AccessDenied", f"{call.path} is not part of AWS. See docs/fidelity.md.")
    if not call.key:
        return None if _anonymous(call) else _unsigned(call)
    if hmac.compare_digest(call.key.encode(), access_key.encode()) or _given_out(call.key):
        return None
    code = "InvalidAccessKeyId" if call.service == "s3" else _BAD_KEY.get(call.protocol, "UnrecognizedClientException")
    return refuse(call, 403, code, "The security token included in the request is invalid.")


#: What AWS says by protocol; the JSON ones say UnrecognizedClientException ("Common errors" of each API reference).
_BAD_KEY = {"ec2": "AuthFailure", "query": "InvalidClientTokenId", "rest-xml": "InvalidClientTokenId"}


def _anonymous(call: Call) -> bool:
    return call.protocol == "rest-xml" and call.method in {"GET", "HEAD"} and len(call.path) > 1


def _unsigned(call: Call) -> Answer:
    code = (
        "AccessDenied" if call.service in {"", "s3"} and call.protocol == "rest-xml" else "MissingAuthenticationToken"
    )
    return refuse(call, 403, code, "The request is not signed with an access key of this embedded AWS.")


def _given_out(key: str) -> bool:
    from moto.iam.models import iam_backends  # where STS, too, enters the keys it gives out

    return any(
        key in backend.access_keys for regions in list(iam_backends.values()) for backend in list(regions.values())
    )

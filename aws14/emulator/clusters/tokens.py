"""Tokens of ``aws eks get-token``: a call of GetCallerIdentity, signed for one cluster and not sent.

Whoever checks it sends the call on, with the name of its own cluster in a header that is part of the signature; STS
says who signed. Here the signature is checked in place (AWS Signature Version 4 in a query string).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import urlsafe_b64decode
from binascii import Error
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

import time_machine

from aws14.emulator.clusters.records import life_of
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["caller", "know"]

_PREFIX = "k8s-aws-v1."
_CLUSTER_HEADER = "x-k8s-aws-id"
_SIGNED = frozenset({"host", _CLUSTER_HEADER})
_LONGEST_S = 900
_AHEAD_S = 300.0
_NOTHING = hashlib.sha256(b"").hexdigest()
_OWN: dict[str, str] = {}


def know(access_key: str, secret_key: str) -> None:
    """Accept what is signed with the keys of this emulator."""
    _OWN.clear()
    _OWN[access_key] = secret_key


def caller(cluster: Any, token: str) -> str | None:
    """ARN of who made a token for a cluster; None where it is no good. The world lock is held.

    A token is good for 15 minutes: of real time since it was signed, because its maker lives outside of AWS time, and
    of AWS time since it was first shown.

    Parameters
    ----------
    cluster : moto.eks.models.Cluster
        Which.
    token : str
        ``k8s-aws-v1....``
    """
    url = _url(token)
    if url is None:
        return None
    asked = dict(parse_qsl(url.query, keep_blank_values=True))
    key = asked.get("X-Amz-Credential", "").partition("/")[0]
    secret = _secret(key)
    if secret is None or not _is_asked_for_identity(asked) or not _is_fresh(cluster, token, asked):
        return None
    if not hmac.compare_digest(_signature(url, asked, secret, cluster.name), asked.get("X-Amz-Signature", "")):
        return None
    return _arn(cluster, key)


def _url(token: str) -> SplitResult | None:
    if not token.startswith(_PREFIX):
        return None
    text = token.removeprefix(_PREFIX)
    try:
        return urlsplit(urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii"))
    except (Error, ValueError):
        return None


def _is_asked_for_identity(asked: dict[str, str]) -> bool:
    signed = set(asked.get("X-Amz-SignedHeaders", "").split(";"))
    right = asked.get("Action") == "GetCallerIdentity" and asked.get("X-Amz-Algorithm") == "AWS4-HMAC-SHA256"
    return right and signed == _SIGNED


def _is_fresh(cluster: Any, token: str, asked: dict[str, str]) -> bool:
    try:
        signed = datetime.strptime(asked.get("X-Amz-Date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        lasts = int(asked.get("X-Amz-Expires", ""))
    except ValueError:
        return False
    good_s, now = typical_s("EKS token good for"), world().clock.now()
    shown = life_of(cluster).shown
    for old in [each for each, since in shown.items() if not since <= now <= since + good_s and each != token]:
        del shown[old]
    if now - shown.setdefault(token, now) > good_s or not 0 < lasts <= _LONGEST_S:
        return False
    return -_AHEAD_S <= _real_now() - signed <= good_s


def _real_now() -> float:
    real = time_machine.escape_hatch
    return real.time.time() if real.is_travelling() else time.time()


def _signature(url: SplitResult, asked: dict[str, str], secret: str, cluster: str) -> str:
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(asked.items())
        if name != "X-Amz-Signature"
    )
    headers = f"host:{url.netloc.lower()}\n{_CLUSTER_HEADER}:{cluster}\n"
    canonical = f"GET\n{url.path or '/'}\n{query}\n{headers}\nhost;{_CLUSTER_HEADER}\n{_NOTHING}"
    date, region, service = [*asked["X-Amz-Credential"].split("/"), "", "", ""][1:4]
    scope = f"{date}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{asked['X-Amz-Date']}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _secret(key: str) -> str | None:
    from moto.iam.models import iam_backends  # where STS, too, enters the keys it gives out

    if key in _OWN:
        return _OWN[key]
    held = (backend.access_keys for regions in list(iam_backends.values()) for backend in list(regions.values()))
    return next((str(keys[key].secret_access_key) for keys in held if key in keys), None)


def _arn(cluster: Any, key: str) -> str:
    from moto.sts.models import sts_backends

    _, _, _, region, account, _ = cluster.arn.split(":", 5)
    return str(sts_backends[account]["aws"].get_caller_identity(key, region)[1])

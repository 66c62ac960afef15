"""A request as API Gateway sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from aws14.emulator.buckets.objects import header
from aws14.emulator.dataplane.answering import Visit
from aws14.emulator.world import world

__all__ = ["Coming", "coming", "pairs"]

_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "proxy-connection", "content-length"})


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A request.

    Parameters
    ----------
    account, region, api : str
        Whose it is, where, and the API's id.
    stage : str
        Name of the stage.
    method : str
        ``GET``.
    path : str
        After the stage, as it came, without its query: ``/users/1``.
    whole_path : str
        With the stage, as the client wrote it.
    query : str
        After the question mark.
    headers : dict
        As they came, with those that AWS adds.
    body : bytes
        Whole.
    source : str
        The client's IPv4 address.
    host : str
        The name that was called.
    now : float
        Epoch seconds of AWS time.
    request_id : str
        A number of its own.
    variables : dict
        The stage's.
    """

    account: str
    region: str
    api: str
    stage: str
    method: str
    path: str
    whole_path: str
    query: str
    headers: dict[str, str]
    body: bytes
    source: str
    host: str
    now: float
    request_id: str = field(default_factory=lambda: str(uuid4()))
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        """A header's value, whatever its case; empty where there is none."""
        return header(self.headers, name)

    @property
    def arn(self) -> str:
        """``arn:aws:execute-api:<region>:<account>:<api>/<stage>/GET/users/1``."""
        start = f"arn:aws:execute-api:{self.region}:{self.account}:{self.api}"
        return f"{start}/{self.stage}/{self.method}{self.path}"


def coming(visit: Visit, *, account: str, region: str, api: str, stage: str, path: str) -> Coming:
    """Read a request.

    Parameters
    ----------
    visit : Visit
        As it came in.
    account, region, api : str
        Whose it is.
    stage, path : str
        Name of the stage, and the path after it.
    """
    whole, _, query = visit.path.partition("?")
    now = world().clock.now()
    headers = {name: value for name, value in visit.headers.items() if name.lower() not in _BY_HOP}
    before = header(headers, "X-Forwarded-For")
    chain = ", ".join(filter(None, (before, visit.source)))
    headers = {name: value for name, value in headers.items() if name.lower() not in _ADDED}
    trace = header(visit.headers, "X-Amzn-Trace-Id") or f"Root=1-{int(now):08x}-{uuid4().hex[:24]}"
    headers |= {"X-Forwarded-For": chain, "X-Forwarded-Port": str(visit.port), "X-Forwarded-Proto": "https"}
    return Coming(
        account=account,
        region=region,
        api=api,
        stage=stage,
        method=visit.method,
        path=path or "/",
        whole_path=whole,
        query=query,
        headers=headers | {"X-Amzn-Trace-Id": trace},
        body=visit.body,
        source=visit.source,
        host=header(visit.headers, "Host").partition(":")[0].lower(),
        now=now,
    )


_ADDED = frozenset({"x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"})


def pairs(query: str) -> list[tuple[str, str]]:
    """The parameters of a query string, decoded, in their order."""
    from urllib.parse import parse_qsl

    return parse_qsl(query, keep_blank_values=True)

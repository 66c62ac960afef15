"""What came back from a request: a page, or the reason why there is none."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from html import escape
from typing import Any, Literal

__all__ = ["Answer", "Hop", "Outcome"]

Outcome = Literal["answered", "name_not_found", "timed_out", "refused", "unreachable", "reset", "tls_failed"]

_SAID: Mapping[str, str] = {
    "name_not_found": "name not found",
    "timed_out": "timed out",
    "refused": "connection refused",
    "unreachable": "unreachable",
    "reset": "connection closed without an answer",
    "tls_failed": "no TLS connection",
}
_HEAD_LINES, _HEAD_CHARACTERS = 12, 800
_FRAME = "width:100%;height:16em;border:1px solid #767676;background:#fff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """A component on the way.

    Parameters
    ----------
    kind : str
        ``security_group``, ``network_acl``, ``route_table``, ``internet_gateway``...
    id, name : str
        AWS id, and the name its tags give it; both may be empty.
    leg : {'forward', 'return'}
        On the way there or back.
    detail : str
        What it does, in one sentence.
    code : str
        The explanation code of Reachability Analyzer, of the one that stops; empty for the others.
    """

    kind: str
    id: str = ""
    name: str = ""
    leg: str = "forward"
    detail: str = ""
    code: str = ""

    def __str__(self) -> str:
        what = f"{'back: ' if self.leg == 'return' else ''}{self.kind.replace('_', ' ')}"
        return f"{what} {self.name or self.id}".strip() + (f": {self.detail}" if self.detail else "")

    @classmethod
    def told(cls, part: Mapping[str, Any]) -> Hop:
        """From the control API's words."""
        return cls(**{name: part.get(name, "") for name in cls.__slots__})


@dataclass(frozen=True, kw_only=True, repr=False)
class Answer:
    """What came back from a request.

    Parameters
    ----------
    outcome : str
        ``answered`` (whatever the status), ``name_not_found``, ``timed_out``, ``refused``, ``unreachable``, ``reset``
        or ``tls_failed``.
    url : str
        As requested.
    source : str
        From where.
    status : int
        HTTP status; 0 where nothing answered.
    reason : str
        Its phrase.
    headers : Mapping[str, str]
        Of the response.
    cookies : Mapping[str, str]
        That the response sets, name -> value; send them back as a ``Cookie`` header to be known again.
    body : bytes
        Of the response.
    hops : tuple of Hop
        What let the request through, there and back, as far as it came; empty on a real account.
    blocked_by : Hop or None
        What stopped it.
    explanation : str
        In a sentence or two.
    seconds : float
        How long it took; for a time-out in the embedded AWS the patience of the client, none of which was waited.
    """

    outcome: Outcome
    url: str
    source: str = "internet"
    status: int = 0
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hops: tuple[Hop, ...] = ()
    blocked_by: Hop | None = None
    explanation: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The body as text, by the charset of its type."""
        try:
            return self.body.decode(self._type.get_content_charset("utf-8"), "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    @property
    def ok(self) -> bool:
        """Whether something answered, with a status below 400."""
        return self.outcome == "answered" and self.status < 400

    def __str__(self) -> str:
        return "\n".join(filter(None, (self._line(), self._head())))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        hops = "".join(f"<li>{escape(str(hop))}</li>" for hop in self.hops)
        if self.blocked_by is not None:
            hops += f"<li><strong>Stopped here:</strong> {escape(str(self.blocked_by))}</li>"
        way = f"<details><summary>The way, hop by hop</summary><ol>{hops}</ol></details>" if hops else ""
        return f"<div><p><strong>{escape(self._line())}</strong></p>{way}{self._page()}</div>"

    @property
    def _type(self) -> Message:
        message = Message()
        lowered = {name.lower(): value for name, value in self.headers.items()}
        message["Content-Type"] = lowered.get("content-type", "text/plain")
        return message

    def _line(self) -> str:
        who = f"{self.url} from {self.source}"
        if self.outcome == "answered":
            kind = f"{self._type.get_content_type()}, " if self.body else ""
            return f"{self.status} {self.reason}: {who} ({kind}{len(self.body):,} bytes)"
        after = f" after {self.seconds:g} s" if self.outcome == "timed_out" else ""
        return f"{_SAID[self.outcome]}{after}: {who}. {self.explanation}"

    def _head(self) -> str:
        if not self.body or self._type.get_content_maintype() not in ("text", "application"):
            return ""
        lines = self.text[:_HEAD_CHARACTERS].strip().splitlines()
        more = ["..."] if len(lines) > _HEAD_LINES or len(self.text) > _HEAD_CHARACTERS else []
        return "\n".join(lines[:_HEAD_LINES] + more)

    def _page(self) -> str:
        """The body as a browser would show it, locked in: its scripts do not run and it reaches nothing."""
        if not self.body:
            return ""
        kind, title = self._type.get_content_type(), escape(f"Page at {self.url}", quote=True)
        if kind == "text/html":
            page = escape(self.text, quote=True)
            return f'<iframe sandbox="" title="{title}" style="{_FRAME}" srcdoc="{page}"></iframe>'
        if kind.startswith("image/") and kind != "image/svg+xml":
            data = b64encode(self.body).decode()
            return f'<img alt="{title}" style="max-width:100%" src="data:{escape(kind, quote=True)};base64,{data}">'
        return f"<pre>{escape(self._head())}</pre>"

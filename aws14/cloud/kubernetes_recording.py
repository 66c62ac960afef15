"""What is created inside clusters, written down and known again: the recorder of the Kubernetes client.

An object is known by its cluster and its path: ``books|/api/v1/namespaces/shop/services/catalog``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aws14.cloud.ledger import Record, digest
from aws14.cloud.recorder import in_words

if TYPE_CHECKING:
    from aws14.cloud.session import Session

__all__ = ["CREATED", "Recording"]

CREATED = frozenset({200, 201, 202})
"""Status of an answer that has an object."""

_COLLECTION = re.compile(r"/(api/v1|apis/[^/]+/[^/]+)(/namespaces/[^/]+)?/[a-z]+")
_ASKED_ONLY = re.compile(r"/(apis/authorization\.k8s\.io|apis/authentication\.k8s\.io)/")
"""Creating such an object is a question: it leaves nothing."""


class Recording:
    """Writes down what is created in a cluster, and knows it again.

    Parameters
    ----------
    session : Session
        Whose pattern, ledger and voice are used.
    cluster, region : str
        Which, and where.
    """

    def __init__(self, session: Session, cluster: str, region: str) -> None:
        self._session, self._cluster, self._region = session, cluster, region

    def record(self, url: str, body: Any) -> Record | None:
        """The record of a creating call; None for any other."""
        parts = urlsplit(url)
        found = _COLLECTION.fullmatch(parts.path)
        if found is None or "dryRun" in parts.query or _ASKED_ONLY.match(parts.path) or not isinstance(body, Mapping):
            return None
        wish = {"cluster": self._cluster, "path": parts.path, "body": body}
        mark = digest("kubernetes", "Create", self._region, self._session.pattern, wish)
        meta = body.get("metadata") or {}
        path = f"{parts.path}/{meta.get('name') or meta.get('generateName', '')}"
        plain = {"cluster": self._cluster, "path": path}
        return Record(id="", time="", state="begun", pattern=self._session.pattern, region=self._region,
                      service="kubernetes", operation="Create", digest=mark, params=plain, parents=())  # fmt: skip

    def earlier(self, record: Record) -> str:
        """Path of what an identical call made; empty for none."""
        known = self._session.ledger.find(record.digest)
        return known.resources[0].partition("|")[2] if known is not None and known.resources else ""

    def say_again(self, found: Mapping[str, Any]) -> None:
        """Say that an object is there."""
        names = (found["metadata"].get("namespace"), found["metadata"]["name"])
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found["kind"]).lower()
        self._session.say(f"already built: {in_words(kind, ('/'.join(filter(None, names)),))}")

    def begin(self, record: Record) -> Record:
        """Write down that it begins."""
        return self._session.ledger.begin(record)

    def end(self, record: Record, status: int, answer: Mapping[str, Any]) -> None:
        """Write down what came of it."""
        if status not in CREATED:
            reason = str(answer.get("reason", status))
            self._session.ledger.end(record, state="failed", error=reason)
            return
        made = f"{self._cluster}|{record.params['path'].rpartition('/')[0]}/{answer['metadata']['name']}"
        self._session.ledger.end(record, state="done", resources=(made,), response={})
        self._session.changes += 1

"""A request at the edge: which behaviour, what is kept, what the origin says, what the viewer gets."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aws14.emulator.buckets.objects import header
from aws14.emulator.dataplane.answering import Told, Visit
from aws14.emulator.edges import keeping, pages
from aws14.emulator.edges.keeping import Kept
from aws14.emulator.edges.origins import Question, ask
from aws14.emulator.edges.policies import cache_settings
from aws14.emulator.edges.settings import Behaviour, CacheSettings, Settings
from aws14.emulator.world import world

__all__ = ["serve"]

_HTTPS = 443
_BAD, _UNCHANGED = HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_MODIFIED
#: Errors that are kept, and those that are kept only where the distribution or their own headers say for how long
#: (developer guide, "How CloudFront caches HTTP 4xx and 5xx status codes"); no other is, as 429.
_KEPT, _KEPT_IF_SAID = frozenset({404, 414, 500, 501, 502, 503, 504}), frozenset({400, 403, 405, 412, 415})
_SAFE = ("GET", "HEAD")
_HIT, _MISS, _REFRESH, _ERROR, _REDIRECT = "Hit", "Miss", "RefreshHit", "Error", "Redirect"
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "via"})


def serve(distribution: Any, settings: Settings, visit: Visit) -> Told:
    """Answer a viewer.

    Parameters
    ----------
    distribution : moto.cloudfront.models.Distribution
        Whose request it is.
    settings : Settings
        As they are deployed.
    visit : Visit
        The request.
    """
    if not settings.enabled:
        return _finished(distribution, pages.problem(403, "The distribution is disabled."), _ERROR)
    split = urlsplit(visit.path)
    path = split.path or "/"
    behaviour = settings.behaviour(path)
    refused = _refused(behaviour, visit)
    if refused is not None:
        return _finished(distribution, refused, _ERROR if refused[0] >= _BAD else _REDIRECT)
    if path == "/" and settings.root:
        path = f"/{settings.root}"
    queries = parse_qsl(split.query, keep_blank_values=True)
    told, how, age = _Edge(distribution, settings, visit).answer(path, queries)
    return _finished(distribution, _known(told, visit), how, age)


def _refused(behaviour: Behaviour, visit: Visit) -> Told | None:
    """The answer to a viewer who may not ask so."""
    if visit.port != _HTTPS and behaviour.viewer == "https-only":
        return pages.problem(403, "Bad request. We can't connect to the server for this app or website at this time.")
    if visit.port != _HTTPS and behaviour.viewer == "redirect-to-https":
        host = header(visit.headers, "Host").partition(":")[0]
        status = 301 if visit.method in _SAFE else 307
        return status, {"Location": f"https://{host}{visit.path}", "Server": "CloudFront"}, b""
    if visit.method not in behaviour.methods:
        text = "This distribution is not configured to allow the HTTP request method that was used for this request."
        return pages.problem(403, text)
    return None


def _known(told: Told, visit: Visit) -> Told:
    """The same, or only that it has not changed, for a viewer who has it already."""
    status, headers, _ = told
    tags = [each.strip() for each in header(visit.headers, "If-None-Match").split(",")]
    if status == HTTPStatus.OK and visit.method in _SAFE and header(headers, "ETag") in tags and tags != [""]:
        return _UNCHANGED, headers, b""
    return told


def _finished(distribution: Any, told: Told, how: str, age: int | None = None) -> Told:
    status, headers, body = told
    kept = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
    own = {
        "X-Cache": f"{_ERROR if status >= _BAD else how} from cloudfront",
        "Via": f"1.1 {distribution.domain_name} (CloudFront)",
        "X-Amz-Cf-Pop": pages.POP,
        "X-Amz-Cf-Id": pages.mark(distribution.id),
    }
    return status, {**kept, **own, **({} if age is None else {"Age": str(age)})}, body


class _Edge:
    """One request to one distribution."""

    def __init__(self, distribution: Any, settings: Settings, visit: Visit) -> None:
        self.distribution, self.settings, self.visit = distribution, settings, visit
        self.now = world().clock.now()

    def answer(self, path: str, queries: list[tuple[str, str]], *, page: bool = False) -> tuple[Told, str, int | None]:
        """What the viewer gets, how it came about, and how long it has been kept, s; None for what is new."""
        behaviour = self.settings.behaviour(path)
        found = self._kept_or_new(behaviour, path, queries)
        status = found[0][0]
        if status < _BAD or page or status not in self.settings.errors or not self.settings.errors[status].page:
            return found
        rule = self.settings.errors[status]
        self.visit = replace(self.visit, method="GET", body=b"")
        (got, headers, body), _, _ = self.answer(rule.page, [], page=True)
        return ((rule.status, headers, body), _ERROR, None) if got < _BAD else found

    def _kept_or_new(
        self, behaviour: Behaviour, path: str, queries: list[tuple[str, str]]
    ) -> tuple[Told, str, int | None]:
        settings = cache_settings(behaviour)
        question = Question(
            visit=self.visit,
            distribution=self.distribution,
            behaviour=behaviour,
            path=path,
            queries=tuple(queries),
            unless={},
        )
        if self.visit.method not in behaviour.kept_methods:
            return self._asked(question), _MISS, None
        key = keeping.key_of(path, queries, self.visit.headers, settings)
        kept = keeping.find(self.distribution.id, key)
        if kept is not None and self.now < kept.until:
            return kept.told, _HIT, int(self.now - kept.since)
        told = self._asked(replace(question, visit=self._whole(), unless=_unless(kept)))
        if kept is not None and told[0] == _UNCHANGED:
            told = (kept.told[0], {**kept.told[1], **told[1]}, kept.told[2])
            how = _REFRESH
        else:
            how = _MISS
        self._keep(key, told, settings)
        return told, how, None

    def _whole(self) -> Visit:
        """The request for all of it: what is kept serves GET and HEAD alike."""
        return replace(self.visit, method="GET") if self.visit.method in _SAFE else self.visit

    def _keep(self, key: keeping.Viewed, told: Told, settings: CacheSettings) -> None:
        status, headers, _ = told
        query = "&".join(f"{name}={value}" for name, value in key.queries)
        path = key.path + (f"?{query}" if query else "")
        if status >= _BAD:
            rule = self.settings.errors.get(status)
            if status not in _KEPT and not (status in _KEPT_IF_SAID and (rule is not None or _said(headers))):
                return
            least = rule.min_s if rule is not None else keeping.error_min_s()
            until = self.now + max(least, min(keeping.lifetime_s(headers, settings, self.now), _said(headers)))
        elif keeping.is_storable(headers, settings):
            until = self.now + keeping.lifetime_s(headers, settings, self.now)
        else:
            return
        keeping.keep(self.distribution.id, key, Kept(told, self.now, until, path))

    def _asked(self, question: Question) -> Told:
        """What the origin says, or the second of a group where the first fails."""
        group = self.settings.groups.get(question.behaviour.target)
        if group is None:
            return ask(self.settings.origins[question.behaviour.target], question)
        told = ask(self.settings.origins[group.members[0]], question)
        if told[0] in group.codes and question.visit.method in (*_SAFE, "OPTIONS"):
            return ask(self.settings.origins[group.members[1]], question)
        return told


def _said(headers: dict[str, str]) -> float:
    """How long an error may be kept beyond its least: only where its own headers say so."""
    return float("inf") if header(headers, "Cache-Control") or header(headers, "Expires") else 0.0


def _unless(kept: Kept | None) -> dict[str, str]:
    if kept is None or kept.told[0] != HTTPStatus.OK:
        return {}
    headers = kept.told[1]
    asked = {"If-None-Match": header(headers, "ETag"), "If-Modified-Since": header(headers, "Last-Modified")}
    return {name: value for name, value in asked.items() if value}

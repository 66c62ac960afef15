"""Asking an origin: a bucket with the distribution's signature, anything else by its name through the data plane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aws14.emulator.buckets import front as buckets
from aws14.emulator.buckets.objects import header, read
from aws14.emulator.buckets.policy import Caller
from aws14.emulator.certificates import covers
from aws14.emulator.dataplane.answering import Told, Visit
from aws14.emulator.edges import pages
from aws14.emulator.edges.keeping import cookies_for
from aws14.emulator.edges.policies import cache_settings, forwarded
from aws14.emulator.edges.settings import Behaviour, items

__all__ = ["Question", "ask"]

_HTTP, _HTTPS = 80, 443
_BAD_GATEWAY, _TIME_OUT = 502, 504
_MOST_EDGES = 4  # a distribution that is its own origin ends


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What the edge wants to know.

    Parameters
    ----------
    visit : Visit
        Of the viewer.
    distribution : moto.cloudfront.models.Distribution
        For whom.
    behaviour : Behaviour
        What goes to the origin.
    path : str
        Without its query.
    queries : tuple of (str, str)
        In their order.
    unless : Mapping
        Headers that ask only whether what is kept still holds; empty for none.
    """

    visit: Visit
    distribution: Any
    behaviour: Behaviour
    path: str
    queries: tuple[tuple[str, str], ...]
    unless: Mapping[str, str]


def ask(origin: Mapping[str, Any], question: Question) -> Told:
    """What an origin answers, or the page that CloudFront has where it does not.

    Parameters
    ----------
    origin : Mapping
        As the API was given it.
    question : Question
        What is asked.
    """
    path = (origin.get("OriginPath") or "") + question.path + _query(question)
    if "CustomOriginConfig" not in origin or not origin["CustomOriginConfig"]:
        return _bucket(origin, question, path)
    return _by_name(origin, question, path)


def _query(question: Question) -> str:
    settings, (_, _, queries) = cache_settings(question.behaviour), forwarded(question.behaviour)
    taken = [each for each in question.queries if settings.queries.takes(each[0]) or queries.takes(each[0])]
    return f"?{urlencode(taken)}" if taken else ""


def _bucket(origin: Mapping[str, Any], question: Question, path: str) -> Told:
    found = buckets.named(origin["DomainName"].lower())
    visit = Visit(method=question.visit.method, path=path, headers=dict(question.unless))
    return read(visit, found[1] if found is not None else "", path, caller=_caller(origin, question.distribution))


def _caller(origin: Mapping[str, Any], distribution: Any) -> Caller:
    """Who S3 sees: CloudFront for this distribution where it signs, else anybody."""
    from moto.cloudfront.models import cloudfront_backends

    account = distribution.arn.split(":")[4]
    controls = cloudfront_backends[account][distribution.arn.split(":")[1]].origin_access_controls
    control = controls.get(origin.get("OriginAccessControlId") or "")
    if control is None or control.signing_behavior == "never":
        return Caller(facts={"aws:securetransport": "true"})
    facts = {
        "aws:sourcearn": distribution.arn,
        "aws:sourceaccount": account,
        "aws:securetransport": "true",
    }
    return Caller(kind="service", service="cloudfront.amazonaws.com", facts=facts)


def _by_name(origin: Mapping[str, Any], question: Question, path: str) -> Told:
    from aws14.emulator.dataplane import insides
    from aws14.emulator.dataplane.connecting import Ask
    from aws14.emulator.dataplane.plane import connect

    config, domain = origin["CustomOriginConfig"], str(origin["DomainName"])
    tls = _speaks_tls(config["OriginProtocolPolicy"], question.visit.port)
    port = int(config.get("HTTPSPort") or _HTTPS) if tls else int(config.get("HTTPPort") or _HTTP)
    if header(question.visit.headers, "Via").count("CloudFront") >= _MOST_EDGES:
        return pages.problem(403)
    found = connect(Ask(host=domain, port=port), insides.inside)
    if found.outcome != "open" or found.front is None:
        return pages.problem(_TIME_OUT if found.outcome == "timed_out" else _BAD_GATEWAY)
    headers = _headers(origin, question)
    trusted = not tls or _is_trusted(found.front, port, header(headers, "Host"), domain)
    if tls != found.front.speaks_tls(port) or not trusted:
        return pages.problem(_BAD_GATEWAY)
    asked, body = question.visit.method, question.visit.body
    visit = Visit(
        method=asked, path=path, headers=headers, body=body, port=port, source=found.source, called=found.address
    )
    try:
        return found.front.answer(visit)
    except ConnectionError:
        return pages.problem(_BAD_GATEWAY)


def _speaks_tls(policy: str, port: int) -> bool:
    return policy == "https-only" or (policy == "match-viewer" and port == _HTTPS)


def _is_trusted(front: Any, port: int, host: str, domain: str) -> bool:
    """Whether the origin's certificate is for its name, or for the host that is asked for."""
    shown = front.shown(port, host)
    if shown is None:
        return bool(front.owner)  # an instance has none that anybody trusts
    return not shown.names or any(covers(each, name) for each in shown.names for name in (domain, host))


def _headers(origin: Mapping[str, Any], question: Question) -> dict[str, str]:
    viewer, behaviour = question.visit.headers, question.behaviour
    settings, (headers, cookies, _) = cache_settings(behaviour), forwarded(behaviour)
    given = {**viewer, **_told_by_edge(question.visit)}
    passed = {
        name: value
        for name, value in given.items()
        if name.lower() not in _OWN and (settings.headers.takes(name.lower()) or headers.takes(name.lower()))
    }
    before = header(viewer, "X-Forwarded-For")
    sent = {
        "Host": origin["DomainName"],
        "User-Agent": "Amazon CloudFront",
        "X-Forwarded-For": ", ".join(filter(None, (before, question.visit.source))),
        "Via": ", ".join(
            filter(None, (header(viewer, "Via"), f"1.1 {question.distribution.domain_name} (CloudFront)"))
        ),
        "X-Amz-Cf-Id": pages.mark(question.path),
        "Connection": "Keep-Alive",
    }
    sent = {name: value for name, value in sent.items() if name.lower() not in {each.lower() for each in passed}}
    if question.visit.body and (kind := header(viewer, "Content-Type")):
        sent["Content-Type"] = kind
    if chosen := cookies_for(viewer, settings.cookies, cookies):
        sent["Cookie"] = chosen
    own = {each["HeaderName"]: each["HeaderValue"] for each in items(origin.get("CustomHeaders"))}
    return {**passed, **sent, **question.unless, **own}


_OWN = frozenset(
    {"connection", "cookie", "content-length", "x-forwarded-for", "via", "if-none-match", "if-modified-since"}
)


def _told_by_edge(visit: Visit) -> dict[str, str]:
    """What CloudFront can say of the viewer, for behaviours that ask for it."""
    return {
        "CloudFront-Forwarded-Proto": "https" if visit.port == _HTTPS else "http",
        "CloudFront-Viewer-Address": visit.source,
        "CloudFront-Viewer-Country": "JP",
        "CloudFront-Is-Desktop-Viewer": "true",
        "CloudFront-Is-Mobile-Viewer": "false",
    }

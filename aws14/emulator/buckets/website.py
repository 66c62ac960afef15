"""A bucket as a website: index and error documents, redirections (S3 user guide, "Hosting a static website")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element, fromstring

from aws14.emulator.buckets.access import bucket_of, may_list, may_read, object_of
from aws14.emulator.buckets.objects import identifiers, sent
from aws14.emulator.buckets.policy import Caller
from aws14.emulator.dataplane.answering import Told, Visit

__all__ = ["serve"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Site:
    """What a bucket's website configuration says."""

    index: str = ""
    error: str = ""
    redirect_all: Mapping[str, str] | None = None
    rules: tuple[Mapping[str, Any], ...] = ()


def serve(visit: Visit, bucket_name: str, *, caller: Caller, region: str) -> Told:
    """Answer a request at a website endpoint.

    Parameters
    ----------
    visit : Visit
        The request.
    bucket_name : str
        Which bucket.
    caller : Caller
        Who asks.
    region : str
        Of the endpoint.
    """
    bucket = bucket_of(bucket_name)
    if bucket is None or bucket.region_name != region:
        return _page(404, "NoSuchBucket", "The specified bucket does not exist", BucketName=bucket_name)
    site = _site(bucket.website_configuration)
    if site is None:
        text = "The specified bucket does not have a website configuration"
        return _page(404, "NoSuchWebsiteConfiguration", text, BucketName=bucket_name)
    if visit.method not in ("GET", "HEAD"):
        text = "The specified method is not allowed against this resource."
        return _page(405, "MethodNotAllowed", text, Method=visit.method)
    path = unquote(urlsplit(visit.path).path) or "/"
    if site.redirect_all is not None:
        return _moved(301, site.redirect_all, visit, path.removeprefix("/"))
    return _Visit(bucket, site, caller, visit).answer(path)


class _Visit:
    """One request to one site."""

    def __init__(self, bucket: Any, site: _Site, caller: Caller, visit: Visit) -> None:
        self.bucket, self.site, self.caller, self.visit = bucket, site, caller, visit

    def answer(self, path: str) -> Told:
        key = path.removeprefix("/")
        rule = _rule(self.site.rules, key, 0)
        if rule is not None:
            return self._redirected(rule, key)
        wanted = key + self.site.index if not key or key.endswith("/") else key
        found = self._readable(wanted)
        if found is not None:
            return self._sent(found)
        if wanted == key and self._readable(f"{key}/{self.site.index}") is not None:
            return 302, {**identifiers(key), "Location": quote(f"/{key}/"), "Server": "AmazonS3"}, b""
        return self._failed(wanted, key)

    def _readable(self, key: str) -> Any:
        return object_of(self.bucket, key) if may_read(self.bucket, self.caller, key) else None

    def _sent(self, found: Any) -> Told:
        if found.website_redirect_location:
            return 301, {**identifiers(found.name), "Location": found.website_redirect_location}, b""
        return sent(found, self.visit.headers)

    def _failed(self, wanted: str, asked: str) -> Told:
        # Who may not list learns only that he may not read (S3 user guide, "Custom error document").
        missing = may_list(self.bucket, self.caller) and object_of(self.bucket, wanted) is None
        status = 404 if missing else 403
        rule = _rule(self.site.rules, asked, status)
        if rule is not None:
            return self._redirected(rule, asked)
        document = self._readable(self.site.error) if self.site.error else None
        if document is not None:
            _, headers, body = sent(document, {})
            return status, headers, body
        if missing:
            return _page(404, "NoSuchKey", "The specified key does not exist.", Key=wanted)
        return _page(403, "AccessDenied", "Access Denied")

    def _redirected(self, rule: Mapping[str, Any], key: str) -> Told:
        where, prefix = rule["Redirect"], (rule.get("Condition") or {}).get("KeyPrefixEquals") or ""
        if "ReplaceKeyWith" in where:
            key = where["ReplaceKeyWith"] or ""
        elif "ReplaceKeyPrefixWith" in where:
            key = (where["ReplaceKeyPrefixWith"] or "") + key.removeprefix(prefix)
        return _moved(int(where.get("HttpRedirectCode") or 301), where, self.visit, key)


def _rule(rules: tuple[Mapping[str, Any], ...], key: str, status: int) -> Mapping[str, Any] | None:
    """The first rule for a request that has not failed yet (0), or has with a status."""
    for rule in rules:
        condition = rule.get("Condition") or {}
        code = int(condition.get("HttpErrorCodeReturnedEquals") or 0)
        if code == status and key.startswith(condition.get("KeyPrefixEquals") or ""):
            return rule
    return None


def _moved(status: int, where: Mapping[str, str], visit: Visit, key: str) -> Told:
    host = where.get("HostName") or next((v for k, v in visit.headers.items() if k.lower() == "host"), "")
    location = f"{where.get('Protocol') or 'http'}://{host}/{quote(key)}"
    return status, {**identifiers(key), "Location": location, "Server": "AmazonS3"}, b""


def _site(configuration: bytes | None) -> _Site | None:
    if not configuration:
        return None
    told = _told(fromstring(configuration))
    rules = (told.get("RoutingRules") or {}).get("RoutingRule") or []
    return _Site(
        index=(told.get("IndexDocument") or {}).get("Suffix") or "",
        error=(told.get("ErrorDocument") or {}).get("Key") or "",
        redirect_all=told.get("RedirectAllRequestsTo"),
        rules=tuple(rules if isinstance(rules, list) else [rules]),
    )


def _told(element: Element) -> Any:
    """An element as text, or as its children by name; several of a name are a list."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        name, value = child.tag.rpartition("}")[2], _told(child)
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found


def _page(status: int, code: str, message: str, **details: str) -> Told:
    ids = identifiers(code)
    text = "".join(_lines(status, {"Code": code, "Message": message, **details}, ids))
    more = {"x-amz-error-code": code, "x-amz-error-message": message}
    return status, {**ids, **more, "Content-Type": "text/html; charset=utf-8", "Server": "AmazonS3"}, text.encode()


def _lines(status: int, details: Mapping[str, str], ids: Mapping[str, str]) -> Iterator[str]:
    title = f"{status} {HTTPStatus(status).phrase}"
    yield f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<ul>\n"
    told = {**details, "RequestId": ids["x-amz-request-id"], "HostId": ids["x-amz-id-2"]}
    yield from (f"<li>{name}: {escape(value)}</li>\n" for name, value in told.items())
    yield "</ul>\n<hr/>\n</body>\n</html>\n"

"""The API server of a cluster, as HTTP has it: a request in, an answer out."""

from __future__ import annotations

import json
import logging
from typing import Any

from aws14.emulator.kubernetes import clusters, subresources
from aws14.emulator.kubernetes.authorising import check
from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.decoding import told_as_warnings
from aws14.emulator.kubernetes.discovery import HEALTH, document
from aws14.emulator.kubernetes.exchange import ANONYMOUS, Key, Request, Response, User
from aws14.emulator.kubernetes.failure import ApiError
from aws14.emulator.kubernetes.reviews import review
from aws14.emulator.kubernetes.tables import table, wants_table
from aws14.emulator.kubernetes.targets import Query, nothing_there, target_of, verb_of
from aws14.emulator.kubernetes.verbs import CHANGES, READS, Asked
from aws14.emulator.kubernetes.watching import watch
from aws14.emulator.world import world

__all__ = ["answer"]

_log = logging.getLogger(__name__)
_JSON = {"content-type": "application/json", "cache-control": "no-cache, private"}
_PLAIN = {"content-type": "text/plain; charset=utf-8"}
_OPEN_TO_ALL = HEALTH | {"/version"}


def answer(cluster: Key, user: User, request: Request) -> Response:
    """Answer a request. The world lock is not held: it is taken here, and not by the iterator of a watch.

    Parameters
    ----------
    cluster : Key
        Whose API server is asked.
    user : User
        Who asks.
    request : Request
        What for.
    """
    try:
        with world().turn():
            return _answer(_found(cluster), user, request)
    except ApiError as error:
        return _said(error.status(), error.code)
    except Exception:
        _log.exception("%s %s", request.method, request.path)
        unforeseen = ApiError(500, "InternalError", "Internal error occurred: see the log of the embedded AWS")
        return _said(unforeseen.status(), unforeseen.code)


def _found(key: Key) -> Cluster:
    found = clusters.find(key)
    if found is None:
        raise ApiError(503, "ServiceUnavailable", "the server is currently unable to handle the request")
    return found


def _answer(cluster: Cluster, user: User, request: Request) -> Response:
    if user == ANONYMOUS and request.path not in _OPEN_TO_ALL:
        raise ApiError(401, "Unauthorized", "Unauthorized")
    reviewed = review(cluster, user, request)
    if reviewed is not None:
        return _said(reviewed, 201)
    target = target_of(request.path)
    if target is None:
        return _about_itself(cluster, request)
    query = Query(request.query)
    verb = verb_of(request, target, query)
    check(cluster, user, verb, target)
    return _done(verb, Asked(cluster, user, target, query, request))


def _done(verb: str, asked: Asked) -> Response:
    if verb == "watch":
        return Response(200, _JSON, watch(asked.cluster, asked.target, asked.query, told=_teller(asked)))
    if verb in READS:
        if asked.target.subresource == "log":
            return Response(200, _PLAIN, subresources.log(asked.cluster, asked.present(), asked.query))
        return _said(_shown(asked, READS[verb](asked)))
    before = asked.cluster.storage.revision
    done = CHANGES[verb](asked)
    if asked.cluster.storage.revision != before:
        world().announce()
    said = _said(_shown(asked, done), 201 if verb == "create" else 200)
    if asked.warnings:
        said.headers["warning"] = told_as_warnings(asked.warnings)
    return said


def _teller(asked: Asked) -> Any:
    if not wants_table(asked.request):
        return asked.told
    return lambda thing: table(asked.cluster, asked.target, asked.query, asked.told(thing))


def _shown(asked: Asked, thing: Any) -> Any:
    if wants_table(asked.request) and thing.get("kind") != "Status" and not asked.target.subresource:
        return table(asked.cluster, asked.target, asked.query, thing)
    return thing


def _about_itself(cluster: Cluster, request: Request) -> Response:
    path = request.path.rstrip("/") or "/"
    if path in HEALTH:
        return Response(200, _PLAIN, b"ok")
    found = document(cluster, path)
    if found is None:
        raise nothing_there()
    return _said(found)


def _said(thing: Any, status: int = 200) -> Response:
    return Response(status, dict(_JSON), json.dumps(thing, separators=(",", ":")).encode() + b"\n")

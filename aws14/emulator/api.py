"""One AWS request: everything due happens first, then moto answers, under the world lock.

moto's defects and gaps never reach the learner as a page of HTML or a traceback: an operation that is not there answers
``NotImplemented``, a crash answers ``InternalError``, both in the service's own protocol.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from aws14.emulator.call import Call, parse
from aws14.emulator.gaps import AbsentOperationError, AbsentServiceError, is_lost_in_s3, missing, operation_of
from aws14.emulator.gate import stranger
from aws14.emulator.permissions import refusal
from aws14.emulator.refusal import Answer, refuse
from aws14.emulator.world import World

__all__ = ["Api", "send"]

_log = logging.getLogger(__name__)
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Api:
    """The AWS API as a WSGI application.

    Parameters
    ----------
    moto : callable
        moto's own WSGI application.
    world : World
        Lock, clock, state.
    access_key : str
        The key that this emulator's own sessions sign with.
    on_call : callable
        Called with each welcome `Call`: the keeper learns that the process is used, and whether to save.
    """

    def __init__(self, moto: Any, world: World, access_key: str, on_call: Callable[[Call], None]) -> None:
        self._moto = moto
        self._world = world
        self._access_key = access_key
        self._on_call = on_call

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        call = parse(environ)
        answer = stranger(environ, call, self._access_key)
        if answer is None and is_lost_in_s3(call):
            answer = missing(call)
        if answer is None:
            answer = self._answer(environ, call)
        return send(answer, start_response)

    def _answer(self, environ: dict[str, Any], call: Call) -> Answer:
        with self._world.turn():
            try:
                answer = refusal(call) or self._ask_moto(environ)
            except (NotImplementedError, AbsentOperationError, AbsentServiceError):
                answer = missing(call)
            except Exception:
                _log.exception("%s %s", call.service, operation_of(call))
                text = (
                    f"The embedded AWS failed at {call.service} {operation_of(call)}; the log in its home says where."
                )
                answer = refuse(call, 500, "InternalError", text)
            self._on_call(call)
            if not call.reads:
                self._world.announce()
        return missing(call) if _is_html(answer) or _is_nothing(answer, call) else answer

    def _ask_moto(self, environ: dict[str, Any]) -> Answer:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            started[:] = [status, headers]

        chunks = self._moto(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return Answer(int(started[0].split(" ", 1)[0]), tuple(started[1]), body)


def _is_html(answer: Answer) -> bool:
    # Flask's own page for a path that no service has.
    return answer.status in {404, 405, 500} and answer.body[:15].lower() == b"<!doctype html>"


def _is_nothing(answer: Answer, call: Call) -> bool:
    # What moto says when no operation of a REST service matches method and path.
    return answer.status == 404 and not answer.body and call.method != "HEAD"


def send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    """Give `answer` to a WSGI server."""
    from http import HTTPStatus

    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(answer.headers))
    return [answer.body]

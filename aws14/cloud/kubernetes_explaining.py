"""What a Kubernetes API server refuses, and what its official client does not send, as one readable line.

Neither the client nor pydantic is imported for that: it takes long, and who raised an error has them.
Source of the reasons: ``k8s.io/apimachinery/pkg/apis/meta/v1/types.go``.
"""

from __future__ import annotations

import difflib
import inspect
import json
import re
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["CURES", "explain"]

CURES: Mapping[str, str] = {
    "AlreadyExists": "it is there already: read_..., patch_... or replace_... it, or choose another name",
    "BadRequest": "compare the object with the reference of its kind: see the message",
    "Conflict": "somebody changed it since it was read: read it again, change that and replace it; or patch_... it",
    "Expired": "the version asked for is too old: list again without resource_version",
    "Forbidden": "who asks may not do that: an access entry of EKS with a policy, or a Role and its RoleBinding, has "
    "to allow it",
    "Gone": "the version asked for is too old: list again without resource_version",
    "Invalid": "change the field that the message names, and send the object again",
    "MethodNotAllowed": "things of that kind do not take this verb",
    "NotFound": "look at name and namespace: list_... shows what is there",
    "TooManyRequests": "wait a moment; an eviction waits until a PodDisruptionBudget allows it",
    "Unauthorized": "the token is missing or over, or nobody gave its owner an access entry: "
    "lab.kubernetes('<cluster>') makes a client with a new token",
    "UnsupportedMediaType": "hand a dict or a model of the client over as body",
}
"""Reason of a Status -> the likely cure."""

_BY_WORDS: Mapping[str, str] = {
    r'^namespaces "(?P<name>[^"]+)" not found': "the namespace has to be there first: "
    "create_namespace({{'metadata': {{'name': '{name}'}}}})",
    r"because it is being terminated|object is being deleted": "it is on its way out: wait until it is gone, then "
    "create it again",
    r"must be less than or equal to \S+ limit": "requests may not be above limits: lower the request, or raise the "
    "limit",
    r"exceeded quota": "a ResourceQuota of the namespace is used up: ask for less, delete something, or raise it",
    r"`selector` does not match template `labels`": "give selector.matchLabels and the template's labels the same "
    "values",
    r"field is immutable|may not change fields|updates to .* are forbidden": "that field stays as it was made: delete "
    "the object and create it anew",
    r"could not find the requested resource": "this cluster has no such API or version",
    r"Required value": "add the field that the message names",
    r"Unsupported value": "use one of the values that the message lists",
}
"""What a message says -> the likely cure; a word of the message stands in braces."""

_BY_STATUS: Mapping[int, str] = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound"}
_BUSY = "the API server is not able to answer now: look at describe_cluster, and try again in a moment"
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_SHOWN = 3
"""So many problems of a wish are told; the rest is counted."""


def explain(error: BaseException) -> str:
    """Say in one line what Kubernetes refused or its client did not send, why, and what to try.

    Parameters
    ----------
    error : BaseException
        What a cell raised.

    Returns
    -------
    str
        Empty where the error is of another origin.
    """
    if _is(error, "kubernetes.client.exceptions", "ApiException"):
        return _refusal(error)
    if _is(error, "pydantic_core", "ValidationError") and _of_client(error):
        return _wish(error)
    return ""


def _is(error: BaseException, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)


def _refusal(error: Any) -> str:
    status = _status_of(error.body)
    reason = status.get("reason") or _BY_STATUS.get(error.status) or error.reason or "no reason given"
    message = " ".join(str(status.get("message") or error.reason or "no reason given").split()).rstrip(".")
    cure = _cure(reason, message, error.status or 0)
    return f"Kubernetes refused {_call_of(error)}: {message}. Try: {cure}. [{reason}, status {error.status}]"


def _status_of(body: Any) -> Mapping[str, Any]:
    try:
        told = json.loads(body or "{}")
    except (TypeError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _cure(reason: str, message: str, status: int) -> str:
    for pattern, cure in _BY_WORDS.items():
        if found := re.search(pattern, message):
            return cure.format(**found.groupdict())
    if status >= 500:
        return _BUSY
    return CURES.get(reason, "read the message; the reference of the Kubernetes API has every kind and field")


def _call_of(error: BaseException) -> str:
    """The method of the client that the learner called: the first frame inside it."""
    trace = error.__traceback__
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).startswith("kubernetes.client.api."):
            return trace.tb_frame.f_code.co_name
        trace = trace.tb_next
    return "the call"


def _of_client(error: Any) -> bool:
    return _subject(error) is not None


def _subject(error: Any) -> Any:
    """The model or the method of the official client that an error of pydantic is about."""
    found: Any = sys.modules.get("kubernetes.client")
    for name in str(error.title).split("."):
        found = getattr(found, name, None)
    return found


def _wish(error: Any) -> str:
    problems = error.errors(include_url=False)
    told = [_problem(each["loc"], each["type"], each["msg"], _subject(error)) for each in problems[:_SHOWN]]
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return (
        f"Kubernetes' client does not take this as {error.title}: {'; '.join(told)}{more}. "
        f"Try: help(client.{error.title}) lists what there is; a dict may be spelled as YAML is."
    )


def _problem(place: Sequence[Any], kind: str, message: str, subject: Any) -> str:
    where = _place(place)
    if kind not in _UNKNOWN:
        return f"{where}: {message[:1].lower()}{message[1:]}"
    known = _fields_at(subject, place[:-1])
    close = difflib.get_close_matches(str(place[-1]), [*known, *known.values()], n=1)
    meant = f" ('{close[0]}' comes near)" if close else f" (there are {', '.join(known)})" if known else ""
    return f"{where}: there is no such field{meant}"


def _place(place: Sequence[Any]) -> str:
    """``argument 2: spec.containers[0].name`` of a place as pydantic tells it."""
    first, *rest = place or ("value",)
    text = f"argument {first}" + (": " if rest else "") if isinstance(first, int) else str(first)
    for part in rest:
        joint = "" if text.endswith(": ") else "."
        text += f"[{part}]" if isinstance(part, int) else f"{joint}{part}"
    return text


def _fields_at(subject: Any, place: Iterable[Any]) -> Mapping[str, str]:
    """What may stand at a place inside a model, or among the arguments of a method: name -> as YAML spells it."""
    model = subject
    for part in place:
        if isinstance(part, int) and not inspect.isfunction(model):
            continue  # an item of a list: the list's annotation names its model
        model = next(_models(_annotation(model, part)), None)
    if inspect.isfunction(model):
        names = (name for name in inspect.signature(model).parameters if not name.startswith(("_", "self")))
        return {name: name for name in names}
    return {name: _yaml(name, field) for name, field in getattr(model, "model_fields", {}).items()}


def _yaml(name: str, field: Any) -> str:
    return str(field.serialization_alias or name)


def _annotation(model: Any, part: Any) -> Any:
    if inspect.isfunction(model):
        parameters = inspect.signature(model).parameters
        name = list(parameters)[part] if isinstance(part, int) and part < len(parameters) else part
        return parameters[name].annotation if name in parameters else None
    fields = getattr(model, "model_fields", {})
    return next((field.annotation for name, field in fields.items() if part in (name, _yaml(name, field))), None)


def _models(annotation: Any) -> Iterator[Any]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models(inner)

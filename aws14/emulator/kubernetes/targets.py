"""What a request is about: its path and its query, read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from aws14.emulator.kubernetes.exchange import Request
from aws14.emulator.kubernetes.failure import ApiError, bad_request
from aws14.emulator.kubernetes.kinds import Kind, served

__all__ = ["Query", "Target", "nothing_there", "target_of", "verb_of"]

_OF_A_NAMESPACE = ("status", "finalize")
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


@dataclass(frozen=True, slots=True)
class Target:
    """Objects of one kind, or one of them, or a part of one.

    Parameters
    ----------
    kind : Kind
        Of the objects.
    version : str
        ``group/version`` by which they are asked for: ``autoscaling/v1``.
    namespace : str
        Empty: none, or all.
    name : str
        Empty: all of them.
    subresource : str
        ``status``, ``scale``, ``log``... or empty.
    """

    kind: Kind
    version: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""


class Query:
    """The parameters of a request.

    Parameters
    ----------
    text : str
        As they came: ``watch=true&limit=5``.
    """

    def __init__(self, text: str) -> None:
        self._held = parse_qs(text, keep_blank_values=True)

    def text(self, name: str) -> str:
        """Return a parameter, empty if it is not there."""
        return self._held.get(name, [""])[0]

    def flag(self, name: str) -> bool:
        """Say whether a parameter is true."""
        return self.text(name).lower() in ("true", "1")

    def number(self, name: str) -> int | None:
        """Return a parameter that counts; None if it is not there.

        Raises
        ------
        ApiError
            It is no number (400).
        """
        text = self.text(name)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be kept.

        Raises
        ------
        ApiError
            ``dryRun`` says something else than ``All`` (400).
        """
        said = self.text("dryRun")
        if said not in ("", "All"):
            raise bad_request(f'invalid dryRun "{said}": supported values: "All"')
        return bool(said)


def nothing_there() -> ApiError:
    """Return the refusal of a path that leads nowhere (404)."""
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def target_of(path: str) -> Target | None:
    """Read a path; None if it is not about objects (discovery, health, version).

    Raises
    ------
    ApiError
        It leads nowhere (404).
    """
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and not (rest[2] in _OF_A_NAMESPACE and len(rest) == 3):
        namespace, rest = rest[1], rest[2:]
    if len(rest) > 3:
        raise nothing_there()
    plural, name, subresource = (*rest, "", "")[:3]
    kind = _kind(group, version, plural)
    if (namespace and not kind.namespaced) or (subresource and subresource not in kind.subresources):
        raise nothing_there()
    return Target(kind, f"{group}/{version}".lstrip("/"), namespace, name, subresource)


def _kind(group: str, version: str, plural: str) -> Kind:
    for kind in served().get((group, version), ()):
        if kind.plural == plural:
            return kind
    raise nothing_there()


def verb_of(request: Request, target: Target, query: Query) -> str:
    """Return what a request wants to do, in the words of authorisation: ``get``, ``list``, ``watch``...

    Raises
    ------
    ApiError
        There is no such verb (405).
    """
    if request.method in ("GET", "HEAD"):
        if query.flag("watch"):
            return "watch"
        return "get" if target.name else "list"
    if request.method == "DELETE":
        return "delete" if target.name else "deletecollection"
    if request.method in _VERBS and (request.method == "POST") is (not target.name or bool(_posted(target))):
        return _VERBS[request.method]
    raise ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def _posted(target: Target) -> bool:
    return target.subresource in ("eviction", "binding")

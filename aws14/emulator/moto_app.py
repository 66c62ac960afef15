"""moto's own WSGI application, without what a single learner's process does not need.

Five things differ from ``moto_server``: a host is looked up once; a service that moto does not have is said, not
answered by S3; making a service's application makes no backend of another region; objects are not tracked; the tags of
a thing in EC2 are looked up, not sought among those of all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto import backends
from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from aws14.emulator.behaviours.hooks import replace
from aws14.emulator.gaps import AbsentServiceError

__all__ = ["MotoApplication"]


#: Services whose requests come by another one's paths.
_SHARING: dict[str, tuple[Any, ...]] = {"elb": ("elbv2",)}


class MotoApplication(DomainDispatcherApplication):
    """moto as a WSGI application.

    Parameters
    ----------
    on_service : callable
        Called when a service has been loaded, before its paths are read and its first request is answered.
    """

    def __init__(self, on_service: Callable[[], None]) -> None:
        replace(werkzeug_app, "backends", _Shells())
        # moto keeps every object of every class for its dashboard, which is closed here: memory that only grows.
        replace(BaseModel, "__new__", _untracked)
        self._on_service = on_service
        super().__init__(self._create)
        self._known: dict[str, str] = {}

    def _create(self, service: Any) -> Any:
        for each in (service, *_SHARING.get(service, ())):
            backends.get_backend(each)  # loads it
        self._on_service()
        if service == "ec2":
            _look_tags_up()
        return create_backend_app(service)

    def get_backend_for_host(self, host: str | None) -> Any:
        """Return the name of the moto service behind one of moto's own host names.

        Raises
        ------
        AbsentServiceError
            moto has no such service.
        """
        if host is not None and host not in self._known:
            self._known[host] = self._look_up(host)
        return self._known[host] if host is not None else None

    def _look_up(self, host: str) -> str:
        if host in backends.list_of_moto_modules():
            return host
        for backend, pattern in self.backend_url_patterns:
            if pattern.match(f"http://{host}"):
                return str(backend)
        raise AbsentServiceError(host)


def _look_tags_up() -> None:
    from moto.ec2.models.core import TaggedEC2Resource
    from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

    def own(thing: Any) -> list[dict[str, str]]:
        kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(thing.id or ""), "")
        told = {"resource_id": thing.id, "resource_type": kind}
        return [{**told, "key": key, "value": value} for key, value in thing.ec2_backend.tags.get(thing.id, {}).items()]

    replace(TaggedEC2Resource, "get_tags", own)


def _untracked(cls: Any, *_: Any, **__: Any) -> Any:
    return super(BaseModel, cls).__new__(cls)


class _Shells:
    """In the place of ``moto.backends``: backends with a class, for their paths, and nothing inside."""

    def get_backend(self, service: Any) -> Any:
        """Return what moto's ``create_backend_app`` asks for the paths of a service."""
        found: Any = backends.get_backend(service)
        if not isinstance(found, BackendDict):
            return found
        return {"global": object.__new__(found.backend)}

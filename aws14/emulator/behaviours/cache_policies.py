"""Cache policies of CloudFront: AWS's own can be read, the learner's can be made.

What AWS does
    Keeps managed cache policies, each with an id that is the same everywhere, and those that an account makes: minimum,
    default and maximum TTL, and which headers, cookies and query strings tell answers apart.
What moto leaves out
    The operations.
What this adds
    Create, get, get config, list and delete; the managed ones by their ids. The edge follows them (see distributions).
What it still does not do
    Updates. Origin request policies of one's own, response headers policies. Policies are not listed page by page.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aws14.emulator.behaviours.hooks import add
from aws14.emulator.edges import distributions
from aws14.emulator.edges.policies import MANAGED, custom, managed_config
from aws14.emulator.edges.settings import settings_of
from aws14.emulator.world import world

__all__ = ["install"]

_PATH = "{0}/2020-05-31/cache-policy"
_MANAGED_SINCE = datetime(2020, 6, 1, tzinfo=UTC)


def install() -> None:
    """Give moto's CloudFront the operations and their paths."""
    from moto.cloudfront.responses import CloudFrontResponse
    from moto.cloudfront.urls import url_paths

    for end in ("$", "/(?P<policy_id>[^/]+)$", "/(?P<policy_id>[^/]+)/config$"):
        url_paths[_PATH + end] = CloudFrontResponse.dispatch
    for operation in (create_cache_policy, get_cache_policy, get_cache_policy_config):
        add(CloudFrontResponse, operation.__name__, operation)
    for operation in (list_cache_policies, delete_cache_policy):
        add(CloudFrontResponse, operation.__name__, operation)


def create_cache_policy(response: Any) -> Any:
    """Make a policy of one's own."""
    from moto.core.responses import ActionResult

    config = response._get_param("CachePolicyConfig")  # noqa: SLF001 - moto's way to a parameter
    if any(each["config"]["Name"] == config["Name"] for each in custom().values()):
        raise _refused("CachePolicyAlreadyExists", "A cache policy with this name already exists.")
    key = str(uuid5(NAMESPACE_URL, f"{config['Name']} {world().clock.now()}"))
    custom()[key] = {"config": config, "etag": f"E{key[:12].upper()}", "modified": world().clock.now()}
    location = f"https://cloudfront.amazonaws.com/2020-05-31/cache-policy/{key}"
    return ActionResult({"CachePolicy": _told(key), "Location": location, "ETag": _etag(key)})


def get_cache_policy(response: Any) -> Any:
    """Show a policy."""
    from moto.core.responses import ActionResult

    key = _asked(response)
    return ActionResult({"CachePolicy": _told(key), "ETag": _etag(key)})


def get_cache_policy_config(response: Any) -> Any:
    """Show what a policy says."""
    from moto.core.responses import ActionResult

    key = _asked(response)
    return ActionResult({"CachePolicyConfig": _told(key)["CachePolicyConfig"], "ETag": _etag(key)})


def list_cache_policies(response: Any) -> Any:
    """List policies, of one type if asked for."""
    from moto.core.responses import ActionResult

    wanted = response._get_param("Type")  # noqa: SLF001 - moto's way to a parameter
    found = [{"Type": "managed", "CachePolicy": _told(key)} for key in MANAGED]
    found += [{"Type": "custom", "CachePolicy": _told(key)} for key in custom()]
    found = [each for each in found if wanted in (None, each["Type"])]
    listed = {"MaxItems": 100, "Quantity": len(found), "Items": found}
    return ActionResult({"CachePolicyList": listed})


def delete_cache_policy(response: Any) -> Any:
    """Delete a policy of one's own that no distribution uses."""
    from moto.core.responses import EmptyResult

    key = _asked(response)
    if key in MANAGED:
        raise _refused("IllegalDelete", "You cannot delete a managed policy.")
    used = (
        settings_of(vars(each)["_aws14_config"]) for each in distributions.all_of() if "_aws14_config" in vars(each)
    )
    if any(behaviour.cache_policy == key for settings in used for behaviour in settings.behaviours):
        raise _refused("CachePolicyInUse", "Cannot delete the cache policy because it is attached to a cache behavior.")
    del custom()[key]
    return EmptyResult()


def _asked(response: Any) -> str:
    key = str(response._get_param("Id"))  # noqa: SLF001 - moto's way to a parameter
    if key not in MANAGED and key not in custom():
        raise _refused("NoSuchCachePolicy", "The cache policy does not exist.")
    return key


def _refused(code: str, message: str) -> Exception:
    from moto.cloudfront.exceptions import CloudFrontException

    problem: Exception = CloudFrontException(code, message)
    return problem


def _told(key: str) -> dict[str, Any]:
    if key in MANAGED:
        return {"Id": key, "LastModifiedTime": _MANAGED_SINCE, "CachePolicyConfig": managed_config(key)}
    found = custom()[key]
    modified = datetime.fromtimestamp(found["modified"], UTC)
    return {"Id": key, "LastModifiedTime": modified, "CachePolicyConfig": found["config"]}


def _etag(key: str) -> str:
    return "E23ZP02F085DFQ" if key in MANAGED else str(custom()[key]["etag"])

"""CloudFront answers: distributions are deployed, cached, invalidated, changed and deleted as on AWS.

What AWS does
    Takes minutes to deploy a distribution or a change of it. It then answers at its own name and at its aliases, with
    a certificate from us-east-1. Behaviours are tried in order; answers of origins are kept under a key, for a time
    that policy and origin decide; an invalidation drops them. A bucket with an origin access control opens to this
    distribution alone. What is enabled cannot be deleted, and who changes something proves that he read it before.
What moto leaves out
    All of it: distributions are records, deployed at the second look; the origin access control is dropped.
What this adds
    Deployment and invalidations on the clock (data/durations.csv); the edge on the data plane, HTTP and TLS: patterns,
    viewer protocol, methods, root object, cache keys, TTLs, revalidation, error pages, origin groups, origins by name
    with X-Forwarded-For and certificates that have to fit, Age, Via, X-Cache; ETag and If-Match, aliases that a
    certificate covers, the disable and delete cycle.
What it still does not do
    There is one edge location. Functions, Lambda@Edge, signed URLs, WAF, response headers policies, compression,
    origin shield, staging, geographic restrictions, access logs, HTTP/2, origin access identities, retries. An origin
    is trusted whose certificate this home's authority signed, or that was imported. A disabled distribution says 403.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from aws14.emulator import certificates
from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.clock import handles
from aws14.emulator.dataplane import fronts
from aws14.emulator.durations import typical_s
from aws14.emulator.edges import distributions, front, keeping
from aws14.emulator.edges.policies import policy_config
from aws14.emulator.edges.settings import Settings, items, settings_of
from aws14.emulator.world import world

__all__ = ["install"]

_DEPLOYED, _IN_PROGRESS = "Deployed", "InProgress"


def install() -> None:
    """Take hold of how moto's distributions are made, changed, deleted and invalidated; be found by the data plane."""
    from moto.cloudfront.models import CloudFrontBackend, Distribution, DistributionConfig, Origin

    around(CloudFrontBackend, "create_distribution_with_tags", _create)
    around(CloudFrontBackend, "update_distribution", _update)
    around(CloudFrontBackend, "delete_distribution", _delete)
    around(CloudFrontBackend, "create_invalidation", _invalidate)
    before(CloudFrontBackend, "delete_origin_access_control", _check_control)
    around(Origin, "__init__", _keep_control)
    around(DistributionConfig, "__init__", _with_group)
    replace(Distribution, "status", property(lambda each: vars(each).get("_aws14_status", _DEPLOYED)))
    fronts.register("cloudfront", names=distributions.addresses, of_address=front.at)


def _keep_control(original: Callable[..., None], origin: Any, config: dict[str, Any]) -> None:
    original(origin, config)
    origin.origin_access_control_id = config.get("OriginAccessControlId") or ""


def _with_group(original: Callable[..., None], made: Any, config: dict[str, Any]) -> None:
    """Moto knows no origin groups: for it the default behaviour leads to the first origin."""
    default = config["DefaultCacheBehavior"]
    target = default["TargetOriginId"]
    if any(each["Id"] == target for each in items(config.get("OriginGroups"))):
        config["DefaultCacheBehavior"] = {**default, "TargetOriginId": config["Origins"]["Items"][0]["Id"]}
    original(made, config)
    made.DefaultCacheBehavior.target_origin_id = target


def _create(original: Callable[..., Any], backend: Any, distribution_config: dict[str, Any], tags: Any) -> Any:
    told = deepcopy(distribution_config)
    _check(backend, told, "")
    answer = original(backend, distribution_config, tags)
    answer[0].domain_name = f"d{answer[0].domain_name[1:]}"
    _deploy(answer[0], told)
    return answer


def _update(original: Callable[..., Any], backend: Any, **asked: Any) -> Any:
    from moto.cloudfront.models import random_id

    key, told = asked["_id"], deepcopy(asked["dist_config"])
    if key in backend.distributions and asked["if_match"]:
        _match(backend.distributions[key], asked["if_match"])
        _check(backend, told, key)
    distribution, location, _ = original(backend, **asked)
    distribution.etag = random_id()
    _deploy(distribution, told)
    return distribution, location, distribution.etag


def _deploy(distribution: Any, told: dict[str, Any]) -> None:
    from moto.core.utils import utcnow

    distribution._aws14_status = _IN_PROGRESS  # noqa: SLF001 - ours, kept with the distribution
    distribution._aws14_turn = turn = vars(distribution).get("_aws14_turn", 0) + 1  # noqa: SLF001 - ours
    distribution._aws14_config = told  # noqa: SLF001 - ours: as it was given, for the edge to come
    distribution.last_modified_time = utcnow()
    after = typical_s("CloudFront distribution deploying")
    world().clock.after(after, "distribution.is_deployed", (distribution.id, turn, told))


@handles("distribution.is_deployed")
def _is_deployed(key: str, turn: int, told: dict[str, Any]) -> None:
    distribution = distributions.find(key)
    if distribution is None:
        return
    distribution._aws14_deployed = told  # noqa: SLF001 - ours
    if vars(distribution)["_aws14_turn"] == turn:
        distribution._aws14_status = _DEPLOYED  # noqa: SLF001 - ours


def _match(distribution: Any, if_match: str) -> None:
    if if_match != distribution.etag:
        text = "The request failed because it didn't meet the preconditions in one or more request-header fields."
        raise _refused("PreconditionFailed", text)


def _refused(code: str, message: str) -> Exception:
    from moto.cloudfront.exceptions import CloudFrontException

    problem: Exception = CloudFrontException(code, message)
    return problem


def _check(backend: Any, told: dict[str, Any], key: str) -> None:
    settings = settings_of(told)
    _check_aliases(settings, key)
    for origin in settings.origins.values():
        control = origin.get("OriginAccessControlId")
        if control and control not in backend.origin_access_controls:
            raise _refused("InvalidOriginAccessControl", "The origin access control is not valid.")
    known = {*settings.origins, *settings.groups}
    for behaviour in settings.behaviours:
        if behaviour.target not in known:
            raise _refused("NoSuchOrigin", "One or more of your origins or origin groups do not exist.")
        if behaviour.cache_policy and policy_config(behaviour.cache_policy) is None:
            raise _refused("NoSuchCachePolicy", "The cache policy does not exist.")


def _check_aliases(settings: Settings, key: str) -> None:
    arn = settings.certificate
    if arn and (arn.split(":")[3:4] != ["us-east-1"] or certificates.shown(arn) is None):
        text = (
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include "
            "a valid certificate chain."
        )
        raise _refused("InvalidViewerCertificate", text)
    shown = certificates.shown(arn) if arn else None
    for alias in settings.aliases:
        if shown is None or (shown.names and not any(certificates.covers(each, alias) for each in shown.names)):
            text = (
                "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted "
                "certificate that validates your authorization to use the domain name."
            )
            raise _refused("InvalidViewerCertificate", text)
        if any(alias in _aliases(each) for each in distributions.all_of() if each.id != key):
            text = "One or more of the CNAMEs you provided are already associated with a different resource."
            raise _refused("CNAMEAlreadyExists", text)


def _aliases(distribution: Any) -> tuple[str, ...]:
    given = distribution.distribution_config.Aliases.get("Items") or ()
    return tuple(each.lower() for each in given)


def _delete(original: Callable[..., None], backend: Any, distribution_id: str, if_match: Any) -> None:
    distribution = backend.distributions.get(distribution_id)
    if distribution is not None and if_match:
        _match(distribution, if_match)
        live = distributions.deployed(distribution)
        if distribution.status != _DEPLOYED or live is None or live.enabled:
            text = "The distribution you are trying to delete has not been disabled."
            raise _refused("DistributionNotDisabled", text)
    original(backend, distribution_id, if_match)
    keeping.forget_all(distribution_id)


def _check_control(backend: Any, control_id: str) -> None:
    backend.get_origin_access_control(control_id)
    for distribution in backend.distributions.values():
        origins = distribution.distribution_config.Origins["Items"]
        if any(each.origin_access_control_id == control_id for each in origins):
            raise _refused(
                "OriginAccessControlInUse",
                "Cannot delete the origin access control because it's in use by one or more distributions.",
            )


def _invalidate(original: Callable[..., Any], backend: Any, *asked: Any) -> Any:
    dist_id, paths, _ = asked
    if not paths or any(not each.startswith("/") for each in paths):
        raise _refused("InvalidArgument", "Your request contains one or more invalid invalidation paths.")
    invalidation = original(backend, *asked)
    invalidation.status = _IN_PROGRESS
    args = (backend.account_id, backend.region_name, dist_id, invalidation.id)
    world().clock.after(typical_s("CloudFront invalidation"), "distribution.is_invalidated", args)
    return invalidation


@handles("distribution.is_invalidated")
def _is_invalidated(account: str, partition: str, dist_id: str, key: str) -> None:
    from moto.cloudfront.models import cloudfront_backends

    backend = cloudfront_backends[account][partition]
    found = next((each for each in backend.invalidations.get(dist_id, ()) if each.id == key), None)
    if found is not None:
        keeping.forget(dist_id, tuple(found.paths))
        found.status = "Completed"

"""Route 53's health checks look, and say what they see.

What AWS does
    Checkers on the Internet ask an endpoint every 10 or 30 seconds: a connection, an HTTP status from 200 to 399, a
    string in the body. After as many answers in a row as the failure threshold says the check changes its status.
    Calculated checks count others, alarm checks follow a CloudWatch alarm. Inverted and disabled ones exist. Records
    and aliases answer accordingly (see dns). A check is healthy until there is enough to say otherwise.
What moto leaves out
    Every check says "Success: HTTP Status Code: 200" from one place; alarms and their missing data are not kept; an
    update of a calculated check empties it.
What this adds
    Probes on the clock through the data plane, from the Internet, so that what is reached from inside only is never
    healthy; statuses and the last failure's reason as 16 checkers in eight regions give them; calculated and alarm
    checks; refusals: a private address, an interval that is none.
What it still does not do
    All checkers see the same at the same moment. Latency is not measured, TLS is only told from plain HTTP. No metrics
    in CloudWatch, no recovery control. Alarm checks follow the alarm's state, not its data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws14.emulator import health_checks
from aws14.emulator.behaviours.hooks import add, around, replace
from aws14.emulator.clock import on_event
from aws14.emulator.endpoint_probe import Finding
from aws14.emulator.world import on_change

__all__ = ["install"]

_PATH = r"{0}/(?P<api_version>[\d_-]+)/healthcheck/(?P<health_check_id>[^/]+)/lastfailurereason$"
#: The regions of the checkers (Route 53 API reference, HealthCheckConfig), with addresses of their published range.
_REGIONS = (
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
)
_INTERVALS = (10, 30)
_OF_ALARM = ("AlarmIdentifier", "InsufficientDataHealthStatus")
_MOST_IN_A_ROW = 10


def install() -> None:
    """Take hold of moto's health checks, give it the operation it lacks, and hear of every change."""
    from moto.cloudwatch.models import Alarm
    from moto.route53.models import HealthCheck, Route53Backend
    from moto.route53.responses import Route53
    from moto.route53.urls import url_paths

    url_paths[_PATH] = Route53.dispatch
    add(Route53, "get_health_check_last_failure_reason", _last_failure_reason)
    replace(Route53, "get_health_check_status", _status)
    around(Route53, "create_health_check", _create)
    around(Route53, "update_health_check", _update)
    around(Route53Backend, "delete_health_check", _delete)
    around(Alarm, "update_state", _remember)
    moto_config = HealthCheck.health_check_config.fget  # type: ignore[attr-defined] # it is a property

    replace(HealthCheck, "health_check_config", property(lambda check: _config(moto_config(check), check)))
    on_event(health_checks.heard)
    on_change(health_checks.touch)


def _config(config: dict[str, Any], check: Any) -> dict[str, Any]:
    config["AlarmIdentifier"] = vars(check).get("_aws14_alarm")
    config["InsufficientDataHealthStatus"] = vars(check).get("_aws14_insufficient")
    if check.type_ == "CLOUDWATCH_METRIC":
        for name in ("Port", "RequestInterval", "FailureThreshold", "MeasureLatency", "EnableSNI"):
            config.pop(name, None)
    return config


def _create(original: Callable[[Any], Any], response: Any) -> Any:
    config = response._get_param("HealthCheckConfig")  # noqa: SLF001 - moto's way to a parameter
    _refuse(config)
    answer = original(response)
    check = answer.result["HealthCheck"]
    _keep_alarm(check, config)
    if check.type_.startswith("HTTPS") and not config.get("Port"):
        check.port = 443
    health_checks.begin(response.current_account, check)
    return answer


def _update(original: Callable[[Any], Any], response: Any) -> Any:
    given = {name: response._get_param(name) for name in ("Port", "FailureThreshold", "IPAddress")}  # noqa: SLF001
    _refuse({name: value for name, value in given.items() if value is not None})
    check = response.backend.get_health_check(response._get_param("HealthCheckId"))  # noqa: SLF001
    children = check.children
    answer = original(response)
    check.children = check.children or children
    _keep_alarm(check, {name: response._get_param(name) for name in _OF_ALARM})  # noqa: SLF001
    check.health_check_version += 1
    health_checks.begin(response.current_account, check)
    return answer


def _keep_alarm(check: Any, config: dict[str, Any]) -> None:
    if config.get("AlarmIdentifier"):
        check._aws14_alarm = dict(config["AlarmIdentifier"])  # noqa: SLF001 - ours, kept with the check
    if config.get("InsufficientDataHealthStatus"):
        check._aws14_insufficient = config["InsufficientDataHealthStatus"]  # noqa: SLF001 - ours


def _refuse(config: dict[str, Any]) -> None:
    from moto.route53.exceptions import InvalidInput

    from aws14.sim.reachability.matching import is_private

    address = config.get("IPAddress")
    if address and is_private(address):
        raise InvalidInput(f"Invalid IP address {address}: health checks reach public addresses only.")
    if config.get("RequestInterval") not in (None, *_INTERVALS):
        raise InvalidInput("Invalid parameter: RequestInterval must be 10 or 30.")
    threshold = config.get("FailureThreshold")
    if threshold is not None and not 1 <= int(threshold) <= _MOST_IN_A_ROW:
        raise InvalidInput("Invalid parameter: FailureThreshold must be between 1 and 10.")
    has_endpoint = address or config.get("FullyQualifiedDomainName")
    if config.get("Type") in health_checks.ENDPOINT_TYPES and not has_endpoint:
        raise InvalidInput("Invalid parameter: either FullyQualifiedDomainName or IPAddress must be given.")


def _delete(original: Callable[..., None], backend: Any, health_check_id: str) -> None:
    backend.get_health_check(health_check_id)
    original(backend, health_check_id)
    health_checks.forget(health_check_id)


def _remember(original: Callable[..., None], alarm: Any, *args: Any, **kwargs: Any) -> None:
    if alarm.state_value != "INSUFFICIENT_DATA":
        alarm._aws14_last_known = alarm.state_value  # noqa: SLF001 - ours, kept with the alarm
    original(alarm, *args, **kwargs)


def _status(response: Any) -> Any:
    record = _record(response)
    return _told(record.last if record is not None else None)


def _last_failure_reason(response: Any) -> Any:
    record = _record(response)
    return _told(record.failure if record is not None else None)


def _record(response: Any) -> Any:
    from moto.route53.exceptions import InvalidInput

    check = response.backend.get_health_check(response._get_param("HealthCheckId"))  # noqa: SLF001 - moto's way
    if check.type_ not in health_checks.ENDPOINT_TYPES:
        raise InvalidInput(f"Health checks of type {check.type_} have no health checkers.")
    return health_checks.record_of(check.id)


def _told(found: tuple[float, Finding] | None) -> Any:
    from moto.core.responses import ActionResult

    if found is None:
        return ActionResult({"HealthCheckObservations": []})
    when, finding = found
    report = {"Status": finding.status, "CheckedTime": datetime.fromtimestamp(when, UTC)}
    places = (
        (region, f"15.177.{2 * index + half}.{10 + index}") for index, region in enumerate(_REGIONS) for half in (0, 1)
    )
    observed = [{"Region": region, "IPAddress": address, "StatusReport": report} for region, address in places]
    return ActionResult({"HealthCheckObservations": observed})

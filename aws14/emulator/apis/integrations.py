"""What is behind a method of a REST API: a function, an address, or an answer made up.

Source: API Gateway developer guide, "Choose an API Gateway API integration type", "Lambda proxy integrations", "Mock
integrations", "Set up an integration response".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from aws14.catalog import quota
from aws14.emulator.apis import functions
from aws14.emulator.apis.coming import Coming, pairs
from aws14.emulator.apis.events import MalformedError, answer_v1, event_v1
from aws14.emulator.apis.functions import Ran, Reference
from aws14.emulator.apis.parameters import context_of, from_answer, from_request, with_variables
from aws14.emulator.apis.reaching import reach
from aws14.emulator.apis.refusals import RefusedError
from aws14.emulator.apis.template_trees import TemplateError
from aws14.emulator.apis.templates import filled
from aws14.emulator.dataplane.answering import Told

__all__ = ["Matter", "answered", "timeout_s"]

_JSON = "application/json"
_BAD_TEMPLATE = (TemplateError, ValueError, TypeError, LookupError, AttributeError, re.error)
_HOP = frozenset({"connection", "transfer-encoding", "keep-alive", "content-length"})


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A request to a method, and all that the integration is about.

    Parameters
    ----------
    request : Coming
        The request.
    resource : dict
        ``id``, ``path``, ``binary``.
    parameters : dict
        Of the path.
    method : dict
        As the API shows it, with its integration.
    authorizer : dict
        What an authorizer said of the client.
    log : list of str
        What the execution log says; it is added to.
    """

    request: Coming
    resource: dict[str, Any]
    parameters: dict[str, str]
    method: dict[str, Any]
    authorizer: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    @property
    def integration(self) -> dict[str, Any]:
        """Of the method."""
        found: dict[str, Any] = self.method.get("methodIntegration") or {}
        return found

    @property
    def context(self) -> dict[str, Any]:
        """``$context``."""
        return context_of(self.request, self.resource, self.authorizer)

    def names(self, body: str) -> dict[str, Any]:
        """What templates know, of a body."""
        given = {
            "path": self.parameters,
            "querystring": dict(pairs(self.request.query)),
            "header": self.request.headers,
        }
        return {
            "body": body,
            "parameters": given,
            "context": self.context,
            "stageVariables": self.request.variables,
        }


def timeout_s(integration: Mapping[str, Any]) -> float:
    """For how long an integration is waited for, s."""
    given = integration.get("timeoutInMillis")
    return float(given) / 1000 if given else quota("API Gateway", "REST integration timeout").value


def answered(matter: Matter) -> Told:
    """What the integration answers, as the client gets it.

    Raises
    ------
    RefusedError
        API Gateway answers by itself.
    """
    kinds = {"AWS_PROXY": _proxied, "AWS": _function, "MOCK": _mock, "HTTP": _http, "HTTP_PROXY": _http_proxy}
    kind = str(matter.integration.get("type"))
    if kind not in kinds:
        raise RefusedError("API_CONFIGURATION_ERROR", reason="No integration defined for method")
    return kinds[kind](matter)


def _proxied(matter: Matter) -> Told:
    more = {"authorizer": matter.authorizer} if matter.authorizer else {}
    event = event_v1(matter.request, resource=matter.resource, parameters=matter.parameters, more=more)
    ran = _run(matter, event)
    if ran.error:
        matter.log.append(f"Lambda execution failed with status 200 due to customer function error: {_message(ran)}")
        raise RefusedError("MALFORMED_ANSWER", reason="Method completed with status: 502")
    try:
        return answer_v1(ran.payload, accepts=matter.request.header("Accept"), binary=matter.resource.get("binary", ()))
    except MalformedError as error:
        reason = f"Execution failed due to configuration error: {error}"
        raise RefusedError("MALFORMED_ANSWER", reason=reason) from None


def _function(matter: Matter) -> Told:
    """A function with templates before and behind it: its error's message chooses the answer."""
    text = _asked(matter)
    try:
        event = json.loads(text or "{}")
    except ValueError:
        raise RefusedError("API_CONFIGURATION_ERROR", reason=f"The request template made no JSON: {text}") from None
    ran = _run(matter, event)
    told: Told = (200, {"Content-Type": _JSON}, ran.payload)
    return _mapped(matter, told, _message(ran) if ran.error else "")


def _run(matter: Matter, event: Any) -> Ran:
    """Run the function; a refusal where it may not, does not, or is late."""
    uri = with_variables(str(matter.integration.get("uri") or ""), matter.request.variables)
    function = functions.reference(uri)
    if function is None:
        reason = f"Execution failed due to configuration error: {uri} is no function of the embedded AWS"
        raise RefusedError("API_CONFIGURATION_ERROR", reason=reason)
    if matter.integration.get("httpMethod") != "POST":
        reason = "Execution failed due to configuration error: a function is invoked with the method POST alone"
        raise RefusedError("API_CONFIGURATION_ERROR", reason=reason)
    matter.log.append(f"Endpoint request URI: {function.arn}")
    if not matter.integration.get("credentials") and not _may(matter, function):
        reason = "Execution failed due to configuration error: Invalid permissions on Lambda function"
        raise RefusedError("API_CONFIGURATION_ERROR", reason=reason)
    ran = functions.run(function, event, timeout_s(matter.integration))
    if not ran.in_time:
        raise RefusedError("INTEGRATION_TIMEOUT", reason="Execution failed due to a timeout error")
    if ran.refused:
        matter.log.append(f"Lambda invocation failed with status: {ran.status}.")
        why = "Rate Exceeded." if ran.throttled else ran.payload.decode("utf-8", "replace")
        raise RefusedError("API_CONFIGURATION_ERROR", reason=f"Execution failed due to configuration error: {why}")
    return ran


def _may(matter: Matter, function: Reference) -> bool:
    request = matter.request
    start = request.arn.partition("/")[0]
    paths = dict.fromkeys((matter.resource["path"], request.path))
    sources = tuple(f"{start}/{request.stage}/{request.method}{path}" for path in paths)
    return functions.may_run(function, "apigateway.amazonaws.com", sources)


def _message(ran: Ran) -> str:
    try:
        return str(json.loads(ran.payload).get("errorMessage", ""))
    except (ValueError, AttributeError):
        return ran.payload.decode("utf-8", "replace")


def _mock(matter: Matter) -> Told:
    text = _asked(matter, mock=True)
    try:
        # Templates may leave the quotes away, as API Gateway's own example does.
        status = int(json.loads(re.sub(r"([{,]\s*)'?(\w+)'?\s*:", r'\1"\2":', text))["statusCode"])
    except (ValueError, KeyError, TypeError):
        reason = "Unable to parse statusCode. It should be an integer that is defined in the request template."
        raise RefusedError("API_CONFIGURATION_ERROR", reason=reason) from None
    return _mapped(matter, (200, {"Content-Type": _JSON}, b""), str(status))


def _asked(matter: Matter, *, mock: bool = False) -> str:
    """The body that goes to the integration: by the template for its media type, or as it came."""
    templates = matter.integration.get("requestTemplates") or {}
    kind = (matter.request.header("Content-Type") or _JSON).partition(";")[0].strip()
    template = templates.get(kind)
    if template is None and not mock:
        behavior = matter.integration.get("passthroughBehavior") or "WHEN_NO_MATCH"
        if behavior == "NEVER" or (behavior == "WHEN_NO_TEMPLATES" and templates):
            raise RefusedError("UNSUPPORTED_MEDIA_TYPE")
        return matter.request.text
    return _filled(str(template or ""), matter, matter.request.text)


def _filled(template: str, matter: Matter, body: str) -> str:
    try:
        return filled(template, matter.names(body))
    except _BAD_TEMPLATE as error:
        reason = f"Execution failed due to configuration error: Unable to transform: {error}"
        raise RefusedError("API_CONFIGURATION_ERROR", reason=reason) from None


def _mapped(matter: Matter, told: Told, said: str) -> Told:
    """An answer as the integration response makes it that fits what was said: a status, or an error's message."""
    found = _chosen(matter.integration.get("integrationResponses") or {}, said)
    status = str(found["statusCode"]) if found else ""
    if found is None or status not in (matter.method.get("methodResponses") or {}):
        reason = f"Output mapping refers to an invalid method response: {status or said}"
        reason = f"Execution failed due to configuration error: {reason}"
        raise RefusedError("API_CONFIGURATION_ERROR", reason=reason)
    headers = {"Content-Type": _JSON}
    for name, source in (found.get("responseParameters") or {}).items():
        value = from_answer(str(source), told, matter.context)
        if value is not None:
            headers[name.removeprefix("method.response.header.")] = value
    body = told[2]
    templates = found.get("responseTemplates") or {}
    template = templates.get(_JSON) if _JSON in templates else next(iter(templates.values()), None)
    if template:
        body = _filled(str(template), matter, body.decode("utf-8", "replace")).encode()
    if templates and _JSON not in templates:
        headers = {"Content-Type": next(iter(templates))} | {k: v for k, v in headers.items() if k != "Content-Type"}
    return int(status), headers, body


def _chosen(responses: Mapping[str, Any], said: str) -> dict[str, Any] | None:
    default = None
    for each in responses.values():
        pattern = each.get("selectionPattern")
        if not pattern:
            default = each
        elif said and re.fullmatch(pattern, said, re.DOTALL):
            chosen: dict[str, Any] = each
            return chosen
    return default


def _http(matter: Matter) -> Told:
    told = _fetched(matter, _asked(matter).encode(), {"Content-Type": _JSON, "User-Agent": _agent(matter)})
    return _mapped(matter, told, str(told[0]))


def _http_proxy(matter: Matter) -> Told:
    own = {name: value for name, value in matter.request.headers.items() if name.lower() != "host"}
    status, headers, body = _fetched(matter, matter.request.body, own, passes=True)
    return status, {name: value for name, value in headers.items() if name.lower() not in _HOP}, body


def _agent(matter: Matter) -> str:
    return f"AmazonAPIGateway_{matter.request.api}"


def _fetched(matter: Matter, body: bytes, headers: dict[str, str], *, passes: bool = False) -> Told:
    integration, request = matter.integration, matter.request
    given: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    for name, source in (integration.get("requestParameters") or {}).items():
        place, _, key = name.removeprefix("integration.request.").partition(".")
        value = from_request(str(source), request, matter.parameters, matter.context)
        if value is not None and place in given:
            given[place][key] = value
    url = with_variables(str(integration.get("uri") or ""), request.variables)
    for name, value in given["path"].items():
        url = url.replace("{" + name + "}", quote(value)).replace("{" + name + "+}", quote(value))
    query = [*(pairs(request.query) if passes else ()), *given["querystring"].items()]
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    matter.log.append(f"Endpoint request URI: {url}")
    method = str(integration.get("httpMethod") or request.method)
    method = request.method if method == "ANY" else method
    came = reach(method, url, {**headers, **given["header"]}, body=body, timeout_s=timeout_s(integration))
    if came.told is not None:
        return came.told
    if came.problem == "timed_out":
        raise RefusedError("INTEGRATION_TIMEOUT", reason="Execution failed due to a timeout error")
    kind = "API_CONFIGURATION_ERROR" if came.problem == "no_name" else "INTEGRATION_FAILURE"
    reason = f"Execution failed due to configuration error: Invalid endpoint address. {came.detail}"
    raise RefusedError(kind, reason=reason)

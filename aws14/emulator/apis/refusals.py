"""The answers of API Gateway's own: what it says where no backend speaks.

Source: API Gateway developer guide, "Gateway response types for API Gateway"; the words are those that clients get.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aws14.emulator.apis.coming import Coming
from aws14.emulator.dataplane.answering import Told

__all__ = ["KINDS", "RefusedError", "plain", "said"]

#: Type -> status, the type of error that the client sees, what it says.
KINDS: Mapping[str, tuple[int, str, str]] = {
    "ACCESS_DENIED": (403, "AccessDeniedException", "User is not authorized to access this resource"),
    "API_CONFIGURATION_ERROR": (500, "InternalServerErrorException", "Internal server error"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "AuthorizerConfigurationException", "Internal server error"),
    "AUTHORIZER_FAILURE": (500, "AuthorizerConfigurationException", "Internal server error"),
    "BAD_REQUEST_BODY": (400, "BadRequestException", "Invalid request body"),
    "BAD_REQUEST_PARAMETERS": (400, "BadRequestException", "Missing required request parameters"),
    "INTEGRATION_FAILURE": (504, "InternalServerErrorException", "Network error communicating with endpoint"),
    "INTEGRATION_TIMEOUT": (504, "InternalServerErrorException", "Endpoint request timed out"),
    "INVALID_API_KEY": (403, "ForbiddenException", "Forbidden"),
    "MALFORMED_ANSWER": (502, "InternalServerErrorException", "Internal server error"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
    "QUOTA_EXCEEDED": (429, "LimitExceededException", "Limit Exceeded"),
    "REQUEST_TOO_LARGE": (413, "RequestTooLargeException", "HTTP content length exceeded 10485760 bytes."),
    "THROTTLED": (429, "TooManyRequestsException", "Too Many Requests"),
    "UNAUTHORIZED": (401, "UnauthorizedException", "Unauthorized"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "BadRequestException", "Unsupported Media Type"),
}
_SERVER_ERROR = 500


class RefusedError(Exception):
    """API Gateway answers by itself.

    Parameters
    ----------
    kind : str
        Key of `KINDS`.
    message : str, optional
        What it says; the kind's own words when empty.
    reason : str, optional
        What the execution log says.

    Attributes
    ----------
    kind, message, reason : str
        As given.
    """

    def __init__(self, kind: str, message: str = "", reason: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.message = message or KINDS[kind][2]
        self.reason = reason

    @property
    def status(self) -> int:
        """The HTTP status that clients get, where nobody changed it."""
        return KINDS[self.kind][0]


def plain(status: int, error: str, message: str, request_id: str = "") -> Told:
    """An answer with a message.

    Parameters
    ----------
    status : int
        HTTP status.
    error : str
        For the header ``x-amzn-ErrorType``; empty for none.
    message : str
        What it says.
    request_id : str, optional
        The request's.
    """
    headers = {"Content-Type": "application/json"}
    headers |= {"x-amzn-ErrorType": error} if error else {}
    headers |= {"x-amzn-RequestId": request_id} if request_id else {}
    return status, headers, json.dumps({"message": message}, separators=(",", ":")).encode()


def said(refused: RefusedError, request: Coming, gateway_responses: Mapping[str, Any]) -> Told:
    """What a client of a REST API gets: the gateway response of that type, as the learner may have changed it.

    Parameters
    ----------
    refused : RefusedError
        Why.
    request : Coming
        Of whom.
    gateway_responses : Mapping
        Type -> ``statusCode``, ``responseParameters``, ``responseTemplates``.
    """
    status, error, _ = KINDS[refused.kind]
    status, headers, body = plain(status, error, refused.message, request.request_id)
    if refused.kind == "ACCESS_DENIED":
        body = json.dumps({"Message": refused.message}, separators=(",", ":")).encode()
    general = "DEFAULT_5XX" if status >= _SERVER_ERROR else "DEFAULT_4XX"
    changed = gateway_responses.get(refused.kind) or gateway_responses.get(general) or {}
    for name, value in (changed.get("responseParameters") or {}).items():
        if name.startswith("gatewayresponse.header."):
            headers[name.removeprefix("gatewayresponse.header.")] = _literal(str(value), request)
    template = (changed.get("responseTemplates") or {}).get("application/json")
    if template:
        quoted = json.dumps(refused.message)
        text = template.replace("$context.error.messageString", quoted).replace(
            "$context.error.message", refused.message
        )
        text = text.replace("$context.error.responseType", refused.kind)
        body = text.replace("$context.requestId", request.request_id).encode()
    return int(changed.get("statusCode") or status), headers, body


def _literal(value: str, request: Coming) -> str:
    if value.startswith("'"):
        return value.strip("'")
    if value.startswith("method.request.header."):
        return request.header(value.removeprefix("method.request.header."))
    return request.request_id if value == "context.requestId" else ""

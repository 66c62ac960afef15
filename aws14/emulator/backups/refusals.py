"""What AWS Backup says no to, in its words."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["JobFailure", "access_denied", "invalid", "invalid_request", "limit", "missing_parameter", "not_found"]


class JobFailure(Exception):  # noqa: N818 - what a job ends with, kept as its status message
    """A job cannot go on; the text is its status message."""


def _say(code: str, message: str) -> NoReturn:
    from moto.core.exceptions import JsonRESTError

    problem: Any = JsonRESTError(code, message)
    raise problem


def invalid(message: str) -> NoReturn:
    """A value is wrong."""
    _say("InvalidParameterValueException", message)


def invalid_request(message: str) -> NoReturn:
    """The call does not fit what is there."""
    _say("InvalidRequestException", message)


def missing_parameter(message: str) -> NoReturn:
    """Something has to be given."""
    _say("MissingParameterValueException", message)


def not_found(message: str) -> NoReturn:
    """There is no such thing."""
    _say("ResourceNotFoundException", message)


def limit(message: str) -> NoReturn:
    """There are too many."""
    _say("LimitExceededException", message)


def access_denied(message: str) -> NoReturn:
    """A policy or a lock forbids it."""
    _say("AccessDeniedException", message)

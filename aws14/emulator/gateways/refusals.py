"""Refusals of Storage Gateway: one exception for nearly everything, with a code inside."""

from __future__ import annotations

from typing import NoReturn

__all__ = ["refuse"]


def refuse(message: str) -> NoReturn:
    """Refuse a call as AWS does.

    Raises
    ------
    JsonRESTError
        ``InvalidGatewayRequestException``.
    """
    from moto.core.exceptions import JsonRESTError

    raise JsonRESTError("InvalidGatewayRequestException", message)

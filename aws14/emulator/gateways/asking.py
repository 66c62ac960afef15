"""What every group of operations asks of the backend of who calls."""

from __future__ import annotations

from typing import Any

from moto.core.responses import BaseResponse

from aws14.emulator.gateways.models import Gateway, StorageGatewayBackend, storagegateway_backends
from aws14.emulator.gateways.refusals import refuse

__all__ = ["Asking", "new_id", "tags_of", "told_tags"]


class Asking(BaseResponse):
    """The backend of who calls, and the gateway that the call names."""

    params: dict[str, Any]

    @property
    def backend(self) -> StorageGatewayBackend:
        """The gateways of who asks."""
        return storagegateway_backends[self.current_account][self.region]

    def gateway(self, *, running: bool = True) -> Gateway:
        """The gateway of ``GatewayARN``."""
        return self.gateway_of(self.params["GatewayARN"], running=running)

    def gateway_of(self, arn: str, *, running: bool = True) -> Gateway:
        """A gateway by its ARN; refuses for none, and for one that is shut down where it has to run."""
        found = self.backend.gateways.get(arn.rsplit("gateway/", maxsplit=1)[-1].partition("/")[0])
        if found is None:
            refuse("The specified gateway was not found.")
        if running and found.state != "RUNNING":
            refuse("The specified gateway is not connected.")
        return found

    def arn(self, resource: str) -> str:
        """An ARN of this account and region."""
        return f"arn:aws:storagegateway:{self.region}:{self.current_account}:{resource}"

    def page(self, things: list[Any]) -> tuple[list[Any], dict[str, str]]:
        """A page of a list, and the marker of the next one."""
        first, most = int(self.params.get("Marker") or 0), int(self.params.get("Limit") or 100)
        more = {"Marker": str(first + most)} if len(things) > first + most else {}
        return things[first : first + most], more


def new_id(word: str, digits: int = 8) -> str:
    """An id as Storage Gateway gives them: ``sgw-12A3456B``."""
    from moto.moto_api._internal import mock_random

    return f"{word}-{str(mock_random.get_random_hex(digits)).upper()}"


def tags_of(params: dict[str, Any]) -> dict[str, str]:
    """Tags as a call gives them."""
    return {tag["Key"]: tag["Value"] for tag in params.get("Tags") or ()}


def told_tags(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags as an answer tells them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]

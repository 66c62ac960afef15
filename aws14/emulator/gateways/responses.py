"""All operations of Storage Gateway, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from aws14.emulator.gateways.disk_api import VolumeOperations
from aws14.emulator.gateways.gateway_api import GatewayOperations
from aws14.emulator.gateways.share_api import ShareOperations
from aws14.emulator.gateways.tape_api import TapeOperations

__all__ = ["StorageGatewayResponse"]


class StorageGatewayResponse(GatewayOperations, ShareOperations, VolumeOperations, TapeOperations):
    """Gateways, file shares, volumes, tapes."""

    def __init__(self) -> None:
        super().__init__(service_name="storagegateway")
        self.automated_parameter_parsing = True

"""Where Storage Gateway answers, as moto writes it."""

from __future__ import annotations

from aws14.emulator.gateways.responses import StorageGatewayResponse

__all__ = ["url_bases", "url_paths"]

url_bases = [r"https?://storagegateway\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": StorageGatewayResponse.dispatch}

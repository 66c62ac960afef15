"""Where DataSync answers, as moto writes it."""

from __future__ import annotations

from aws14.emulator.moving.responses import DataSyncResponse

__all__ = ["url_bases", "url_paths"]

url_bases = [r"https?://(.*\.)?(datasync)\.(.+)\.amazonaws.com"]
url_paths = {"{0}/$": DataSyncResponse.dispatch}

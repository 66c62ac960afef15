"""Where Data Lifecycle Manager answers, as moto writes it."""

from __future__ import annotations

from aws14.emulator.dlm.responses import DLMResponse

__all__ = ["url_bases", "url_paths"]

url_bases = [r"https?://dlm\.(.+)\.amazonaws\.com"]
url_paths = {
    "{0}/policies/?$": DLMResponse.dispatch,
    "{0}/policies/(?P<policy_id>[^/]+)/?$": DLMResponse.dispatch,
    "{0}/tags/(?P<arn>.+)$": DLMResponse.dispatch,
}

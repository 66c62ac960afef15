"""What a target gets to see of a request, and what Route 53 hears of a load balancer."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.emulator.balancing import forwarding
from aws14.emulator.dataplane.answering import Visit


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "world", lambda: SimpleNamespace(clock=SimpleNamespace(now=lambda: 0x60000000)))


def seen(headers: dict[str, str] | None = None, **attributes: Any) -> dict[str, str]:
    visit = Visit(method="GET", path="/", headers=headers or {}, port=443, source="203.0.113.7")
    return forwarding.forwarded(visit, "https", attributes).headers


def test_a_target_learns_of_the_client() -> None:
    told = seen({"Host": "www.example.jp", "Connection": "close", "X-Forwarded-Proto": "gopher"})
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"], told["X-Forwarded-Port"]) == (
        "203.0.113.7",
        "https",
        "443",
    )
    assert told["Host"] == "www.example.jp"
    assert "Connection" not in told
    assert re.fullmatch(r"Root=1-60000000-[0-9a-f]{24}", told["X-Amzn-Trace-Id"])


@pytest.mark.parametrize(
    ("mode", "chain"),
    [("append", "198.51.100.1, 203.0.113.7"), ("preserve", "198.51.100.1"), ("remove", None)],
)
def test_what_came_as_forwarded(mode: str, chain: str | None) -> None:
    told = seen({"x-forwarded-for": "198.51.100.1"}, **{"routing.http.xff_header_processing.mode": mode})
    assert told.get("X-Forwarded-For") == chain
    assert "x-forwarded-for" not in told


def test_a_trace_goes_on() -> None:
    told = seen({"X-Amzn-Trace-Id": "Root=1-5f000000-aaaaaaaaaaaaaaaaaaaaaaaa"})
    assert told["X-Amzn-Trace-Id"].startswith("Self=1-60000000-")
    assert told["X-Amzn-Trace-Id"].endswith(";Root=1-5f000000-aaaaaaaaaaaaaaaaaaaaaaaa")

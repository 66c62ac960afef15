"""The watch over all tests sees what leaves this machine, also when the code under test hides it."""

from __future__ import annotations

import contextlib
import socket

import pytest

from tests.conftest import Watch


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.com", 443), ("2001:db8::1", 80, 0, 0)])
def test_a_connection_off_loopback_is_refused_and_remembered(stays_on_loopback: Watch, address):
    family = socket.AF_INET6 if len(address) == 4 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock, contextlib.suppress(OSError):
        sock.settimeout(1)
        sock.connect(address)
    assert [each for each in stays_on_loopback.offenders if address[0] in each]
    stays_on_loopback.offenders.clear()


def test_a_datagram_and_a_quiet_connect_are_seen_too(stays_on_loopback: Watch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with pytest.raises(OSError, match="connects to"):
            sock.sendto(b"x", ("192.0.2.1", 53))
        with pytest.raises(OSError, match="connects to"):
            sock.connect_ex(("192.0.2.1", 53))
    assert len(stays_on_loopback.offenders) == 2
    stays_on_loopback.offenders.clear()


def test_loopback_is_home(stays_on_loopback: Watch):
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
    assert stays_on_loopback.offenders == []

"""What TLS costs: the sums by hand, the measuring against a clock that is known, and one real measurement."""

from __future__ import annotations

import pytest

from aws14.errors import ScenarioError
from aws14.sim.tls_cost import CERTIFICATES, ROUNDS, TlsCosts, measure, quickest_s

COSTS = TlsCosts(sign_s={"RSA-2048": 800e-6, "ECDSA P-256": 40e-6}, exchange_s=60e-6, encrypt_s_per_mib=500e-6)


def test_a_full_handshake_signs_and_a_resumed_one_does_not():
    assert COSTS.handshake_s("RSA-2048") == pytest.approx(860e-6)
    assert COSTS.handshake_s("ECDSA P-256") == pytest.approx(100e-6)
    assert COSTS.handshake_s("RSA-2048", resumed=1.0) == COSTS.handshake_s("ECDSA P-256", resumed=1.0) == 60e-6
    assert COSTS.handshake_s("RSA-2048", resumed=0.75) == pytest.approx(260e-6)


def test_processors_at_a_rate():
    assert COSTS.vcpus(1000, "RSA-2048") == pytest.approx(0.86)
    assert COSTS.vcpus(1000, "ECDSA P-256", resumed=0.5, mib_per_s=100) == pytest.approx(0.08 + 0.05)
    assert COSTS.vcpus(0, "RSA-2048") == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: COSTS.handshake_s("DSA"),
        lambda: COSTS.handshake_s("RSA-2048", resumed=1.5),
        lambda: COSTS.vcpus(-1, "RSA-2048"),
        lambda: COSTS.vcpus(1, "RSA-2048", mib_per_s=-1),
    ],
)
def test_what_cannot_be_is_refused(ask):
    with pytest.raises(ScenarioError):
        ask()


class Watch:
    """A clock that an operation moves; a disturbance makes some rounds longer."""

    def __init__(self, each_s, disturbed=()):
        self.now_s, self.each_s, self.calls, self.rounds = 0.0, each_s, 0, 0
        self.disturbed = set(disturbed)

    def operation(self):
        self.calls += 1
        self.now_s += self.each_s

    def read(self):
        self.rounds += 1
        self.now_s += 1.0 if self.rounds in self.disturbed else 0.0
        return self.now_s


def test_rounds_grow_until_they_are_long_enough():
    watch = Watch(0.001)
    assert quickest_s(watch.operation, at_least_s=0.02, clock=watch.read) == pytest.approx(0.001)
    growing = 1 + 2 + 4 + 8 + 16 + 32
    assert watch.calls == growing + (ROUNDS - 1) * 32


def test_a_disturbed_round_does_not_count():
    watch = Watch(0.001, disturbed={14, 18})
    assert quickest_s(watch.operation, at_least_s=0.02, clock=watch.read) == pytest.approx(0.001)


def test_this_machine_can_be_measured():
    costs = measure(at_least_s=0.002)
    assert set(costs.sign_s) == set(CERTIFICATES)
    assert min(*costs.sign_s.values(), costs.exchange_s, costs.encrypt_s_per_mib) > 0
    for certificate in CERTIFICATES:
        assert costs.handshake_s(certificate, resumed=1.0) < costs.handshake_s(certificate)

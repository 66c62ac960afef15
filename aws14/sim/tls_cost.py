"""What TLS costs a server: the operations of a handshake, measured on this machine with the library servers use.

Model (TLS 1.3, RFC 8446). In a full handshake the server makes a key of its own for the exchange (ECDHE on P-256),
takes the client's into account, and signs what was said with the key of its certificate. In a resumed one (a ticket,
with a new exchange of keys) the signature falls away. Encrypting the pages themselves costs little on processors with
AES instructions; it is measured as well.

The measurement takes the quickest of several rounds, so that a busy machine disturbs it little. It is of this machine:
an instance differs by a small factor, the proportions stay.

Left out: hashing and parsing, certificates that are checked (a server checks none), several signatures at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from aws14.errors import ScenarioError

Certificate = Literal["RSA-2048", "ECDSA P-256"]
CERTIFICATES: tuple[Certificate, ...] = ("RSA-2048", "ECDSA P-256")

ROUNDS = 7
"""Of which the quickest counts."""

_TRANSCRIPT = bytes(130)
"""As long as what a server signs: 64 spaces, a sentence, and a hash."""

_MEBIBYTE = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class TlsCosts:
    """Processor time of each operation, in seconds.

    Parameters
    ----------
    sign_s : Mapping[str, float]
        Of a signature, by the certificate's kind of key.
    exchange_s : float
        Of an exchange of keys: one made, one secret worked out.
    encrypt_s_per_mib : float
        Of encrypting a MiB (AES-128-GCM).
    """

    sign_s: Mapping[str, float]
    exchange_s: float
    encrypt_s_per_mib: float

    def handshake_s(self, certificate: Certificate, *, resumed: float = 0.0) -> float:
        """Processor time of a handshake on the server.

        Parameters
        ----------
        certificate : {'RSA-2048', 'ECDSA P-256'}
            Kind of its key.
        resumed : float
            Share of the visitors that come back with a ticket, 0 to 1.

        Raises
        ------
        ScenarioError
            When the kind was not measured, or the share is none.
        """
        if certificate not in self.sign_s or not 0 <= resumed <= 1:
            raise ScenarioError(
                f"certificate is {certificate!r}, resumed is {resumed!r}",
                allowed=f"{' or '.join(self.sign_s)}, a share of 0 to 1",
            )
        return self.exchange_s + (1 - resumed) * self.sign_s[certificate]

    def vcpus(
        self, handshakes_rps: float, certificate: Certificate, *, resumed: float = 0.0, mib_per_s: float = 0.0
    ) -> float:
        """Processors of this machine's speed that TLS keeps busy.

        Parameters
        ----------
        handshakes_rps : float
            New connections per second.
        certificate, resumed
            As of `handshake_s`.
        mib_per_s : float
            Pages sent, in MiB per second.

        Raises
        ------
        ScenarioError
            When a rate is negative, or as `handshake_s`.
        """
        if handshakes_rps < 0 or mib_per_s < 0:
            raise ScenarioError(f"{handshakes_rps} handshakes and {mib_per_s} MiB per second", allowed="0 or more")
        each_s = self.handshake_s(certificate, resumed=resumed)
        return handshakes_rps * each_s + mib_per_s * self.encrypt_s_per_mib


def measure(*, at_least_s: float = 0.02) -> TlsCosts:
    """Measure on this machine, in well under two seconds.

    Parameters
    ----------
    at_least_s : float
        Length of each round; longer rounds are steadier.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256().digest_size)
    client = ec.generate_private_key(ec.SECP256R1()).public_key()
    cipher, page = AESGCM(bytes(16)), bytes(_MEBIBYTE)
    operations: dict[str, Callable[[], object]] = {
        "RSA-2048": lambda: rsa_key.sign(_TRANSCRIPT, pss, hashes.SHA256()),
        "ECDSA P-256": lambda: ec_key.sign(_TRANSCRIPT, ec.ECDSA(hashes.SHA256())),
        "exchange": lambda: ec.generate_private_key(ec.SECP256R1()).exchange(ec.ECDH(), client),
        "encrypt": lambda: cipher.encrypt(bytes(12), page, None),
    }
    taken_s = {name: quickest_s(operation, at_least_s=at_least_s) for name, operation in operations.items()}
    return TlsCosts(
        sign_s={name: taken_s[name] for name in CERTIFICATES},
        exchange_s=taken_s["exchange"],
        encrypt_s_per_mib=taken_s["encrypt"],
    )


def quickest_s(
    operation: Callable[[], object], *, at_least_s: float, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Time of an operation: that of the quickest of several rounds, each long enough to be measured.

    Parameters
    ----------
    operation : callable
        What is measured.
    at_least_s : float
        How long a round lasts; it is repeated so often.
    clock : callable
        Where the time is read, in seconds.
    """
    count, lasted_s = 1, _round_s(operation, 1, clock)
    while lasted_s < at_least_s:
        count *= 2
        lasted_s = _round_s(operation, count, clock)
    return min(lasted_s, *(_round_s(operation, count, clock) for _ in range(ROUNDS - 1))) / count


def _round_s(operation: Callable[[], object], count: int, clock: Callable[[], float]) -> float:
    begun_s = clock()
    for _ in range(count):
        operation()
    return clock() - begun_s

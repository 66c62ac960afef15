"""Certificates for the names of this cloud, signed by an authority of this home's own.

The authority's key stays in the home, readable by its owner only; leaf certificates live in memory. Their times are
real ones: whoever checks them lives outside of AWS time.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import time_machine

from aws14.emulator.dataplane.answering import Shown

__all__ = ["Authority"]

_DAY = timedelta(days=1)
_YEARS_TEN, _LEAF_DAYS = 3650 * _DAY, 90 * _DAY
_RENEW_BEFORE = 365 * _DAY
_MOST_NAMES = 512


class Authority:
    """Makes server contexts, one a certificate.

    Parameters
    ----------
    home : pathlib.Path
        Folder of the embedded AWS; the authority is made there when it is first needed.

    Attributes
    ----------
    file : pathlib.Path
        The authority's certificate, for clients to trust.
    """

    def __init__(self, home: Path) -> None:
        self.file = home / "ca.pem"
        self._key_file = home / "ca-key.pem"
        self._lock = threading.Lock()
        self._contexts: dict[Shown, ssl.SSLContext] = {}

    def ensure(self) -> Path:
        """Make the authority if this home has none; return its certificate's file."""
        with self._lock:
            if not self.file.exists():
                self._load()
        return self.file

    def context(self, shown: Shown) -> ssl.SSLContext:
        """A server's TLS context that shows a certificate, always the same one.

        Parameters
        ----------
        shown : Shown
            A certificate to show as it is, or the names to issue one for.
        """
        with self._lock:
            if shown not in self._contexts:
                while len(self._contexts) >= _MOST_NAMES:
                    del self._contexts[next(iter(self._contexts))]
                self._contexts[shown] = self._make_context(shown)
            return self._contexts[shown]

    def _make_context(self, shown: Shown) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        chain = self.file.with_name(f"leaf-{threading.get_ident()}.part")
        try:  # ssl loads a chain from a file only
            _write(chain, shown.key + shown.chain if shown.chain else self._issue(shown))
            context.load_cert_chain(chain)
        finally:
            chain.unlink(missing_ok=True)
        return context

    def _issue(self, shown: Shown) -> bytes:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        authority, authority_key = self._load()
        key: Any = load_pem_private_key(shown.key, None) if shown.key else ec.generate_private_key(ec.SECP256R1())
        leaf = _sign(_leaf(shown.names), key.public_key(), authority.subject, authority_key)
        return _private_pem(key) + _pem(leaf)

    def _load(self) -> tuple[Any, Any]:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        with suppress(OSError, ValueError):
            found = x509.load_pem_x509_certificate(self.file.read_bytes())
            if found.not_valid_after_utc > _now() + _RENEW_BEFORE:
                return found, load_pem_private_key(self._key_file.read_bytes(), None)
        return self._found()

    def _found(self) -> tuple[Any, Any]:
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        made = _sign(_root, key.public_key(), None, key)
        _write(self._key_file, _private_pem(key))
        _write(self.file, _pem(made))
        return made, key


def _root(builder: Any) -> Any:
    from cryptography import x509

    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    builder = builder.subject_name(_named("aws14 embedded AWS, this home only")).not_valid_after(_now() + _YEARS_TEN)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signs = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage)
    return builder.add_extension(signs, critical=True)


def _leaf(names: tuple[str, ...]) -> Callable[[Any], Any]:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    def fill(builder: Any) -> Any:
        builder = builder.subject_name(_named(names[0][:64])).not_valid_after(_now() + _LEAF_DAYS)
        alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        return builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)

    return fill


def _alternative(name: str) -> Any:
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _sign(fill: Callable[[Any], Any], public_key: Any, issuer: Any, issuer_key: Any) -> Any:
    """A certificate: what `fill` says of it, signed by the issuer, or by itself where there is none."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    builder = x509.CertificateBuilder().public_key(public_key).serial_number(x509.random_serial_number())
    builder = fill(builder.not_valid_before(_now() - _DAY))
    builder = builder.issuer_name(issuer or builder._subject_name)  # noqa: SLF001 - the builder cannot be asked
    identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    builder = builder.add_extension(identifier, critical=False)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return builder.add_extension(by, critical=False).sign(issuer_key, hashes.SHA256())


def _named(text: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _now() -> datetime:
    real = time_machine.escape_hatch
    return real.datetime.datetime.now(UTC) if real.is_travelling() else datetime.now(UTC)


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    encoded: bytes = certificate.public_bytes(Encoding.PEM)
    return encoded


def _private_pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    encoded: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return encoded


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    fresh.replace(path)

"""What `request` says of a certificate that does not fit."""

from __future__ import annotations

import ssl

import pytest

from aws14.cloud import traffic

BEGINNING = "The server shows a certificate that this client does not accept:"
WRONG_NAME = "ostname mismatch, certificate is not valid for 'www.example.com'."


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (f"H{WRONG_NAME}", f"{BEGINNING} h{WRONG_NAME}"),
        ("self-signed certificate", f"{BEGINNING} self-signed certificate."),
    ],
)
def test_a_certificate_that_does_not_fit_is_told_in_a_sentence(message: str, sentence: str) -> None:
    error = ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] {message} (_ssl.c:1006)")
    error.verify_message = message
    assert traffic._explained(error) == sentence
    assert traffic._outcome(error) == "tls_failed"

"""Certificates of ACM: issued when DNS proves that the domain is one's own.

What AWS does
    A requested certificate is ``PENDING_VALIDATION`` until the CNAME record that ACM names stands in public DNS, or
    somebody clicks the link in a mail; then it is issued within minutes. The record is the same for an account and
    domain, in every region. Without it, validation times out. A certificate in use cannot be deleted. An imported one
    keeps its chain.
What moto leaves out
    Every request is issued after a minute, whatever DNS says; the record is the same for everybody; certificates in use
    are deleted; a root of Amazon's is hung on every chain.
What this adds
    The record, looked for in the zones of this cloud at every change; ``ISSUED`` on the clock after the typical time of
    data/durations.csv; the time-out; who uses it; eligibility for renewal; the chain as it was imported, whose key
    has to fit. What validates by mail stays pending: nobody reads it.
What it still does not do
    Renewal, keys other than RSA 2048, private authorities, checks of CAA records. The certificate that
    ``get_certificate`` returns is moto's own; over TLS this home's authority signs another for the same names and key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.world import on_change, world

__all__ = ["install"]

_DNS = "DNS"


def install() -> None:
    """Take hold of requesting, importing, describing and deleting certificates, and hear of every change."""
    from moto.acm.models import AWSCertificateManagerBackend, CertBundle
    from moto.acm.responses import AWSCertificateManagerResponse

    around(AWSCertificateManagerResponse, "request_certificate", _request)
    around(AWSCertificateManagerBackend, "request_certificate", _requested)
    around(AWSCertificateManagerBackend, "import_certificate", _import)
    before(AWSCertificateManagerBackend, "delete_certificate", _delete)
    around(CertBundle, "describe", _describe)
    replace(CertBundle, "check", _check)
    on_change(_look)


def _request(original: Callable[[Any], Any], response: Any) -> Any:
    # moto's backend does not hear of the method.
    _ASKED_METHOD[:] = [response._get_param("ValidationMethod") or "EMAIL"]  # noqa: SLF001 - moto's way to ask
    return original(response)


_ASKED_METHOD: list[str] = []


def _requested(
    original: Callable[..., str],
    backend: Any,
    *asked: Any,
) -> str:
    arn = original(backend, *asked)
    domain_name, _, subject_alt_names = asked[:3]
    bundle = backend._certificates[arn]  # noqa: SLF001 - asking for it would change it
    if bundle.type == "AMAZON_ISSUED" and not hasattr(bundle, "aws14_method"):
        bundle.sans = list(dict.fromkeys([domain_name, *(subject_alt_names or ())]))
        bundle.aws14_method = _ASKED_METHOD.pop() if _ASKED_METHOD else _DNS
        bundle.aws14_proved = False
        args = (backend.account_id, backend.region_name, arn)
        world().clock.after(typical_s("ACM validation times out"), "certificates.times_out", args)
    return arn


def _look() -> None:
    """Look for the records of those that wait for them."""
    from moto.acm.models import acm_backends

    for bundle in list(_all(acm_backends, "_certificates")):
        region, account = bundle.arn.split(":")[3:5]
        if _waits(bundle) and not bundle.aws14_proved and _stands(account, bundle):
            bundle.aws14_proved = True
            seconds = typical_s("ACM certificate issued after its DNS record stands")
            world().clock.after(seconds, "certificates.is_issued", (account, region, bundle.arn))


def _waits(bundle: Any) -> bool:
    return bundle.status == "PENDING_VALIDATION" and getattr(bundle, "aws14_method", "") == _DNS


def _stands(account: str, bundle: Any) -> bool:
    from aws14.emulator.dataplane import zones
    from aws14.emulator.dataplane.names import answer, plain
    from aws14.emulator.network_view import account_network

    view = zones.view(account, account_network(account), "")
    wanted = [_record(account, name) for name in bundle.sans]
    return all(plain(each["Value"]) in map(plain, answer(view, each["Name"], "CNAME").values) for each in wanted)


@handles("certificates.is_issued")
def _is_issued(account: str, region: str, arn: str) -> None:
    bundle = _found(account, region, arn)
    if bundle is None or not _waits(bundle):
        return
    bundle.aws14_proved = _stands(account, bundle)
    if bundle.aws14_proved:
        bundle.status, bundle.aws14_issued = "ISSUED", world().clock.now()


@handles("certificates.times_out")
def _times_out(account: str, region: str, arn: str) -> None:
    bundle = _found(account, region, arn)
    if bundle is not None and bundle.status == "PENDING_VALIDATION":
        bundle.status = "VALIDATION_TIMED_OUT"


def _found(account: str, region: str, arn: str) -> Any | None:
    from moto.acm.models import acm_backends

    return acm_backends[account][region]._certificates.get(arn)  # noqa: SLF001 - the same


def _check(bundle: Any) -> None:
    from moto.core.utils import utcnow

    if bundle._not_valid_after(bundle._cert) <= utcnow():  # noqa: SLF001 - moto keeps the dates there
        bundle.status = "EXPIRED"


def _import(
    original: Callable[..., str],
    backend: Any,
    *pair: bytes,
    chain: bytes | None,
    **kwargs: Any,
) -> str:
    from moto.acm.exceptions import AWSValidationException

    arn = original(backend, *pair, chain=chain, **kwargs)
    bundle = backend._certificates[arn]  # noqa: SLF001 - the same
    bundle.chain = chain or b""
    if bundle._cert.public_key() != bundle._key.public_key():  # noqa: SLF001 - the same
        del backend._certificates[arn]  # noqa: SLF001 - the same
        raise AWSValidationException("The private key does not match the certificate.")
    return arn


def _delete(backend: Any, arn: str) -> None:
    from moto.core.exceptions import AWSError

    if arn in backend._certificates and list(_users(arn)):  # noqa: SLF001 - the same
        text = f"Certificate {arn} in account {backend.account_id} is in use."
        raise AWSError(text, exception_type="ResourceInUseException")


def _users(arn: str) -> Iterator[str]:
    """ARNs of what shows a certificate: load balancers, distributions."""
    from moto.cloudfront.models import cloudfront_backends
    from moto.elbv2.models import elbv2_backends

    for balancer in _all(elbv2_backends, "load_balancers"):
        if any(arn in listener.certificates for listener in balancer.listeners.values()):
            yield balancer.arn
    for distribution in _all(cloudfront_backends, "distributions"):
        if distribution.distribution_config.ViewerCertificate.acm_certificate_arn == arn:
            yield distribution.arn


def _all(backends: Any, name: str) -> Iterator[Any]:
    for regions in list(backends.values()):
        for backend in list(regions.values()):
            yield from getattr(backend, name).values()


def _describe(original: Callable[[Any], dict[str, Any]], bundle: Any) -> dict[str, Any]:
    told = original(bundle)
    said = told["Certificate"]
    said["InUseBy"] = list(_users(bundle.arn))
    if bundle.type != "AMAZON_ISSUED" or not hasattr(bundle, "aws14_method"):
        return told
    said["RenewalEligibility"] = "ELIGIBLE" if said["InUseBy"] and bundle.status == "ISSUED" else "INELIGIBLE"
    said["DomainValidationOptions"] = [_option(bundle, name) for name in bundle.sans]
    if bundle.status == "ISSUED":
        said["IssuedAt"] = bundle.aws14_issued
    else:
        for key in ("IssuedAt", "NotBefore", "NotAfter", "Serial", "Issuer"):
            said.pop(key, None)
    return told


def _option(bundle: Any, name: str) -> dict[str, Any]:
    status = {"ISSUED": "SUCCESS", "PENDING_VALIDATION": "PENDING_VALIDATION"}.get(bundle.status, "FAILED")
    told = {"DomainName": name, "ValidationDomain": name, "ValidationStatus": status}
    told["ValidationMethod"] = bundle.aws14_method
    account = bundle.arn.split(":")[4]
    if bundle.aws14_method == _DNS:
        return {**told, "ResourceRecord": _record(account, name)}
    domain = name.removeprefix("*.")
    return {**told, "ValidationEmails": [f"{each}@{domain}" for each in ("admin", "hostmaster", "postmaster")]}


def _record(account: str, name: str) -> dict[str, str]:
    """The record that proves a domain to be an account's own: with and without ``*.`` the same."""
    domain = name.removeprefix("*.").lower()
    digest = hashlib.sha256(f"{account} {domain}".encode()).hexdigest()
    value = f"_{digest[32:64]}.acm-validations.aws."
    return {"Name": f"_{digest[:32]}.{domain}.", "Type": "CNAME", "Value": value}

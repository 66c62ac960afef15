"""Certificates of ACM and IAM as TLS shows them: which one a client gets, and what stands in it.

Those that Amazon issues are signed by the authority of this home, for their domain names and with their own key; those
that were imported are shown as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws14.emulator.dataplane.answering import Shown

__all__ = ["bundle_of", "chosen", "covers", "shown"]


def bundle_of(arn: str) -> Any | None:
    """Moto's certificate of ACM by its ARN; None where there is none."""
    from moto.acm.models import acm_backends

    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "acm":
        return None
    return acm_backends[parts[4]][parts[3]]._certificates.get(arn)  # noqa: SLF001 - asking for it would change it


def chosen(arns: Iterable[str], name: str) -> Shown | None:
    """The certificate that a client which calls `name` gets: the first that covers it, else the first.

    Parameters
    ----------
    arns : iterable of str
        Of ACM or IAM; the first is the default one.
    name : str
        Empty where the client calls none.
    """
    found = [each for each in map(shown, arns) if each is not None]
    return next((each for each in found if name and any(covers(one, name) for one in each.names)), None) or next(
        iter(found), None
    )


def covers(domain: str, name: str) -> bool:
    """Whether a domain name of a certificate, with or without ``*.``, is for a name."""
    domain, name = domain.lower(), name.lower()
    return domain == name or (domain.startswith("*.") and name.partition(".")[2] == domain[2:])


def shown(arn: str) -> Shown | None:
    """A certificate as TLS shows it; None where it is gone or not issued."""
    bundle = bundle_of(arn)
    if bundle is None:
        return _of_iam(arn)
    names = tuple(dict.fromkeys(filter(None, (bundle.common_name, *bundle.sans))))
    if bundle.type == "IMPORTED":
        return Shown(names=names, key=bundle.key + b"\n", chain=bundle.cert + b"\n" + bundle.chain)
    return Shown(names=names, key=bundle.key) if bundle.status == "ISSUED" else None


def _of_iam(arn: str) -> Shown | None:
    from moto.iam.models import iam_backends

    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    backends = list(iam_backends[account].values()) if account else []
    found = next(filter(None, (each.get_certificate_by_arn(arn) for each in backends)), None)
    if found is None:
        return None
    chain = "\n".join(filter(None, (found.cert_body, found.cert_chain)))
    return Shown(key=f"{found.private_key}\n".encode(), chain=chain.encode())

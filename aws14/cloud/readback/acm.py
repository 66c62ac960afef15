"""Certificate Manager read back: certificates as nodes in their regions."""

from __future__ import annotations

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Seen, called, required, tags_of
from aws14.model import Node

_KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
"""ACM lists only RSA certificates of up to 2048 bits unless it is asked for others."""


def fetch(asking: Asking, region: str) -> tuple[Seen, ...]:
    """Ask for every certificate of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    # The embedded AWS lists all anyway, and fails when it is asked for types.
    wanted = {} if asking.session.place.control else {"Includes": {"keyTypes": _KEY_TYPES}}
    found = asking.listed("acm", region, "list_certificates", "CertificateSummaryList", **wanted)
    return tuple(_certificate(asking, region, one["CertificateArn"]) for one in found)


def _certificate(asking: Asking, region: str, arn: str) -> Seen:
    client, of = asking.client("acm", region), f"certificate {arn}"
    one = client.describe_certificate(CertificateArn=arn)["Certificate"]
    tags = tags_of(client.list_tags_for_certificate(CertificateArn=arn))
    name = required(one, "DomainName", of)
    node = Node(
        id=arn,
        kind="certificate",
        parent=region,
        aws_id=arn,
        attributes={
            "domain_name": name,
            "names": tuple(one.get("SubjectAlternativeNames", ())) or (name,),
            "state": required(one, "Status", of),
            "origin": required(one, "Type", of),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, name))

"""The life of a NAT gateway: pending, available, deleting, deleted, gone.

What AWS does
    A NAT gateway takes minutes to become available and to be deleted. Deleting it frees its Elastic IP, which stays
    allocated (and billed), and leaves routes behind that lead nowhere. A deleted one is listed for about an hour.
What moto leaves out
    Both happen within the request; the Elastic IP and the interface stay with the deleted gateway for ever.
What this adds
    The states follow the clock, with the typical durations of data/durations.csv; its interface and Elastic IP are
    freed when it is deleted; an unknown id is refused.
What it still does not do
    It does not fail when the VPC has no internet gateway beyond refusing the Elastic IP; secondary addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.addresses import free_elastic_ips
from aws14.emulator.behaviours.hooks import around, before
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.world import world

__all__ = ["install"]


def install() -> None:
    """Take hold of how moto makes and deletes NAT gateways."""
    from moto.ec2.models.nat_gateways import NatGatewayBackend

    around(NatGatewayBackend, "create_nat_gateway", _create)
    around(NatGatewayBackend, "delete_nat_gateway", _delete)
    before(NatGatewayBackend, "describe_nat_gateways", _known)


def _create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    gateway = original(backend, *args, **kwargs)
    gateway.state = "pending"
    _post(backend, gateway.id, "available", typical_s("NAT gateway pending to available"))
    return gateway


def _delete(original: Callable[..., Any], backend: Any, nat_gateway_id: str) -> Any:
    _known(backend, None, [nat_gateway_id])
    gateway = backend.nat_gateways[nat_gateway_id]
    if gateway.state in {"deleting", "deleted"}:
        return gateway
    original(backend, nat_gateway_id)
    gateway.state = "deleting"
    _post(backend, gateway.id, "deleted", typical_s("NAT gateway deleting to deleted"))
    return gateway


def _known(backend: Any, _filters: Any = None, nat_gateway_ids: list[str] | None = None) -> None:
    from moto.ec2.exceptions import EC2ClientError

    for each in nat_gateway_ids or ():
        if each not in backend.nat_gateways:
            raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {each} was not found")


def _post(backend: Any, gateway_id: str, state: str, seconds: float) -> None:
    world().clock.after(seconds, "nat_gateway.enters", (backend.account_id, backend.region_name, gateway_id, state))


@handles("nat_gateway.enters")
def _enters(account: str, region: str, gateway_id: str, state: str) -> None:
    from moto.ec2.models import ec2_backends

    backend = ec2_backends[account][region]
    gateway = backend.nat_gateways.get(gateway_id)
    if gateway is None or (state == "available" and gateway.state != "pending"):
        return
    if state == "gone":
        del backend.nat_gateways[gateway_id]
        return
    gateway.state = state
    if state == "deleted":
        free_elastic_ips(backend, [gateway._eni])  # noqa: SLF001 - moto keeps the gateway's interface here
        backend.enis.pop(gateway._eni.id, None)  # noqa: SLF001 - the same
        _post(backend, gateway_id, "gone", typical_s("NAT deleted gateway remains visible"))

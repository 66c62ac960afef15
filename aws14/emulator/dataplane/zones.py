"""DNS as moto keeps it, seen by one asker: Route 53's zones, EC2's names, and how often weighted ones were asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from typing import Any

from aws14.emulator.behaviours.addresses import RANGES
from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.instance_names import Dns, InstanceNames
from aws14.emulator.dataplane.names import Answer, Record, View, Zone, answer, plain
from aws14.emulator.dataplane.records import Location
from aws14.emulator.dataplane.routing import TOKYO, Asker, asker_in
from aws14.emulator.world import world
from aws14.model.network import Network
from aws14.sim.reachability.places import interfaces_of

__all__ = ["ask", "one_zone", "view", "vpc_of"]


def ask(account: str, network: Network, name: str, vpc: str = "") -> Answer:
    """What the resolver that the asker uses says of a name's IPv4 addresses.

    Parameters
    ----------
    account : str
        Twelve digits.
    network : Network
        Its network as it is now.
    name : str
        Any spelling of it.
    vpc : str, optional
        Where the asker is; empty outside.
    """
    settings = _vpc_settings(account).get(vpc)
    if settings is not None and not settings.support:
        text = f"{network.title(vpc)} has no resolver: its enableDnsSupport is off"
        return Answer(name=plain(name), type="A", code="SERVFAIL", explanation=text)
    return answer(view(account, network, vpc), name)


def view(account: str, network: Network, vpc: str) -> View:
    """DNS for an asker in `vpc`, or outside where that is empty.

    Parameters
    ----------
    account : str
        Twelve digits.
    network : Network
        Its network as it is now.
    vpc : str
        Id.
    """
    dns = _vpc_settings(account)
    zones = [zone for zone in _zones(account) if _is_seen(zone, vpc, dns)]
    # A private zone that holds the name speaks for it even where a public one is nearer or says more.
    zones.sort(key=lambda zone: (not zone.private, -zone.name.count(".")))
    own = InstanceNames(network=network, dns=dns, pools=RANGES, vpc=vpc)
    asker = asker_in(dns[vpc].region) if vpc in dns else TOKYO
    return View(zones=tuple(zones), own=_own(own), own_ttl_s=_own_ttl_s(vpc), **_judged(account, asker))


def one_zone(account: str, network: Network, zone: Any) -> View:
    """DNS as a name server of one public zone says it; `zone` is moto's.

    Parameters
    ----------
    account : str
        Twelve digits.
    network : Network
        Its network as it is now.
    zone : moto.route53.models.FakeZone
        The zone.
    """
    own = InstanceNames(network=network, dns=_vpc_settings(account), pools=RANGES)
    rest = _judged(account, TOKYO)
    return View(zones=(_zone(zone),), own=_own(own), own_ttl_s=_own_ttl_s(""), recursive=False, **rest)


def vpc_of(network: Network, source: str) -> str:
    """The VPC whose resolver a source asks: an instance's or interface's, by id, name or address; empty outside."""
    found = interfaces_of(network, source) or _by_address(network, source)
    return network.vpc_of(found[0].subnet) if found else ""


def _judged(account: str, asker: Asker) -> dict[str, Any]:
    """What decides between records with a routing policy."""
    from aws14.emulator import health_checks, target_health  # they look at the data plane themselves
    from aws14.emulator.balancing import nodes

    def target_is_healthy(name: str) -> bool:
        return not nodes.is_domain(name) or target_health.is_load_balancer_healthy(name)

    return {
        "turn": _turn,
        "is_healthy": lambda check: health_checks.is_healthy(account, check),
        "target_is_healthy": target_is_healthy,
        "asker": asker,
    }


def _own(of_instances: InstanceNames) -> Callable[[str], tuple[str, ...] | None]:
    """All names that AWS gives: EC2's, and those of its fronts."""

    def addresses(name: str) -> tuple[str, ...] | None:
        found = of_instances(name)
        return found if found is not None else fronts.addresses(name, of_instances.vpc)

    return addresses


def _own_ttl_s(vpc: str) -> Callable[[str], int | None]:
    return lambda name: fronts.ttl_s(name, vpc)


def _vpc_settings(account: str) -> dict[str, Dns]:
    from moto.ec2.models import ec2_backends

    return {
        vpc.id: Dns(region=region, support=_on(vpc.enable_dns_support), hostnames=_on(vpc.enable_dns_hostnames))
        for region, backend in list(ec2_backends[account].items())
        for vpc in backend.vpcs.values()
    }


def _by_address(network: Network, source: str) -> tuple[Any, ...]:
    try:
        IPv4Address(source)
    except ValueError:
        return ()
    return tuple(each for each in network.interfaces if source in (each.private_ipv4, each.public_ipv4))


def _on(value: Any) -> bool:
    return str(value).lower() == "true"  # a truth value at first, the API's word once it was set


def _is_seen(zone: Zone, vpc: str, dns: dict[str, Dns]) -> bool:
    if not zone.private:
        return True
    return vpc in zone.vpcs and vpc in dns and dns[vpc].private_zones


def _zones(account: str) -> Iterator[Zone]:
    from moto.route53.models import route53_backends

    for backend in list(route53_backends[account].values()):
        for zone in backend.zones.values():
            yield _zone(zone)


def _zone(zone: Any) -> Zone:
    return Zone(
        id=zone.resource_id,
        name=plain(zone.name),
        private=bool(zone.private_zone),
        vpcs=tuple(vpc["vpc_id"] for vpc in zone.vpcs if "vpc_id" in vpc),
        records=tuple(_record(record) for record in zone.rrsets),
    )


def _record(record: Any) -> Record:
    return Record(
        name=plain(record.name),
        type=str(record.type),
        ttl_s=int(record.ttl or 0),
        values=tuple(_value(each) for each in record.records or ()),
        alias=plain((record.alias_target or {}).get("DNSName", "")),
        weight=None if record.weight is None else int(record.weight),
        set_id=str(record.set_identifier or ""),
        failover=str(record.failover or ""),
        region=str(record.region or ""),
        location=_location(record.geo_location),
        multivalue=_on(record.multi_value_answer),
        health_check=str(record.health_check_id or ""),
        evaluates_target=_on((record.alias_target or {}).get("EvaluateTargetHealth")),
    )


def _location(given: Any) -> Location | None:
    if not given:
        return None
    return Location(continent=given.get("ContinentCode") or "", country=given.get("CountryCode") or "")


def _value(value: Any) -> str:
    return str(value["Value"] if isinstance(value, dict) else value)  # CloudFormation leaves them as it got them


def _turn(key: str) -> int:
    asked: dict[str, int] = world().state.setdefault("dns", {})
    asked[key] = asked.get(key, 0) + 1
    return asked[key] - 1

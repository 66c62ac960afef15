"""Services of type LoadBalancer: a network load balancer with the pods as targets by address.

Source: AWS Load Balancer Controller (names, tags, target type ip), kubernetes/pkg/controller of services (events,
finalizer).
"""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from aws14.emulator.kubernetes.cluster_view import view
from aws14.emulator.kubernetes.controllers.pods import is_leaving, is_ready
from aws14.emulator.kubernetes.controllers.recording import record
from aws14.emulator.kubernetes.controllers.sight import Object, Sight
from aws14.emulator.kubernetes.exchange import Key, place_of
from aws14.emulator.kubernetes.services.names import behind, target_port

__all__ = ["WATCHES", "service_of", "sync"]

WATCHES = frozenset({"Service", "Pod"})
_FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
_SOURCE = "service-controller"
_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_INTERNAL = "service.beta.kubernetes.io/aws-load-balancer-internal"
_CLUSTER, _SERVICE = "elbv2.k8s.aws/cluster", "service.k8s.aws/stack"
_ARN = "aws14/cluster"
_AGAIN_S = 5.0


def service_of(balancer: Any) -> tuple[Key, str, str]:
    """The cluster, namespace and name of the service that a load balancer is for; empty where it is for none."""
    tags: dict[str, str] = balancer.tags
    namespace, _, name = tags.get(_SERVICE, "").partition("/")
    return tags.get(_ARN, ""), namespace, name


def sync(cluster: Sight) -> None:
    """Make, follow and delete the load balancers of services."""
    for service in cluster.all("Service"):
        wanted = service["spec"].get("type") == "LoadBalancer" and not is_leaving(service)
        has = _FINALIZER in (service["metadata"].get("finalizers") or ())
        if wanted:
            _ensure(cluster, service)
        elif has:
            _remove(cluster, service)


def _backend(cluster: Sight) -> Any:
    import moto.elbv2.models

    account, region, _ = place_of(cluster.key)
    return moto.elbv2.models.elbv2_backends[account][region]


def _name(cluster: Sight, service: Object) -> str:
    meta = service["metadata"]
    number = hashlib.sha256(f"{cluster.key}{meta['uid']}".encode()).hexdigest()[:10]
    return f"k8s-{meta['namespace'].replace('-', '')[:8]}-{meta['name'].replace('-', '')[:8]}-{number}"


def _found(cluster: Sight, service: Object) -> Any | None:
    name = _name(cluster, service)
    return next((each for each in _backend(cluster).load_balancers.values() if each.name == name), None)


def _ensure(cluster: Sight, service: Object) -> None:
    if "moto.ec2.models" not in sys.modules:
        return
    balancer = _found(cluster, service)
    if balancer is None:
        balancer = _make(cluster, service)
        if balancer is None:
            return
    for port in service["spec"].get("ports") or ():
        _listen(cluster, service, balancer, port)
    ingress = {"ingress": [{"hostname": balancer.dns_name}]}
    status = {**(service.get("status") or {}), "loadBalancer": ingress}
    if (service.get("status") or {}).get("loadBalancer") != ingress:
        cluster.say(service, status)
        record(cluster, service, "EnsuredLoadBalancer", "Ensured load balancer", source=_SOURCE)


def _make(cluster: Sight, service: Object) -> Any | None:
    record(cluster, service, "EnsuringLoadBalancer", "Ensuring load balancer", source=_SOURCE)
    notes = service["metadata"].get("annotations") or {}
    internal = notes.get(_SCHEME) == "internal" or notes.get(_INTERNAL) == "true"
    subnets = _subnets(cluster, internal=internal)
    if not subnets:
        why = "failed to ensure load balancer: could not find any suitable subnets for creating the ELB"
        record(
            cluster,
            service,
            "SyncLoadBalancerFailed",
            f"Error syncing load balancer: {why}",
            kind="Warning",
            source=_SOURCE,
        )
        cluster.wake("Service", cluster.now + _AGAIN_S)
        return None
    if _FINALIZER not in (service["metadata"].get("finalizers") or ()):
        cluster.change(service, lambda thing: _finalizers(thing, add=True))
    return _made(cluster, service, subnets, "internal" if internal else "internet-facing")


def _made(cluster: Sight, service: Object, subnets: list[str], scheme: str) -> Any:
    from aws14.emulator.balancing import nodes
    from aws14.emulator.durations import typical_s
    from aws14.emulator.world import world

    backend, name = _backend(cluster), _name(cluster, service)
    meta = service["metadata"]
    ec2 = backend.ec2_backend
    group = ec2.create_security_group(
        name, f"[k8s] Managed SecurityGroup for LoadBalancer {name}", view().vpc(cluster.key)
    )
    for port in service["spec"].get("ports") or ():
        number = int(port["port"])
        ec2.authorize_security_group_ingress(group.id, "tcp", number, number, [{"CidrIp": "0.0.0.0/0"}])
    balancer = backend.create_load_balancer(
        name=name, security_groups=[group.id], subnet_ids=subnets, scheme=scheme, loadbalancer_type="network"
    )
    # moto gives every load balancer the ARN of an application one.
    backend.load_balancers.pop(balancer.arn)
    balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    balancer.dns_name = f"{name}-{balancer.arn.rpartition('/')[2]}.elb.{backend.region_name}.amazonaws.com"
    backend.load_balancers[balancer.arn] = balancer
    tags = _tags(cluster, meta)
    balancer.tags.update({**tags, _ARN: cluster.key})  # moto shows those of its tagging service
    backend.tagging_service.tag_resource(balancer.arn, [{"Key": key, "Value": text} for key, text in tags.items()])
    ec2.create_tags([group.id], {_CLUSTER: tags[_CLUSTER], _SERVICE: tags[_SERVICE]})
    nodes.add_nodes(balancer)
    balancer.state = "provisioning"
    place = (backend.account_id, backend.region_name, balancer.arn)
    world().clock.after(typical_s("ELB load balancer provisioning to active"), "load_balancers.is_active", place)
    return balancer


def _tags(cluster: Sight, meta: Object) -> dict[str, str]:
    _, _, name = place_of(cluster.key)
    return {
        _CLUSTER: name,
        f"kubernetes.io/cluster/{name}": "owned",
        "kubernetes.io/service-name": f"{meta['namespace']}/{meta['name']}",
        _SERVICE: f"{meta['namespace']}/{meta['name']}",
    }


def _subnets(cluster: Sight, *, internal: bool) -> list[str]:
    """One subnet in each zone: those with the role's tag, else all public (private) ones of the VPC."""
    from aws14.emulator.clusters.fargate import is_public

    account, _, _ = place_of(cluster.key)
    ec2, vpc = _backend(cluster).ec2_backend, view().vpc(cluster.key)
    every = [each for zone in ec2.subnets.values() for each in zone.values() if each.vpc_id == vpc]
    role = "kubernetes.io/role/internal-elb" if internal else "kubernetes.io/role/elb"
    marked = [each for each in every if any(tag["key"] == role for tag in each.get_tags())]
    able = marked or [each for each in every if is_public(account, each.id) != internal]
    zones: dict[str, str] = {}
    for each in sorted(able, key=lambda one: one.id):
        zones.setdefault(each.availability_zone, each.id)
    return list(zones.values())


def _listen(cluster: Sight, service: Object, balancer: Any, port: Object) -> None:
    """A listener and its group of targets for a port; the ready pods are the targets."""
    backend = _backend(cluster)
    name = f"{_name(cluster, service)[:25]}-{int(port['port'])}"
    group = next((each for each in backend.target_groups.values() if each.name == name), None)
    pods = [pod for pod in behind(cluster, service) if target_port(pod, port) and is_ready(pod) and not is_leaving(pod)]
    if group is None:
        number = next((target_port(pod, port) for pod in pods), int(port["port"]))
        group = backend.create_target_group(
            name=name,
            protocol="TCP",
            port=number,
            vpc_id=view().vpc(cluster.key),
            target_type="ip",
            healthcheck_protocol="TCP",
            tags=[{"Key": key, "Value": text} for key, text in _tags(cluster, service["metadata"]).items()],
        )
        action = {"Type": "forward", "TargetGroupArn": group.arn}
        backend.create_listener(
            load_balancer_arn=balancer.arn,
            protocol="TCP",
            port=str(port["port"]),
            ssl_policy=None,
            certificate=None,
            actions=[action],
        )
    wanted = {pod["status"]["podIP"]: target_port(pod, port) for pod in pods}
    new = [{"Id": each, "Port": number} for each, number in wanted.items() if each not in group.targets]
    old = [{"Id": each, "Port": group.targets[each].get("Port")} for each in group.targets if each not in wanted]
    if new:
        backend.register_targets(group.arn, new)
    if old:
        backend.deregister_targets(group.arn, old)


def _remove(cluster: Sight, service: Object) -> None:
    balancer = _found(cluster, service) if "moto.elbv2.models" in sys.modules else None
    if balancer is not None:
        _delete(_backend(cluster), balancer)
        record(cluster, service, "DeletedLoadBalancer", "Deleted load balancer", source=_SOURCE)
    if not is_leaving(service):
        cluster.say(service, {**(service.get("status") or {}), "loadBalancer": {}})
    cluster.change(service, lambda thing: _finalizers(thing, add=False))


def _delete(backend: Any, balancer: Any) -> None:
    stem, groups = balancer.name[:25], list(balancer.security_groups)
    backend.delete_load_balancer(balancer.arn)
    for arn in [each.arn for each in backend.target_groups.values() if each.name.startswith(f"{stem}-")]:
        backend.delete_target_group(arn)
    for group in groups:
        backend.ec2_backend.delete_security_group(group_id=group)


def _finalizers(thing: Object, *, add: bool) -> None:
    kept = [each for each in thing["metadata"].get("finalizers") or () if each != _FINALIZER]
    thing["metadata"]["finalizers"] = [*kept, _FINALIZER] if add else kept
    if not thing["metadata"]["finalizers"]:
        del thing["metadata"]["finalizers"]

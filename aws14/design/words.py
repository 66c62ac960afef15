"""Words: what a node, a container and a link are called in a drawing, in its description and in findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from aws14.model import Link, Node, Topology

KIND: Mapping[str, str] = {
    "internet": "Internet",
    "office": "office network",
    "region": "Region",
    "vpc": "VPC",
    "az": "AZ",
    "subnet": "subnet",
    "internet_gateway": "Internet gateway",
    "nat_gateway": "NAT gateway",
    "instance": "EC2 instance",
    "elastic_ip": "unused Elastic IP",
    "volume": "EBS volume",
    "snapshot": "snapshot",
    "image": "AMI",
    "peering": "peering",
    "load_balancer": "load balancer",
    "target_group": "target group",
    "autoscaling_group": "Auto Scaling group",
    "scaling_policy": "scaling policy",
    "scheduled_action": "scheduled action",
    "alarm": "alarm",
    "log_group": "log group",
    "db_instance": "RDS database",
    "db_snapshot": "database snapshot",
    "bucket": "S3 bucket",
    "distribution": "CloudFront distribution",
    "certificate": "certificate",
    "function": "Lambda function",
    "api": "API Gateway",
    "table": "DynamoDB table",
    "queue": "SQS queue",
    "topic": "SNS topic",
    "rule": "EventBridge rule",
    "state_machine": "state machine",
    "db_proxy": "database proxy",
    "cluster": "EKS cluster",
    "node_group": "node group",
    "fargate_profile": "Fargate profile",
    "repository": "image repository",
    "workload": "workload",
    "pod_service": "Kubernetes service",
    "pod_autoscaler": "pod autoscaler",
    "backup_vault": "backup vault",
    "backup_plan": "backup plan",
    "dlm_policy": "snapshot policy",
    "file_system": "EFS file system",
    "mount_target": "mount target",
    "access_point": "access point",
    "windows_share": "FSx file system",
    "directory": "directory",
    "storage_gateway": "Storage Gateway",
    "datasync_task": "DataSync task",
    "key": "KMS key",
    "health_check": "health check",
    "hosted_zone": "hosted zone",
    "dns_record": "DNS record",
}
"""Kind of node -> what people call it."""

INVOKE = "invoke"
"""Label of an *allows* link that a function's resource policy states."""

NAMED_BY_AWS = frozenset({"internet", "region", "az", "hosted_zone", "dns_record"})
"""Kinds whose id is a name of the world, not a label: another id is another thing."""

NAMED_BY_PEOPLE = frozenset({"alarm", "log_group", "bucket", "db_instance", "db_snapshot"})
"""Kinds whose AWS id is the name that somebody gave them."""

ATTRIBUTE: Mapping[str, str] = {
    "auto_public_ipv4": "automatic public addresses",
    "cidr": "address range",
    "cpu_credits": "CPU credit option",
    "gib": "size in GiB",
    "has_user_data": "user data",
    "instance_type": "instance type",
    "key_name": "key pair",
    "private_ipv4": "private address",
    "public_ipv4": "public address",
    "public_ipv4_kind": "kind of public address",
    "root_gib": "size of the root volume in GiB",
    "root_volume_type": "type of the root volume",
    "security_groups": "security groups",
    "ttl_s": "TTL in seconds",
    "volume_type": "volume type",
}
"""Attribute -> what people call it; an attribute that is not here is its own word."""


def called(node: Node) -> str:
    """A node in a sentence: ``subnet 'public-a'``."""
    return f"{KIND[node.kind]} '{node.id}'"


def named(node: Node) -> str:
    """The title of a node; what it is, when it has no name but the id AWS gave it."""
    if node.aws_id and node.title == node.aws_id and node.kind not in NAMED_BY_AWS | NAMED_BY_PEOPLE:
        return f"{KIND[node.kind][0].upper()}{KIND[node.kind][1:]}"
    return node.title


def reach(topology: Topology, subnet: Node) -> str:
    """``Public`` for a subnet that routes to an Internet gateway, else ``Private``; empty where none is drawn."""
    gateways = {node.id for node in topology.of_kind("internet_gateway")}
    if not gateways:
        return ""
    routed = any(link.target in gateways for link in topology.links_of("routes", source=subnet.id))
    return "Public" if routed else "Private"


def box_title(topology: Topology, node: Node) -> tuple[str, str]:
    """The heading of a container's box: its name, and its address range."""
    kind = KIND[node.kind]
    side = reach(topology, node) if node.kind == "subnet" else ""
    name = "" if named(node).lower() in (node.kind, kind.lower()) else named(node)
    if kind.lower() in name.lower():
        heading = f"{name} ({side.lower()})" if side else name
    else:
        heading = f"{side} {kind} {name}".strip()
        heading = heading[0].upper() + heading[1:]
    return heading, str(node.attributes.get("cidr", ""))


def facts(node: Node) -> tuple[str, ...]:
    """The one or two facts about a node that its drawing shows below the title."""
    rows = [KIND[node.kind] if node.kind not in _SPEAKS else "", *_SPEAKS.get(node.kind, _nothing)(node)]
    if node.count > 1:
        rows.append(f"{node.count} alike")
    return tuple(row for row in rows if row and row.lower() != named(node).lower())


def merged(labels: Iterable[str]) -> str:
    """Several labels in one: ``tcp/80`` and ``tcp/443`` become ``tcp/80, 443``."""
    groups: dict[str, list[str]] = {}
    for label in labels:
        head, slash, tail = label.partition("/")
        is_port = bool(slash) and head in ("tcp", "udp")
        groups.setdefault(f"{head}/" if is_port else "", []).append(tail if is_port else label)
    methods = [tail for tail in groups.get("", ()) if tail.split(" ")[0] in _VERBS]
    if len(methods) > 1:
        groups[""] = [*(tail for tail in groups[""] if tail not in methods), f"{len(methods)} methods"]
    return ", ".join(head + ", ".join(sorted(set(tails), key=_numeric)) for head, tails in groups.items())


def sentence(link: Link, source: str, target: str) -> str:
    """A link as a sentence without its full stop."""
    label = link.label or "everything"
    if link.kind == "routes":
        return f"{source} routes {label} to {target}"
    if link.kind == "allows" and link.label == INVOKE:
        return f"{source} may invoke {target}"
    if link.kind == "allows":
        return f"{source} may reach {target} on {label}"
    return f"{source} uses {target}" + (f" ({link.label})" if link.label not in ("", link.target) else "")


_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY")


def _numeric(text: str) -> tuple[int, str]:
    return (int(text) if text.isdigit() else 0, text)


def _nothing(node: Node) -> tuple[str, ...]:
    return (str(node.attributes.get("public_ipv4", "")),)


def _instance(node: Node) -> tuple[str, ...]:
    attributes = node.attributes
    kind = attributes.get("public_ipv4_kind", "none")
    public = str(attributes.get("public_ipv4", ""))
    word = {"elastic": "Elastic IP", "public": "public IP"}.get(str(kind), "")
    state = attributes.get("state", "running")
    machine = f"EC2 {attributes.get('instance_type', '')}".rstrip()
    return (
        machine if state == "running" else f"{machine}, {state}",
        f"{word} {public}".strip(),
        str(attributes.get("private_ipv4", "")),
    )


def _record(node: Node) -> tuple[str, ...]:
    ttl = node.attributes.get("ttl_s")
    return (f"{node.attributes.get('type', 'DNS')} record" + (f", TTL {ttl} s" if ttl is not None else ""),)


def _volume(node: Node) -> tuple[str, ...]:
    return (f"{node.attributes.get('gib', '?')} GiB {node.attributes.get('volume_type', '')}".rstrip(),)


def _joined(node: Node, what: str, form: str, *needed: str) -> str:
    """What a node is, with some of its attributes where all of them are stated."""
    stated = all(node.attributes.get(name) for name in needed)
    return f"{what}, {form.format_map(node.attributes)}" if stated else what


def _group(node: Node) -> tuple[str, ...]:
    return (
        _joined(node, "Auto Scaling group", "{min_size} to {max_size}", "min_size", "max_size"),
        f"EC2 {node.attributes.get('instance_type', '')}".rstrip(),
    )


def _database(node: Node) -> tuple[str, ...]:
    engine = f"RDS {node.attributes.get('engine', '')}".rstrip()
    return (engine + (", Multi-AZ" if node.attributes.get("multi_az") else ""),)


def _methods(node: Node) -> tuple[str, ...]:
    """``REST API``, then each path with its methods."""
    verbs: dict[str, list[str]] = {}
    given = node.attributes.get("methods", ())
    for method in given if isinstance(given, tuple) else ():
        verb, path, *_ = method.split(" ")
        verbs.setdefault(path, []).append(verb)
    ways = [f"{', '.join(each)} {path}" for path, each in verbs.items()]
    more = [f"and {len(ways) - _WAYS} more"] if len(ways) > _WAYS + 1 else ways[_WAYS:]
    return (_joined(node, "API Gateway", "{protocol}", "protocol"), *ways[:_WAYS], *more)


def _function(node: Node) -> tuple[str, ...]:
    return (_joined(node, "Lambda", "{memory_mib} MiB", "memory_mib"),)


def _nodes(node: Node) -> tuple[str, ...]:
    return (
        _joined(node, "node group", "{min_size} to {max_size}", "min_size", "max_size"),
        f"EC2 {node.attributes.get('instance_type', '')}".rstrip(),
    )


def _workload(node: Node) -> tuple[str, ...]:
    return (str(node.attributes.get("workload_kind", "workload")),)


def _service(node: Node) -> tuple[str, ...]:
    return (_joined(node, "Kubernetes service", "{service_type}", "service_type"),)


def _autoscaler(node: Node) -> tuple[str, ...]:
    least, most = (node.attributes.get(each) for each in ("min_replicas", "max_replicas"))
    return (f"{least} to {most} pods" if least and most else "pod autoscaler",)


_WAYS = 3
"""Paths of an API that its drawing lists."""

_SPEAKS: Mapping[str, Callable[[Node], tuple[str, ...]]] = {
    "internet": lambda _: ("the Internet",),
    "distribution": lambda node: ("distribution" if node.title == "CloudFront" else KIND["distribution"],),
    "office": lambda node: (str(node.attributes.get("cidr", "")),),
    "instance": _instance,
    "dns_record": _record,
    "volume": _volume,
    "hosted_zone": lambda node: ("private hosted zone" if node.attributes.get("private") else "hosted zone",),
    "load_balancer": lambda node: (f"{node.attributes.get('scheme', '')} load balancer".strip(),),
    "target_group": lambda node: (_joined(node, "target group", "{protocol}:{port}", "protocol", "port"),),
    "autoscaling_group": _group,
    "scaling_policy": lambda node: (_joined(node, "scaling policy", "target {target:g}", "target"),),
    "db_instance": _database,
    "api": _methods,
    "function": _function,
    "node_group": _nodes,
    "workload": _workload,
    "pod_service": _service,
    "pod_autoscaler": _autoscaler,
}

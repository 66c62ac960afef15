"""Saying: a difference in the words of a learner, with what to look at next."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws14.design.difference import Category, Difference
from aws14.design.words import ATTRIBUTE, INVOKE, KIND, called, sentence
from aws14.model import Finding, Link, Node, Topology

_BUILD_HINT: Mapping[str, str] = {
    "office": "a security group rule names it: its CIDR is the source, its name the rule's Description",
    "region": "is the client made for this region?",
    "az": "it appears when a subnet stands in it: pass AvailabilityZone to create_subnet",
    "internet_gateway": "create it, then attach it to the VPC; an unattached one serves nobody",
    "mount_target": "create_mount_target of its file system in that subnet: it is called after both",
    "nat_gateway": "create it in a public subnet with an Elastic IP, and wait until it is available",
    "hosted_zone": "create_hosted_zone with this name",
    "dns_record": "change_resource_record_sets with an UPSERT of this name",
    "function": "create_function with this FunctionName: that is how it is known",
    "api": "create the API with this name: that is how it is known",
    "distribution": "create_distribution with this name as its Comment: that is how it is known",
    "cluster": "create_cluster with this name",
    "node_group": "create_nodegroup with this nodegroupName",
    "fargate_profile": "create_fargate_profile with this fargateProfileName",
    "queue": "create_queue with this QueueName",
    "state_machine": "create_state_machine with this name",
    "rule": "put_rule with this Name",
    "workload": "create it in the cluster with this name in its metadata",
    "pod_service": "create it in the cluster with this name in its metadata",
    "pod_autoscaler": "create it in the cluster with this name in its metadata",
}

_NAMED_ONCE = frozenset({"function", "api", "distribution", "cluster", "queue", "state_machine", "rule"})
"""Kinds of which no tag says which one is meant."""

_MISSING_LINK_HINT: Mapping[str, str] = {
    "routes": "without this route nothing finds its way there; is the route table associated with the subnet?",
    "allows": "a security group lets in only what a rule names: look at its inbound rules, source and port",
    "uses": "declare what it uses with the tag aws14:uses",
}

_EXTRA_LINK_HINT: Mapping[str, str] = {
    "routes": "remove the route, or draw it if it is meant",
    "allows": "every open door is one that somebody may try: revoke the rule, or draw it if it is meant",
}


def finding_of(difference: Difference, drawn: Topology, built: Topology) -> Finding:
    """One difference as a finding; `subjects` are the ids to mark, by the side that has them."""
    return _SAY[difference.category](difference, drawn, built)


def _missing(difference: Difference, drawn: Topology, built: Topology) -> Finding:
    node = _there(difference.drawn)
    same_name = f"; the {KIND[built.node(node.id).kind]} of this name is something else" if node.id in built else ""
    return _finding(
        difference,
        name=f"{called(node)} is drawn but not built",
        detail=f"nothing of this name, nor anything that could be it{_in(node, drawn)}{same_name}",
        hint=_BUILD_HINT.get(node.kind, f"build it and give it the Name tag '{node.id}': that is how it is known"),
        subjects=(node.id,),
    )


def _extra(difference: Difference, _: Topology, built: Topology) -> Finding:
    node = _there(difference.built)
    identity = f" ({node.aws_id})" if node.aws_id and node.aws_id != node.id else ""
    return _finding(
        difference,
        name=f"{called(node)} is built but not drawn",
        detail=f"it stands{_in(node, built)}{identity}",
        hint="delete it if it is left over: it may cost money; or draw it if it is meant",
        subjects=(node.id,),
    )


def _misplaced(difference: Difference, drawn: Topology, built: Topology) -> Finding:
    left, right = _there(difference.drawn), _there(difference.built)
    return _finding(
        difference,
        name=f"{called(left)} stands in another place than drawn",
        detail=f"built{_in(right, built)}, drawn{_in(left, drawn)}",
        hint="a place is chosen when a part is created: delete it and create it where it is drawn",
        subjects=_ids(difference),
    )


def _misconnected(difference: Difference, drawn: Topology, built: Topology) -> Finding:
    assert difference.link is not None
    link, side = difference.link, drawn if difference.of_drawing else built
    told = sentence(link, f"'{link.source}'", f"'{link.target}'")
    missing = difference.of_drawing
    return _finding(
        difference,
        name=f"{told}: drawn but not built" if missing else f"{told}: built but not drawn",
        detail=_consequence(link, side) if missing else "",
        hint=_link_hint(link, missing=missing),
        subjects=(link.source, link.target),
    )


def _link_hint(link: Link, *, missing: bool) -> str:
    if link.label == INVOKE and missing:
        return "add_permission with Principal apigateway.amazonaws.com and a SourceArn that fits this API's methods"
    if link.label == INVOKE:
        return "remove_permission takes a statement away by its StatementId"
    return (_MISSING_LINK_HINT if missing else _EXTRA_LINK_HINT)[link.kind]


def _different(difference: Difference, *_: Topology) -> Finding:
    left = _there(difference.drawn)
    return _finding(
        difference,
        name=f"{called(left)} has other values than the drawing states",
        detail="; ".join(
            f"{ATTRIBUTE.get(name, name)} is {_value(built)}, drawn {_value(drawn)}"
            for name, drawn, built in difference.values
        ),
        hint="change what is built, or the drawing, until both say the same",
        subjects=_ids(difference),
    )


def _ambiguous(difference: Difference, drawn: Topology, _: Topology) -> Finding:
    node = _there(difference.drawn)
    return _finding(
        difference,
        name=f"it is not clear which built part is the {called(node)}",
        detail=f"it could be {' or '.join(difference.candidates)}: same kind, same place{_in(node, drawn)}",
        hint=_BUILD_HINT[node.kind] if node.kind in _NAMED_ONCE else f"give the right one the Name tag '{node.id}'",
        subjects=(node.id, *difference.candidates),
    )


_SAY: Mapping[Category, Callable[[Difference, Topology, Topology], Finding]] = {
    "missing": _missing,
    "extra": _extra,
    "misplaced": _misplaced,
    "misconnected": _misconnected,
    "different": _different,
    "ambiguous": _ambiguous,
}


def _finding(difference: Difference, *, name: str, detail: str, hint: str, subjects: tuple[str, ...]) -> Finding:
    return Finding(
        name=name[0].upper() + name[1:] if name[0].islower() else name,
        status="not_yet",
        detail=detail,
        hint=hint,
        category=difference.category,
        subjects=subjects,
    )


def _consequence(link: Link, side: Topology) -> str:
    target = side.node(link.target).kind
    if link.kind == "routes" and target == "nat_gateway":
        return f"what stands in '{link.source}' cannot fetch packages from the Internet"
    if link.kind == "routes" and target == "internet_gateway":
        return f"what stands in '{link.source}' is cut off from the Internet"
    if link.kind == "routes" and side.node(link.source).kind == "dns_record":
        return f"'{link.source}' does not lead to '{link.target}'"
    return f"requests from '{link.source}' do not arrive" if link.kind == "allows" else ""


def _in(node: Node, topology: Topology) -> str:
    return f" in {called(topology.node(node.parent))}" if node.parent else ""


def _ids(difference: Difference) -> tuple[str, ...]:
    names = [node.id for node in (difference.drawn, difference.built) if node is not None]
    return tuple(dict.fromkeys(names))


def _there(node: Node | None) -> Node:
    assert node is not None
    return node


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return repr(value) if value == "" else str(value)

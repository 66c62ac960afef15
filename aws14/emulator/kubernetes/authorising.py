"""Who may do what: groups, the access policies of EKS, and the roles that are bound in the cluster.

Source: "Review access policy permissions" of the EKS User Guide; ``k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.exchange import Grant, User
from aws14.emulator.kubernetes.failure import forbidden
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.targets import Target

__all__ = ["Wish", "check", "is_allowed", "wish_of"]

_READS = frozenset({"get", "list", "watch"})
_RBAC = "rbac.authorization.k8s.io"
_MASTERS = "system:masters"
_ALL, _SEES_ALL = "AmazonEKSClusterAdminPolicy", "AmazonEKSAdminViewPolicy"
_NOT_EDITED = frozenset({"namespaces", "resourcequotas", "limitranges"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do.

    Parameters
    ----------
    verb : str
        ``get``, ``list``, ``watch``, ``create``, ``update``, ``patch``, ``delete``, ``deletecollection``.
    group, resource : str
        ``apps``, ``deployments`` or ``pods/log``.
    namespace, name : str
        Empty: the whole cluster, all of them.
    namespaced : bool
        Whether such objects live in namespaces.
    """

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""
    namespaced: bool = True


def wish_of(verb: str, target: Target) -> Wish:
    """Return what a request wants to do."""
    resource = target.kind.plural + (f"/{target.subresource}" if target.subresource else "")
    group = target.kind.group
    namespace = target.name if target.kind.name == "Namespace" else target.namespace
    return Wish(verb, group, resource, namespace, target.name, target.kind.namespaced)


def check(cluster: Cluster, user: User, verb: str, target: Target) -> None:
    """Refuse what a user may not do.

    Raises
    ------
    ApiError
        403, in the words of the server.
    """
    wish = wish_of(verb, target)
    if is_allowed(cluster, user, wish):
        return
    where = f'in the namespace "{wish.namespace}"' if wish.namespace else "at the cluster scope"
    why = f'User "{user.name}" cannot {verb} resource "{wish.resource}" in API group "{wish.group}" {where}'
    raise forbidden(target.kind, target.name, why)


def is_allowed(cluster: Cluster, user: User, wish: Wish) -> bool:
    """Say whether a user may do something."""
    if _MASTERS in user.groups or any(_grants(grant, wish) for grant in user.grants):
        return True
    return any(_rule_allows(rule, wish) for rule in _rules_of(cluster, user, wish.namespace))


def _grants(grant: Grant, wish: Wish) -> bool:
    if grant.namespaces and not any(_is_like(wish.namespace, one) for one in grant.namespaces):
        return False
    reads = wish.verb in _READS
    if grant.policy in (_ALL, _SEES_ALL):
        return reads or grant.policy == _ALL
    if not wish.namespaced and not (wish.resource == "namespaces" and reads):
        return False
    return _in_namespace(grant.policy, wish, reads=reads)


def _in_namespace(policy: str, wish: Wish, *, reads: bool) -> bool:
    rbac = wish.group == _RBAC
    if policy == "AmazonEKSViewPolicy":
        return reads and wish.resource != "secrets" and not rbac
    may_edit = reads or wish.resource.partition("/")[0] not in _NOT_EDITED
    return may_edit and (policy == "AmazonEKSAdminPolicy" or (policy == "AmazonEKSEditPolicy" and not rbac))


def _is_like(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _rules_of(cluster: Cluster, user: User, namespace: str) -> Iterator[dict[str, Any]]:
    """Return the rules of the roles that are bound to a user, for the whole cluster and for a namespace."""
    bindings = [*cluster.storage.all_of("ClusterRoleBinding")]
    bindings += [one for one in cluster.storage.all_of("RoleBinding") if one["metadata"]["namespace"] == namespace]
    for binding in bindings:
        if any(_is_subject(one, user) for one in binding.get("subjects") or ()):
            yield from _role(cluster, binding).get("rules") or ()


def _role(cluster: Cluster, binding: Object) -> Object:
    reference = binding.get("roleRef") or {}
    kind = str(reference.get("kind", ""))
    place = binding["metadata"].get("namespace", "") if kind == "Role" else "", str(reference.get("name", ""))
    return cluster.storage.read(kind, place) or {}


def _is_subject(subject: dict[str, Any], user: User) -> bool:
    name = subject.get("name")
    if subject.get("kind") == "ServiceAccount":
        return user.name == f"system:serviceaccount:{subject.get('namespace')}:{name}"
    return name == user.name if subject.get("kind") == "User" else name in user.groups


def _rule_allows(rule: dict[str, Any], wish: Wish) -> bool:
    named = rule.get("resourceNames")
    return (
        _has(rule.get("verbs"), wish.verb)
        and _has(rule.get("apiGroups"), wish.group)
        and _has(rule.get("resources"), wish.resource)
        and (not named or wish.name in named)
    )


def _has(said: list[str] | None, wanted: str) -> bool:
    return "*" in (said or ()) or wanted in (said or ())

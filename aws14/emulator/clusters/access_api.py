"""Operations on access entries, access policies and pod identities. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.eks.models import EKSBackend
from moto.moto_api._internal import mock_random

from aws14.emulator.clusters.access import CONFIG_MAP, POLICIES, associate, enter, policy_arn, policy_name, principal_of
from aws14.emulator.clusters.making import check_role, role_of
from aws14.emulator.clusters.records import Association, Entry, life_of, moment
from aws14.emulator.clusters.refusals import in_use, invalid, known_cluster, not_active, refuse, unknown

__all__ = ["Access"]

_TYPES = ("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX")


class Access(BaseResponse):
    """Who may ask, and what pods may."""

    eks_backend: EKSBackend

    def _cluster(self) -> Any:
        return known_cluster(self.eks_backend, self._get_param("name"))

    def _entries(self) -> dict[str, Entry]:
        cluster = self._cluster()
        if life_of(cluster).mode == CONFIG_MAP:
            text = (
                "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this "
                "operation."
            )
            refuse("InvalidRequestException", text, clusterName=cluster.name)
        return life_of(cluster).entries

    def _entry(self) -> Entry:
        principal = self._get_param("principalArn")
        found = self._entries().get(principal)
        if found is None:
            unknown(f"The specified principalArn could not be found. You can view your available access entries with "
                    f"'list-access-entries'. ({principal})")  # fmt: skip
        return found

    def create_access_entry(self) -> ActionResult:
        """Let a role or a user in."""
        principal, entries = self._get_param("principalArn"), self._entries()
        kind = self._get_param("type") or "STANDARD"
        if principal in entries:
            in_use("The specified access entry resource is already in use on this cluster.")
        if kind not in _TYPES:
            invalid(f"Unsupported access entry type {kind}")
        if ":role/" in principal and role_of(self.current_account, principal) is None:
            invalid(f"The specified principalArn is invalid: invalid principal. ({principal})")
        if principal_of(principal) != principal:
            invalid(f"The specified principalArn is invalid: a session is no principal; its role is. ({principal})")
        groups = self._get_param("kubernetesGroups") or []
        if any(each.startswith("system:") for each in groups):
            invalid(f"The kubernetes group name {groups[0]} is invalid, it cannot start with system:")
        made = enter(self._cluster(), principal, kind=kind, groups=groups, username=self._get_param("username") or "")
        made.tags = self._get_param("tags") or {}
        return ActionResult({"accessEntry": made})

    def describe_access_entry(self) -> ActionResult:
        """Show an entry."""
        return ActionResult({"accessEntry": self._entry()})

    def list_access_entries(self) -> ActionResult:
        """List principals, those with a policy if asked for."""
        wanted = self._get_param("associatedPolicyArn")
        found = [arn for arn, each in self._entries().items() if not wanted or wanted in each.policies]
        return ActionResult({"accessEntries": sorted(found)})

    def update_access_entry(self) -> ActionResult:
        """Change the groups or the name of an entry."""
        entry = self._entry()
        groups, username = self._get_param("kubernetesGroups"), self._get_param("username")
        if groups is not None:
            entry.kubernetes_groups = list(groups)
        entry.username, entry.modified_at = username or entry.username, moment()
        return ActionResult({"accessEntry": entry})

    def delete_access_entry(self) -> ActionResult:
        """Let somebody in no more."""
        del self._entries()[self._entry().principal_arn]
        return ActionResult({})

    def associate_access_policy(self) -> ActionResult:
        """Allow an entry what a policy allows."""
        entry, arn, scope = self._entry(), self._get_param("policyArn"), self._get_param("accessScope") or {}
        if not policy_name(arn):
            invalid(f"The policyArn parameter format is not valid or the policy does not exist: {arn}")
        kind = scope.get("type")
        if kind not in ("cluster", "namespace") or (kind == "namespace") != bool(scope.get("namespaces")):
            invalid("The access scope is of type cluster, or of type namespace with at least one namespace.")
        made = associate(entry, arn, scope)
        told = {"clusterName": entry.cluster_name, "principalArn": entry.principal_arn}
        return ActionResult({**told, "associatedAccessPolicy": made})

    def disassociate_access_policy(self) -> ActionResult:
        """Take a policy away."""
        entry, arn = self._entry(), self._get_param("policyArn")
        if entry.policies.pop(arn, None) is None:
            unknown(f"The access policy {arn} is not associated with {entry.principal_arn}")
        return ActionResult({})

    def list_associated_access_policies(self) -> ActionResult:
        """List the policies of an entry."""
        entry = self._entry()
        told = {"clusterName": entry.cluster_name, "principalArn": entry.principal_arn}
        return ActionResult({**told, "associatedAccessPolicies": list(entry.policies.values())})

    def list_access_policies(self) -> ActionResult:
        """List what policies there are."""
        return ActionResult({"accessPolicies": [{"name": name, "arn": policy_arn(name)} for name in POLICIES]})

    def create_pod_identity_association(self) -> ActionResult:
        """Give the pods of a service account a role."""
        cluster, role = self._cluster(), self._get_param("roleArn")
        not_active(cluster)
        check_role(self.current_account, role, "pods.eks.amazonaws.com")
        namespace, account = self._get_param("namespace"), self._get_param("serviceAccount")
        held = life_of(cluster).associations
        if any((each.namespace, each.service_account) == (namespace, account) for each in held.values()):
            in_use(f"Association already exists: {namespace}/{account}", clusterName=cluster.name)
        key = f"a-{mock_random.get_random_string(length=17, lower_case=True)}"
        arn = f"{cluster.arn.replace(':cluster/', ':podidentityassociation/')}/{key}"
        tags = self._get_param("tags") or {}
        made = Association(cluster.name, namespace, account, role, arn, key, moment(), moment(), tags)
        held[key] = made
        return ActionResult({"association": made})

    def _association(self) -> Association:
        cluster, key = self._cluster(), self._get_param("associationId")
        found = life_of(cluster).associations.get(key)
        if found is None:
            unknown(f"Association {key} is not found", clusterName=cluster.name)
        return found

    def describe_pod_identity_association(self) -> ActionResult:
        """Show an association."""
        return ActionResult({"association": self._association()})

    def list_pod_identity_associations(self) -> ActionResult:
        """List associations, of a namespace or a service account if asked for."""
        wanted = self._get_param("namespace"), self._get_param("serviceAccount")
        found = [
            each
            for each in life_of(self._cluster()).associations.values()
            if wanted[0] in (None, each.namespace) and wanted[1] in (None, each.service_account)
        ]
        return ActionResult({"associations": found})

    def delete_pod_identity_association(self) -> ActionResult:
        """Take the role away."""
        found = self._association()
        del life_of(self._cluster()).associations[found.association_id]
        return ActionResult({"association": found})

"""Operations on add-ons, which moto lacks. Importing this imports moto."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.eks.models import EKSBackend

from aws14.catalog import eks_add_ons
from aws14.emulator.clusters import add_ons, updates
from aws14.emulator.clusters.records import AddOn, life_of, moment
from aws14.emulator.clusters.refusals import in_use, invalid, known_cluster, not_active, unknown
from aws14.emulator.durations import typical_s

__all__ = ["AddOns"]


class AddOns(BaseResponse):
    """What runs in a cluster for AWS."""

    eks_backend: EKSBackend

    def _cluster(self) -> Any:
        return known_cluster(self.eks_backend, self._get_param("name"))

    def _add_on(self) -> AddOn:
        cluster, name = self._cluster(), self._get_param("addonName")
        found = life_of(cluster).add_ons.get(name)
        if found is None:
            unknown(f"No addon: {name} found in cluster: {cluster.name}", clusterName=cluster.name, addonName=name)
        return found

    def create_addon(self) -> ActionResult:
        """Make an add-on."""
        cluster, name, version = self._cluster(), self._get_param("addonName"), self._get_param("addonVersion") or ""
        if name not in eks_add_ons():
            invalid(f"Addon {name} specified is not supported", clusterName=cluster.name, addonName=name)
        not_active(cluster)
        if name in life_of(cluster).add_ons:
            in_use("Addon already exists.", clusterName=cluster.name, addonName=name)
        if version and cluster.version not in add_ons.versions(name).get(version, ()):
            text = f"Addon version specified is not supported: {version}"
            invalid(text, clusterName=cluster.name, addonName=name)
        role = self._get_param("serviceAccountRoleArn")
        made = add_ons.begin(cluster, name, version=version, role=role, values=self._get_param("configurationValues"))
        made.tags = self._get_param("tags") or {}
        return ActionResult({"addon": made})

    def describe_addon(self) -> ActionResult:
        """Show an add-on."""
        return ActionResult({"addon": self._add_on()})

    def list_addons(self) -> ActionResult:
        """List the names of add-ons."""
        return ActionResult({"addons": sorted(life_of(self._cluster()).add_ons)})

    def update_addon(self) -> ActionResult:
        """Change the version or the configuration of an add-on."""
        cluster, found, told = self._cluster(), self._add_on(), {}
        wanted = (("addonVersion", "addon_version"), ("serviceAccountRoleArn", "service_account_role_arn"),
                  ("configurationValues", "configuration_values"))  # fmt: skip
        for given, name in wanted:
            if value := self._get_param(given):
                setattr(found, name, value)
                told[given[:1].upper() + given[1:]] = value
        found.modified_at = moment()
        made = updates.begin(cluster, "AddonUpdate", told, takes_s=typical_s("EKS add-on creating"))
        return ActionResult({"update": made})

    def delete_addon(self) -> ActionResult:
        """Delete an add-on."""
        cluster, found = self._cluster(), self._add_on()
        add_ons.begin_deleting(cluster, found)
        return ActionResult({"addon": found})

    def describe_addon_versions(self) -> ActionResult:
        """List add-ons and their versions."""
        wanted, kubernetes = self._get_param("addonName"), self._get_param("kubernetesVersion")
        found = [_listed(name, kubernetes) for name in eks_add_ons() if wanted in (None, name)]
        return ActionResult({"addons": found})


def _listed(name: str, kubernetes: str | None) -> dict[str, Any]:
    found = [
        {
            "addonVersion": version,
            "architecture": ["amd64", "arm64"],
            "computeTypes": ["ec2", "auto", "hybrid"],
            "compatibilities": [
                {"clusterVersion": each, "platformVersions": ["*"], "defaultVersion": True} for each in fits
            ],
            "requiresConfiguration": False,
            "requiresIamPermissions": False,
        }
        for version, fits in add_ons.versions(name).items()
        if kubernetes is None or kubernetes in fits
    ]
    return {
        "addonName": name,
        "type": eks_add_ons()[name].category,
        "publisher": "eks",
        "owner": "aws",
        "addonVersions": found,
    }

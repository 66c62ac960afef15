"""Icons: which picture of the package diagrams stands for which kind of node."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

SIDE_PX = 96
"""Side of an embedded icon: twice the size it is shown at, so that it is crisp on dense screens."""

ICONS: Mapping[str, str] = {
    "internet": "aws.general.Users",
    "office": "aws.general.OfficeBuilding",
    "internet_gateway": "aws.network.InternetGateway",
    "nat_gateway": "aws.network.NATGateway",
    "instance": "aws.compute.EC2Instance",
    "elastic_ip": "aws.compute.EC2ElasticIpAddress",
    "volume": "aws.storage.ElasticBlockStoreEBSVolume",
    "hosted_zone": "aws.network.Route53HostedZone",
    "dns_record": "aws.network.Route53",
    "health_check": "aws.management.TrustedAdvisorChecklistFaultTolerant",
    "snapshot": "aws.storage.ElasticBlockStoreEBSSnapshot",
    "image": "aws.compute.EC2Ami",
    "peering": "aws.network.VPCPeering",
    "load_balancer": "aws.network.ElbApplicationLoadBalancer",
    "target_group": "aws.network.ElasticLoadBalancing",
    "autoscaling_group": "aws.compute.EC2AutoScaling",
    "scaling_policy": "aws.compute.ApplicationAutoScaling",
    "scheduled_action": "aws.management.CloudwatchEventTimeBased",
    "alarm": "aws.management.CloudwatchAlarm",
    "log_group": "aws.management.CloudwatchLogs",
    "db_instance": "aws.database.RDSInstance",
    "db_snapshot": "aws.database.RDS",
    "bucket": "aws.storage.SimpleStorageServiceS3Bucket",
    "distribution": "aws.network.CloudFront",
    "certificate": "aws.security.CertificateManager",
    "function": "aws.compute.Lambda",
    "api": "aws.network.APIGateway",
    "table": "aws.database.DynamodbTable",
    "queue": "aws.integration.SimpleQueueServiceSqsQueue",
    "topic": "aws.integration.SimpleNotificationServiceSnsTopic",
    "rule": "aws.integration.Eventbridge",
    "state_machine": "aws.integration.StepFunctions",
    "db_proxy": "aws.database.RDS",
    "cluster": "aws.compute.EKS",
    "node_group": "aws.compute.EC2Instances",
    "fargate_profile": "aws.compute.Fargate",
    "repository": "aws.compute.ECR",
    "workload": "k8s.compute.Deploy",
    "pod_service": "k8s.network.SVC",
    "pod_autoscaler": "k8s.clusterconfig.HPA",
    "backup_vault": "aws.storage.Backup",
    "backup_plan": "aws.storage.Backup",
    "dlm_policy": "aws.storage.EBS",
    "file_system": "aws.storage.ElasticFileSystemEFS",
    "mount_target": "aws.storage.ElasticFileSystemEFSFileSystem",
    "access_point": "aws.storage.ElasticFileSystemEFSFileSystem",
    "windows_share": "aws.storage.FsxForWindowsFileServer",
    "directory": "aws.security.DirectoryService",
    "storage_gateway": "aws.storage.StorageGateway",
    "datasync_task": "aws.migration.Datasync",
    "key": "aws.security.KeyManagementService",
}
"""Kind of node -> class of the package diagrams. Containers have no icon: they are boxes."""


def icon_class(kind: str) -> Any:
    """The class of diagrams that draws a kind of node (KeyError for a container)."""
    module, _, name = ICONS[kind].rpartition(".")
    return getattr(import_module(f"diagrams.{module}"), name)


def icon_file(kind: str) -> Path:
    """The PNG of a kind of node, in the installed package."""
    icon = icon_class(kind)
    root = Path(str(import_module("diagrams").__file__)).parent.parent
    return root / str(icon._icon_dir) / str(icon._icon)  # noqa: SLF001 - diagrams tells an icon's file in no other way


@cache
def embedded(path: Path) -> str:
    """An icon as a ``data:`` address, scaled down to `SIDE_PX`."""
    from PIL import Image

    with Image.open(path) as picture:
        small = picture.convert("RGBA").resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.quantize(64).save(buffer, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")

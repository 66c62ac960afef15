"""What reacts: one file a behaviour, each with a docstring in four parts and an ``install()``.

A behaviour never changes the API's shape. Its hooks on moto's private names stand together in its ``install``; a smoke
test per behaviour holds them against the pinned moto. ``docs/fidelity.md`` is generated from the docstrings.
"""

from __future__ import annotations

import sys
from importlib import import_module

__all__ = ["BEHAVIOURS", "Installer"]

#: Name -> the moto module it takes hold of; in the order in which they are installed.
BEHAVIOURS = {
    "addresses": "moto.ec2.models",
    "launch_defaults": "moto.ec2.models",
    "group_changes": "moto.ec2.models",
    "instance_life": "moto.ec2.models",
    "nat_life": "moto.ec2.models",
    "route_state": "moto.ec2.models",
    "network_insights": "moto.ec2.models",
    "refusals": "moto.ec2.models",
    "failures": "moto.ec2.models",
    "user_data": "moto.ec2.models",
    "instance_metadata": "moto.ec2.models",
    "ssh": "moto.ec2.models",
    "block_storage": "moto.ec2.models",
    "snapshot_blocks": "moto.ec2.models",
    "own_images": "moto.ec2.models",
    "zone_capacity": "moto.ec2.models",
    "launch_templates": "moto.ec2.models",
    "recovery": "moto.ec2.models",
    "credit_specification": "moto.ec2.models",
    "autoscaling": "moto.autoscaling.models",
    "scaling_policies": "moto.autoscaling.models",
    "metrics": "moto.cloudwatch.models",
    "alarms": "moto.cloudwatch.models",
    "fault_injection": "moto.fis.models",
    "dns": "moto.route53.models",
    "health_checks": "moto.route53.models",
    "load_balancers": "moto.elbv2.models",
    "load_balancer_refusals": "moto.elbv2.models",
    "target_health": "moto.elbv2.models",
    "certificates": "moto.acm.models",
    "bucket_access": "moto.s3.models",
    "bucket_endpoints": "moto.s3.models",
    "replication": "moto.s3.models",
    "bucket_versions": "moto.s3.models",
    "object_lock": "moto.s3.models",
    "object_restore": "moto.s3.models",
    "bucket_lifecycle": "moto.s3.models",
    "bucket_sizes": "moto.s3.models",
    "distributions": "moto.cloudfront.models",
    "cache_policies": "moto.cloudfront.models",
    "rest_apis": "moto.apigateway.models",
    "http_apis": "moto.apigatewayv2.models",
    "function_urls": "moto.awslambda.models",
    "managed_policies": "moto.iam.models",
    "rds_life": "moto.rds.models",
    "rds_changes": "moto.rds.models",
    "rds_copies": "moto.rds.models",
    "rds_point_in_time": "moto.rds.models",
    "rds_refusals": "moto.rds.models",
    "rds_proxies": "moto.rds.models",
    "run_command": "moto.ssm.models",
    "eks_clusters": "moto.eks.models",
    "eks_nodes": "moto.eks.models",
    "eks_access": "moto.eks.models",
    "kubernetes_api": "moto.eks.models",
    "kubernetes_pods": "moto.eks.models",
    "function_permissions": "moto.awslambda.models",
    "event_sources": "moto.awslambda.models",
    "event_bus": "moto.events.models",
    "state_machines": "moto.stepfunctions.models",
    "bucket_events": "moto.awslambda.models",
    "tables": "moto.dynamodb.models",
    "schedules": "moto.scheduler.models",
    "long_poll": "moto.sqs.models",
    "lambda_life": "moto.awslambda.models",
    "lambda_runs": "moto.awslambda.models",
    "lambda_concurrency": "moto.awslambda.models",
    "backups": "moto.backup.models",
    "encryption_keys": "moto.kms.models",
    "snapshot_policies": "moto.core.models",
    "storage_gateways": "moto.core.models",
    "efs_life": "moto.efs.models",
    "efs_changes": "moto.efs.models",
    "efs_backups": "moto.efs.models",
    "fsx_life": "moto.fsx.models",
    "fsx_backups": "moto.fsx.models",
    "directories": "moto.ds.models",
    "datasync_tasks": "moto.core.models",
}


class Installer:
    """Installs each behaviour once, when moto has loaded what it takes hold of: EC2 alone costs a second to load."""

    def __init__(self) -> None:
        # Imported at once: the events of a saved cloud find their handlers.
        modules = {name: import_module(f"aws14.emulator.behaviours.{name}") for name in BEHAVIOURS}
        self._waiting = {modules[name]: needed for name, needed in BEHAVIOURS.items()}

    def install_loaded(self) -> None:
        """Install those that wait for what is loaded by now; called under the world lock."""
        # A behaviour may load what others wait for: they come in the next round.
        while ready := [module for module, needed in self._waiting.items() if needed in sys.modules]:
            for module in ready:
                del self._waiting[module]
                module.install()

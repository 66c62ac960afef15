"""Kinds that spread and follow the load, and databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind


def _targets_registered(client: Any, key: str, params: presence.Params) -> bool:
    """Whether a proxy has all the targets that a call registered."""
    proxy = key.partition("|")[0]
    wanted = [*params.get("DBInstanceIdentifiers", ()), *params.get("DBClusterIdentifiers", ())]
    there = presence.listed("describe_db_proxy_targets", "DBProxyName", "Targets[].RdsResourceId")
    return bool(wanted) and all(there(client, f"{proxy}|{name}", params) for name in wanted)


def _secret_exists(client: Any, key: str, params: presence.Params) -> bool:
    """Whether a secret is there; one that is only kept in case somebody wants it back is not."""
    if not presence.got("describe_secret", "SecretId")(client, key, params):
        return False
    return "DeletedDate" not in client.describe_secret(SecretId=key)


SERVICES: Mapping[str, Kind] = {
    "alarm": Kind(
        service="cloudwatch",
        order=15,
        exists=presence.described("describe_alarms", "AlarmNames", "MetricAlarms[].AlarmName"),
        delete=lambda client, key: client.delete_alarms(AlarmNames=[key]),
    ),
    "autoscaling-group": Kind(
        service="autoscaling",
        order=16,
        exists=presence.described(
            "describe_auto_scaling_groups",
            "AutoScalingGroupNames",
            "AutoScalingGroups[].AutoScalingGroupName",
            state="AutoScalingGroups[].Status",
        ),
        delete=deletion.call("delete_auto_scaling_group", "AutoScalingGroupName", ForceDelete=True),
        lingers=presence.described(
            "describe_auto_scaling_groups", "AutoScalingGroupNames", "AutoScalingGroups[].AutoScalingGroupName"
        ),
    ),
    "launch-configuration": Kind(
        service="autoscaling",
        order=17,
        exists=presence.described(
            "describe_launch_configurations",
            "LaunchConfigurationNames",
            "LaunchConfigurations[].LaunchConfigurationName",
        ),
        delete=deletion.call("delete_launch_configuration", "LaunchConfigurationName"),
    ),
    "listener-rule": Kind(
        service="elbv2",
        order=16,
        exists=presence.described("describe_rules", "RuleArns", "Rules[].RuleArn"),
        delete=deletion.call("delete_rule", "RuleArn"),
    ),
    "listener": Kind(
        service="elbv2",
        order=17,
        exists=presence.described("describe_listeners", "ListenerArns", "Listeners[].ListenerArn"),
        delete=deletion.call("delete_listener", "ListenerArn"),
    ),
    "load-balancer": Kind(
        service="elbv2",
        order=18,
        exists=presence.described("describe_load_balancers", "LoadBalancerArns", "LoadBalancers[].LoadBalancerArn"),
        delete=deletion.delete_load_balancer,
        waiter=("load_balancers_deleted", "LoadBalancerArns"),
    ),
    "target-group": Kind(
        service="elbv2",
        order=19,
        exists=presence.described("describe_target_groups", "TargetGroupArns", "TargetGroups[].TargetGroupArn"),
        delete=deletion.call("delete_target_group", "TargetGroupArn"),
    ),
    "log-group": Kind(
        service="logs",
        order=80,
        exists=presence.log_group_exists,
        delete=deletion.call("delete_log_group", "logGroupName"),
    ),
    "secret": Kind(
        service="secretsmanager",
        order=80,
        exists=_secret_exists,
        delete=deletion.call("delete_secret", "SecretId", ForceDeleteWithoutRecovery=True),
    ),
    "topic": Kind(
        service="sns",
        order=80,
        exists=presence.got("get_topic_attributes", "TopicArn"),
        delete=deletion.call("delete_topic", "TopicArn"),
    ),
    "db-instance": Kind(
        service="rds",
        order=16,
        exists=presence.asked_by_name(
            "describe_db_instances",
            "DBInstanceIdentifier",
            "DBInstances[].DBInstanceIdentifier",
            state="DBInstances[].DBInstanceStatus",
        ),
        delete=deletion.delete_database,
        waiter=("db_instance_deleted", "DBInstanceIdentifier"),
        singly=True,
    ),
    "db-proxy": Kind(
        service="rds",
        order=15,
        exists=presence.asked_by_name(
            "describe_db_proxies", "DBProxyName", "DBProxies[].DBProxyName", state="DBProxies[].Status"
        ),
        delete=deletion.call("delete_db_proxy", "DBProxyName"),
        lingers=presence.asked_by_name("describe_db_proxies", "DBProxyName", "DBProxies[].DBProxyName"),
    ),
    "db-proxy-target": Kind(
        service="rds",
        order=15,
        exists=_targets_registered,
    ),
    "db-snapshot": Kind(
        service="rds",
        order=17,
        exists=presence.asked_by_name(
            "describe_db_snapshots",
            "DBSnapshotIdentifier",
            "DBSnapshots[].DBSnapshotIdentifier",
            state="DBSnapshots[].Status",
        ),
        delete=deletion.call("delete_db_snapshot", "DBSnapshotIdentifier"),
    ),
    "db-subnet-group": Kind(
        service="rds",
        order=35,
        exists=presence.asked_by_name(
            "describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups[].DBSubnetGroupName"
        ),
        delete=deletion.call("delete_db_subnet_group", "DBSubnetGroupName"),
    ),
    "db-parameter-group": Kind(
        service="rds",
        order=35,
        exists=presence.asked_by_name(
            "describe_db_parameter_groups", "DBParameterGroupName", "DBParameterGroups[].DBParameterGroupName"
        ),
        delete=deletion.call("delete_db_parameter_group", "DBParameterGroupName"),
    ),
}
"""Kind -> how it is seen and deleted."""

"""Kinds of nodes, and what is known of each: the vocabulary that drawings, read-backs and engines share.

How the less obvious attributes read; those of buckets, backups and file systems: `aws14.model.storage_kinds`. Times
are seconds, sizes GiB, zones and groups tuples of names.

========================  ==============================================================================
instance                  ``public_ipv4_kind``: ``elastic``, ``public`` or ``none``; ``cpu_credits``: ``standard``,
                          ``unlimited``, or ``none`` for a type that does not live on credits
load_balancer             ``scheme``: ``internet-facing`` or ``internal``; ``listeners``: ``HTTPS:443``,
                          ``HTTP:80 redirect``
target_group              ``target_health``: ``web-1 healthy``, ``web-2 unhealthy Target.Timeout``, one a target
autoscaling_group         ``startup_script``: the user data of its launch template as text; ``default_warmup_s`` is -1
                          where none is set; ``lifecycle_hooks``: ``warm LAUNCHING``, name and transition; ``count``
                          of the node: instances in service
scaling_policy            ``policy_type``: ``TargetTrackingScaling``, ``StepScaling``, ``SimpleScaling``; ``steps``:
                          ``0:10:1``, lower bound : upper bound : adjustment, an open bound is empty, a simple policy
                          has ``::1``; ``metric`` as the API spells it (``ASGAverageCPUUtilization``,
                          ``ALBRequestCountPerTarget``, ``Namespace/Name Statistic`` for a customized one); ``target``
                          is 0.0, ``warmup_s`` and ``min_adjustment`` -1 where the policy has none
scheduled_action          ``recurrence``: cron, or empty for once at ``starts`` (ISO); sizes are -1 where left alone
alarm                     ``dimensions``: ``Name=value``, sorted
db_instance               ``zones``: of its subnet group; ``replica_of``: id of the source, or empty
image, snapshot           ``of``: the instance, volume or database it was taken from, or the copy's source, by AWS id
distribution              ``behaviours``: ``/images/* static ttl=86400``, path, origin, default TTL in s, in order of
                          precedence, the default last as ``* web ttl=0``; with ``passes=cookies,POST`` where every
                          cookie, and forms, go on to the origin
certificate               ``origin``: ``AMAZON_ISSUED`` or ``IMPORTED``
hosted_zone               ``vpcs``: AWS ids of the VPCs that see a private zone; empty for a public one
dns_record                ``alias``: the name it stands for, or empty; ``routing``: ``simple``, ``weighted``,
                          ``failover``, ``latency``; ``failover``: ``PRIMARY``, ``SECONDARY`` or empty; ``weight`` is -1
                          where there is none
function                  ``package_bytes``: of its zip; ``reserved_concurrency`` -1: takes from the account's pool;
                          ``provisioned``: ``live 5``, alias or version, environments; ``aliases``: ``live 2`` or
                          ``live 2 3=0.1``, with the weight of a second version; ``environment``: names only;
                          ``url``: its function URL; ``on_failure``: queue or topic that failed events go to;
                          ``sources``: ``bookings batch=10``, one an event source; ``zones``: of its VPC, or none
api                       ``protocol``: ``REST`` or ``HTTP``; ``methods``: ``GET /users members``, method, path, backend
                          (a function, ``MOCK``, or an address); ``stages``: ``prod rate=100 burst=200``, as
                          configured, the bare name where the account's limits hold; ``timeout_s``: of the slowest
                          integration
table                     ``key``: ``id`` or ``id day``; units are 0 on demand; ``ttl_attribute`` and ``stream``: empty
                          where there is none
queue                     ``dead_letter``: name of the queue that takes what failed ``max_receives`` times (-1: none)
rule                      ``schedule`` or ``pattern``, the other is empty; of EventBridge rules and schedules alike
db_proxy                  ``target``: id of the database; ``max_connections_percent`` of those the database allows
cluster                   ``add_ons``: names; ``version``: of Kubernetes
node_group                ``count`` of the node: nodes that are ready; ``zones`` of its subnets
fargate_profile           ``selectors``: ``batch`` or ``batch app=report``, namespace and labels
workload                  a Deployment, DaemonSet, Job or CronJob; ``containers``: one as
                          ``web python:3.13-slim 250 256 500 512``: name, image, CPU requested in thousandths, memory
                          requested in MiB, the same two as limits (0: none); ``probes``:
                          ``web readiness /healthz 8080 delay=0 period=10 failures=3``, and ``web preStop sleep=5``
                          where a container waits before it ends; ``spread``: ``topology.kubernetes.io/zone 1
                          DoNotSchedule``; ``node_selector``: ``disk=ssd``; ``surge``, ``unavailable``: as
                          written (``25%``, ``1``); ``pods``: ``name node zone phase``; ``schedule`` of a CronJob;
                          ``count`` of the node: pods that are ready
pod_service               ``hostname``: of its load balancer, or empty; ``endpoints``: ready addresses
pod_autoscaler            ``target``: percent of the CPU request; ``behavior``: ``up Pods 4/15`` or
                          ``down Percent 100/60``, direction, kind, value and period in s; windows in s
========================  ==============================================================================

Links. *routes*: route table (``0.0.0.0/0``), record to what it points to (``A``), load balancer to target group
(``HTTPS:443``, with the path of a rule: ``HTTPS:443 /api/*``, with its weight where groups share: ``HTTPS:443 90``),
target group to instance or group (``HTTP:80``), distribution to origin (``/images/*``), alarm to policy (``ALARM``),
policy and scheduled action to group (``scales``), bucket to bucket and database to replica (``replicates``), api to
function (``GET /users``), distribution to api (``/api/*``), queue, table, topic, bucket and rule to function
(``triggers``), function to queue (``on failure``), proxy to database, service to workload (``TCP:80``), pod autoscaler
to workload (``scales``), workload to node group or Fargate profile (``runs on``), node group and Fargate profile to
cluster (``joins``), backup plan to vault (``daily``), vault to vault (``copies``), file system to mount target
(``NFS``), share to directory (``joins``), gateway to bucket (``stores``), DataSync task to location (``copies``).
*allows*: security groups, to load balancers, groups and databases as to instances; the resource policy of a function,
from api (``invoke``). *uses*: declared by tag, load
balancer to certificate (``TLS``), distribution to certificate, record to health check, function to table, queue,
database or proxy (by its tag).
"""

from __future__ import annotations

from collections.abc import Mapping

from aws14.model.storage_kinds import STORAGE

Attribute = str | int | float | bool | tuple[str, ...]

CONTAINERS = ("region", "vpc", "az", "subnet")
"""Kinds that hold other nodes, outermost first."""

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "internet": (),
    "office": ("cidr",),
    "region": (),
    "vpc": ("cidr",),
    "az": (),
    "subnet": ("cidr", "auto_public_ipv4"),
    "internet_gateway": (),
    "nat_gateway": ("state", "public_ipv4"),
    "instance": (
        "instance_type",
        "state",
        "private_ipv4",
        "public_ipv4",
        "public_ipv4_kind",
        "key_name",
        "security_groups",
        "has_user_data",
        "root_gib",
        "root_volume_type",
        "cpu_credits",
    ),
    "elastic_ip": ("public_ipv4",),
    "volume": ("gib", "volume_type", "state", "iops", "throughput_mibps", "delete_on_termination"),
    "snapshot": ("of", "gib", "state"),
    "image": ("of", "gib", "state"),
    "peering": ("state",),
    "load_balancer": (
        "scheme",
        "state",
        "dns_name",
        "zones",
        "security_groups",
        "listeners",
        "idle_timeout_s",
        "cross_zone",
    ),
    "target_group": (
        "protocol",
        "port",
        "algorithm",
        "health_check_path",
        "health_check_interval_s",
        "health_check_timeout_s",
        "healthy_threshold",
        "unhealthy_threshold",
        "matcher",
        "deregistration_delay_s",
        "slow_start_s",
        "sticky",
        "sticky_s",
        "target_health",
    ),
    "autoscaling_group": (
        "min_size",
        "max_size",
        "desired",
        "zones",
        "instance_type",
        "image_id",
        "startup_script",
        "cpu_credits",
        "security_groups",
        "public_ipv4_kind",
        "root_gib",
        "root_volume_type",
        "health_check_type",
        "health_check_grace_s",
        "default_cooldown_s",
        "default_warmup_s",
        "termination_policies",
        "suspended",
        "lifecycle_hooks",
        "detailed_monitoring",
    ),
    "scaling_policy": (
        "policy_type",
        "metric",
        "target",
        "adjustment_type",
        "steps",
        "min_adjustment",
        "cooldown_s",
        "warmup_s",
        "disable_scale_in",
        "enabled",
    ),
    "scheduled_action": ("recurrence", "time_zone", "starts", "min_size", "max_size", "desired"),
    "alarm": (
        "namespace",
        "metric",
        "dimensions",
        "statistic",
        "comparison",
        "threshold",
        "period_s",
        "evaluation_periods",
        "datapoints_to_alarm",
        "treat_missing",
        "state",
        "actions_enabled",
    ),
    "log_group": ("retention_days",),
    "db_instance": (
        "engine",
        "instance_class",
        "multi_az",
        "zone",
        "secondary_zone",
        "zones",
        "gib",
        "storage_type",
        "iops",
        "state",
        "endpoint",
        "port",
        "security_groups",
        "publicly_accessible",
        "backup_retention_days",
        "replica_of",
    ),
    "db_snapshot": ("of", "gib", "state"),
    "distribution": ("domain_name", "aliases", "state", "price_class", "behaviours"),
    "certificate": ("domain_name", "names", "state", "origin"),
    "health_check": ("type", "target", "port", "path", "interval_s", "failure_threshold", "inverted"),
    "hosted_zone": ("name", "private", "vpcs"),
    "dns_record": (
        "name",
        "type",
        "ttl_s",
        "values",
        "alias",
        "routing",
        "set_id",
        "weight",
        "failover",
        "evaluate_target_health",
    ),
    "function": (
        "runtime",
        "handler",
        "memory_mib",
        "ephemeral_mib",
        "timeout_s",
        "package_bytes",
        "architecture",
        "state",
        "reserved_concurrency",
        "provisioned",
        "aliases",
        "environment",
        "url",
        "on_failure",
        "sources",
        "zones",
        "security_groups",
    ),
    "api": ("protocol", "api_id", "methods", "stages", "timeout_s", "api_key_required"),
    "table": ("billing_mode", "key", "read_units", "write_units", "ttl_attribute", "stream", "state"),
    "queue": ("visibility_timeout_s", "retention_s", "delay_s", "fifo", "dead_letter", "max_receives"),
    "topic": ("fifo", "subscriptions"),
    "rule": ("schedule", "pattern", "bus", "state", "targets"),
    "state_machine": ("machine_type", "states", "state"),
    "db_proxy": ("engine_family", "endpoint", "target", "max_connections_percent", "state", "security_groups"),
    "cluster": ("version", "state", "endpoint", "public_access", "zones", "add_ons"),
    "node_group": (
        "instance_type",
        "min_size",
        "max_size",
        "desired",
        "capacity_type",
        "disk_gib",
        "zones",
        "state",
        "autoscaling_group",
    ),
    "fargate_profile": ("selectors", "zones", "state"),
    "repository": ("images", "scan_on_push", "immutable_tags"),
    "workload": (
        "workload_kind",
        "namespace",
        "replicas",
        "containers",
        "probes",
        "surge",
        "unavailable",
        "min_ready_s",
        "spread",
        "node_selector",
        "schedule",
        "pods",
    ),
    "pod_service": ("service_type", "namespace", "port", "target_port", "hostname", "endpoints"),
    "pod_autoscaler": (
        "namespace",
        "min_replicas",
        "max_replicas",
        "metric",
        "target",
        "scale_up_window_s",
        "scale_down_window_s",
        "behavior",
        "current",
        "desired",
    ),
    **STORAGE,
}
"""Kind of node -> the attributes a read-back always sets. Units are in the names; an address or a name that is not
there is the empty string."""

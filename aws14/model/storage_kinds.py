"""Kinds of nodes that keep bytes: buckets, backups, file systems, and what brings bytes to them.

A part of the vocabulary of `aws14.model.kinds`, where others find it. Times are seconds, sizes GiB.

========================  ==============================================================================
bucket                    ``lifecycle``: ``archive logs/ 30:STANDARD_IA 90:GLACIER expire=2555 noncurrent=30``: id,
                          prefix (``-``: all), days and class of each transition, days until the end, and ``least=0``,
                          bytes from which on objects are moved, where they are not S3's own;
                          ``object_lock``: ``COMPLIANCE 30`` or empty; ``stored``: ``STANDARD 12.5 340``: class, GiB and
                          number of its objects
backup_vault              ``aws_id``: name and ARN, a comma between; ``lock``: ``COMPLIANCE 30 365``, mode, least and
                          most days, or empty; ``points``: ``db RDS 2026-11-24T05:00 100``: of what, its kind, when,
                          GiB, and ``cold`` where it is
backup_plan               ``rules``: ``daily cron(0 5 * * ? *) main 35 - away``: name, schedule, vault, days kept, days
                          until cold storage (``-``: never), vaults copied to; ``selections``: tags and ARNs it takes
dlm_policy                ``schedules``: ``every=24h at=03:00 keep=7``
file_system               of EFS; ``gib``: in Standard, Infrequent Access and Archive; ``lifecycle``: ``IA 30``,
                          ``ARCHIVE 90``, ``back``; ``zones``: one for One Zone, else all of the region
mount_target              of a file system, in its subnet; without tags, so called after both: ``shared-1a``
access_point              ``user``: ``1000:1000``, user and group that it enforces, or empty; ``creates``:
                          ``1000:1000 750``, owner and permissions of its folder where there is none yet, or empty
windows_share             a file system of FSx; ``file_system_type``: ``WINDOWS``, ``ONTAP``; ``deployment_type``:
                          ``MULTI_AZ_1``, ``SINGLE_AZ_2``; ``directory``: id, or the domain of one's own
storage_gateway           ``gateway_type``: ``FILE_S3``, ``CACHED`` (volumes), ``VTL`` (tapes); ``shares``: what it has:
                          ``plans NFS models-1234``, name, protocol, bucket; ``plans 200 12.5``, volume, its GiB and
                          those of it that lie in AWS; ``WK0001 100 AVAILABLE 7``, tape, GiB, status, GiB written;
                          disks count as 0 GiB while it is shut down
datasync_task             ``source``, ``destination``: locations; ``schedule``: empty or an expression;
                          ``limit_mbps``: what it may take of the line, Mbit/s; 0: all of it
key                       of KMS; ``state``: ``Enabled``, ``PendingDeletion``
========================  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Mapping

STORAGE: Mapping[str, tuple[str, ...]] = {
    "bucket": (
        "name",
        "versioning",
        "website_index",
        "public_read",
        "lifecycle",
        "object_lock",
        "stored",
    ),
    "backup_vault": ("lock", "key", "points"),
    "backup_plan": ("rules", "selections"),
    "dlm_policy": ("schedules", "targets", "state"),
    "file_system": (
        "throughput_mode",
        "provisioned_mibps",
        "performance_mode",
        "encrypted",
        "lifecycle",
        "standard_gib",
        "ia_gib",
        "archive_gib",
        "zones",
        "backed_up",
        "state",
    ),
    "mount_target": ("private_ipv4", "security_groups", "state"),
    "access_point": ("path", "user", "creates", "state"),
    "windows_share": (
        "file_system_type",
        "deployment_type",
        "storage_type",
        "gib",
        "throughput_mibps",
        "iops",
        "zones",
        "dns_name",
        "directory",
        "backup_retention_days",
        "security_groups",
        "state",
    ),
    "directory": ("directory_type", "edition", "name", "zones", "state"),
    "storage_gateway": ("gateway_type", "cache_gib", "buffer_gib", "shares", "state"),
    "datasync_task": ("source", "destination", "schedule", "limit_mbps", "state"),
    "key": ("state", "rotates"),
}
"""Kind of node -> the attributes a read-back always sets."""

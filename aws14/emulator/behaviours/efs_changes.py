"""EFS: throughput modes, storage classes, policies and replication of file systems that are there.

What AWS does
    The throughput mode can be changed, and provisioned throughput raised, at any time; within 24 hours of having
    provisioned or raised it, neither the mode can be changed nor the amount lowered. Files that nobody reads move to
    Infrequent Access and Archive, and back when they are read, as the lifecycle configuration says; Archive needs
    Elastic throughput. A replication keeps a read-only copy, minutes behind, as a rule in another region.
What moto leaves out
    update_file_system, put_backup_policy, delete_file_system_policy, protection and replication; any lifecycle
    configuration is accepted, and nothing ever moves.
What this adds
    Those operations, the refusals, the moves on the clock by last access, metered by class; replication of the bytes.
What it still does not do
    The charge for reads and moves is in the bill, not here. Account preferences cannot be changed. A replication has
    one destination in the same account.
"""

from __future__ import annotations

from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.files import classes, efs_replication

__all__ = ["install"]

#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (classes, efs_replication)

_PATHS = (
    "/2015-02-01/file-systems/<file_system_id>/protection",
    "/2015-02-01/file-systems/<file_system_id>/replication-configuration",
    "/2015-02-01/file-systems/replication-configurations",
    "/2015-02-01/account-preferences",
)


def install() -> None:
    """Give moto's EFS the operations and their paths."""
    from moto.efs.responses import EFSResponse
    from moto.efs.urls import response, url_paths

    from aws14.emulator.files.efs_api import Operations

    for path in _PATHS:
        url_paths[path] = response.dispatch
    adopt(EFSResponse, Operations)
    efs_replication.install()
    classes.install()

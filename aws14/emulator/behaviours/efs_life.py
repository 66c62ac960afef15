"""EFS: file systems, mount targets and access points come, serve and go on the clock.

What AWS does
    A file system takes seconds to be available, a mount target a minute and a half. A mount target is a network
    interface in a subnet, one a zone, with security groups: NFS on port 2049 comes in where they let it. A One Zone
    file system has its one mount target in its zone, and is away when that zone is; a regional one serves from the
    zones that are left. A file system with mount targets cannot be deleted; its access points go with it.
What moto leaves out
    Every state is reached within the request; nothing listens; the interface looks like one of the customer's own and
    has no security group when none is named; a mount target in a wrong zone is accepted; access points outlive their
    file system; sizes stay 0.
What this adds
    All of that, with the typical durations of data/durations.csv; names (``fs-....efs.<region>.amazonaws.com``) that
    lead to the mount targets of the asker's VPC; `reach` and ``/_aws14/connect`` on 2049; metered sizes by class.
What it still does not do
    The name of a file system leads to every zone's mount target, where AWS gives that of the asker's zone; mounting
    does look at the zone. NFS itself is not spoken outside the machines of the embedded AWS. Sizes are told at once,
    where AWS takes hours. IPv6.
"""

from __future__ import annotations

from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.files import efs_life, efs_mounts, fronts

__all__ = ["install"]


def install() -> None:
    """Take hold of how moto's file systems and mount targets come and go."""
    from moto.efs.models import EFSBackend, FileSystem

    around(EFSBackend, "create_file_system", efs_life.create)
    around(EFSBackend, "delete_file_system", efs_life.delete)
    around(EFSBackend, "create_mount_target", efs_mounts.create)
    around(EFSBackend, "delete_mount_target", efs_mounts.delete)
    around(EFSBackend, "modify_mount_target_security_groups", efs_mounts.modify_groups)
    around(EFSBackend, "create_access_point", efs_mounts.create_access_point)
    around(FileSystem, "info_json", efs_life.described)
    replace(FileSystem, "size_in_bytes", property(efs_life.size_in_bytes))
    fronts.register_efs()

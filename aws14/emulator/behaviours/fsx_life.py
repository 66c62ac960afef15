"""FSx: file systems of Windows, ONTAP, OpenZFS and Lustre come, serve, change, fail over and go on the clock.

What AWS does
    A file system takes half an hour to be available. It has a file server, with a network interface in its subnet; a
    Multi-AZ one has a second in another zone, and when the zone of the first fails, the name leads to the other within
    half a minute, and back when the preferred one works again. Windows file systems join a directory, which has to be
    active; SMB on port 445 comes in where security groups let it. Capacity can only grow, by a tenth at least, six
    hours apart; throughput goes up and down. A Windows file system takes a last backup when it is deleted.
What moto leaves out
    Lifecycle, network interfaces, names that lead anywhere, checks, update_file_system, aliases, storage virtual
    machines, volumes.
What this adds
    All of that, with the typical durations of data/durations.csv; a zone that is broken takes its file servers with it.
What it still does not do
    Shares, shadow copies, quotas and ACLs of Windows are set by PowerShell on the file server's own endpoint, which is
    not in here; nor is ONTAP's own command line. The addresses of a Multi-AZ ONTAP are those of its interfaces, where
    AWS has floating ones that need routes. Throughput changes without the failover that AWS has for it. Windows starts
    no maintenance. Data repositories, snapshots of OpenZFS and file caches are missing.
"""

from __future__ import annotations

from aws14.emulator.behaviours import failures
from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.files import fsx_failover

__all__ = ["install"]


def install() -> None:
    """Give moto's FSx the operations."""
    import moto.ec2.models  # noqa: F401 - subnets and interfaces
    from moto.fsx.responses import FSxResponse

    from aws14.emulator.files.fsx_api import FileSystems, Volumes

    for operations in (FileSystems, Volumes):
        adopt(FSxResponse, operations)
    fsx_failover.register()
    failures.on_failure(fsx_failover.looks_after)

"""Directory Service: directories come and go on the clock, with a domain controller in each of two zones.

What AWS does
    AWS Managed Microsoft AD takes half an hour: requested, creating, active. A domain controller with a network
    interface stands in each of two subnets; they are the DNS servers of the domain, and FSx for Windows joins it only
    when it is active. A directory that something has joined cannot be deleted.
What moto leaves out
    A directory is active at once, and goes at once, whatever has joined it; its interfaces look like the customer's.
What this adds
    The stages on the clock, with the typical durations of data/durations.csv; the controllers in the data plane, on the
    ports of a domain; the refusal.
What it still does not do
    Users, groups and their rights, trusts that reach anywhere, more than two domain controllers, snapshots, LDAP,
    Kerberos. Whoever mounts a share is believed.
"""

from __future__ import annotations

from aws14.emulator.behaviours.hooks import around
from aws14.emulator.files import directory

__all__ = ["install"]


def install() -> None:
    """Take hold of how moto's directories come and go."""
    import moto.ec2.models  # noqa: F401 - subnets and interfaces
    from moto.ds.models import DirectoryServiceBackend

    for name in ("create_microsoft_ad", "create_directory"):
        around(DirectoryServiceBackend, name, directory.create)
    around(DirectoryServiceBackend, "delete_directory", directory.delete)
    directory.register()

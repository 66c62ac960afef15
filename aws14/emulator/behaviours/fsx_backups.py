"""FSx: automatic backups once a day, backups when asked for, copies into other regions, restores.

What AWS does
    Each day at its time a file system is backed up, and backups older than its retention go; they go with the file
    system, too. Backups that somebody asked for stay. A backup is available after a while; from it a new file system is
    made, with the files as they were.
What moto leaves out
    Backups stay CREATING, say nothing of what they are of, and nothing is made from them.
What this adds
    All of that on the clock, with the files themselves.
What it still does not do
    Sizes are those of the whole file system, where AWS bills what changed. Backups of AWS Backup are made by its own
    behaviour.
"""

from __future__ import annotations

from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.files import fsx_backups, fsx_changes, fsx_life, fsx_volumes

__all__ = ["install"]

#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (fsx_backups, fsx_changes, fsx_life, fsx_volumes)


def install() -> None:
    """Give moto's FSx the operations."""
    from moto.fsx.responses import FSxResponse

    from aws14.emulator.files.fsx_api import Backups

    adopt(FSxResponse, Backups)

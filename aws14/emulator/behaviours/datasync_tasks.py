"""DataSync copies between the office, buckets and shared file systems, on the clock.

What AWS does
    An agent, a virtual machine in the office, is activated with a key that it gives by HTTP. A task has two locations;
    each execution launches, lists both ends, moves what is new or changed, and reads it again. How long it takes is
    decided by the line, by the task's limit and by the bytes. It needs a way to the mount target on 2049, to the share
    on 445, and a role for the bucket; a schedule starts it by itself.
What moto leaves out
    Agents, locations of NFS, EFS and FSx, options, schedules, tags, all counts; nothing is copied: an execution takes
    the next status whenever somebody asks.
What this adds
    The service anew: the office's folder is really copied to the bucket, the EFS or the share, and back; times and
    sizes decide what has changed; errors by file; agents that queue tasks and go offline with the line.
What it still does not do
    A task is available at once. The appliance ``agent.office`` gives a new key whenever it is asked: it stands for as
    many agents as are activated. Executions that run at the same time do not share the line: each has all of it. Owners
    and modes of files are not carried over, nor are links. Files arrive when somebody looks at the execution and at its
    end. Enhanced mode works as Basic mode does. Manifests, task reports, CloudWatch metrics, private endpoints, and
    locations of ONTAP, OpenZFS, Lustre, HDFS, Azure and object storage are missing. ``InputOutputError`` stands for all
    that can be wrong with a file. What the office is only said to hold takes its time; a bucket does not show it.
"""

from __future__ import annotations

import sys

from aws14.emulator import offices
from aws14.emulator.moving import agents, running, scheduling

__all__ = ["install"]

#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (running, scheduling)


def install() -> None:
    """Give moto the service in the place of its own: it finds services by the names of its modules."""
    from aws14.emulator import moving
    from aws14.emulator.moving import models, urls

    sys.modules.update({"moto.datasync": moving, "moto.datasync.models": models, "moto.datasync.urls": urls})
    agents.register()
    offices.on_change(running.changed)

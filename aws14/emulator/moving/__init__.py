"""DataSync, in the shape of one of moto's services: agents, locations, tasks, and what their executions move.

=============  =================================================================================================
``models``     agents, locations, tasks, executions: what is kept of each
``agents``     the appliance in the office, its activation keys, whether it is online
``sides``      the two ends of a task: the office's folder, a bucket, a shared file system
``mounting``   which end a location means, or why DataSync does not get there
``comparing``  what has changed, what is left out, what is to be deleted
``running``    an execution on the clock: launching, preparing, transferring, verifying
``scheduling`` tasks that start by themselves
``..._api``    operations, as moto writes its own
=============  =================================================================================================
"""

from aws14.emulator.moving.models import datasync_backends

__all__ = ["datasync_backends"]

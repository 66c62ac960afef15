"""Storage Gateway: the office's files, volumes and tapes are kept in AWS, behind the office's line.

What AWS does
    A machine in the office is activated as a gateway. File shares on it are objects of a bucket: what is written is
    in the cache at once and goes up the line later; what is not in the cache is fetched over the line; what others
    put into the bucket is seen after RefreshCache. Volumes have EBS snapshots, tapes go to an archive and come back
    after hours.
What moto leaves out
    The whole service.
What this adds
    The service. ``gateway.office`` gives the activation key to the office. Shares have local folders (``office/shares``
    in the home): real files become objects, after the time that the office's line takes, in order; the cache is LRU and
    refuses writes when it is full of what waits; a cut line lets uploads wait. Metrics of AWS/StorageGateway.
What it still does not do
    NFS, SMB and iSCSI are not spoken: folders and the control API stand for clients. A renamed file is uploaded anew.
    A domain is joined whatever its password. Of a role only writing and deleting are asked. Port 80 answers after the
    activation, too. Two gateways do not share the line with each other. Gateways of FSx (closed to new customers), tape
    pools of one's own, CHAP, audit logs, notifications by events. Of what is written with a
    declared size there are no bytes, only the size counts.
"""

from __future__ import annotations

import re
import sys

from aws14.emulator import offices
from aws14.emulator.gateways import block_life, share_life, uploads
from aws14.emulator.world import on_change

__all__ = ["install"]

#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (block_life, share_life, uploads)


def install() -> None:
    """Give moto the service: it finds services by the names of its modules."""
    import moto.backend_index

    from aws14.emulator import gateways
    from aws14.emulator.gateways import appliance, folders, models, urls

    sys.modules.update(
        {"moto.storagegateway": gateways, "moto.storagegateway.models": models, "moto.storagegateway.urls": urls}
    )
    moto.backend_index.backend_url_patterns.append(("storagegateway", re.compile(urls.url_bases[0])))
    appliance.register()
    uploads.deliver_with("file", share_life.deliver)
    uploads.deliver_with("volume", block_life.deliver_blocks)
    uploads.deliver_with("tape", block_life.deliver_tape)
    offices.on_change(uploads.line_changed)
    on_change(folders.look)
    on_change(uploads.look_again)

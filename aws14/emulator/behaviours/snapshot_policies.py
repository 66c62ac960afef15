"""Data Lifecycle Manager takes snapshots at its times and deletes them at theirs.

What AWS does
    A policy names volumes by tag, or instances, and has schedules: every so many hours from a time, or by cron. Each
    makes a snapshot of every volume, tags it, copies it to other regions, and deletes the oldest by count or by age.
What moto leaves out
    The whole service.
What this adds
    The service: policies, tags, and what schedules do, on the clock. Snapshots that a policy made stay when it is
    deleted.
What it still does not do
    Policies for images, default policies, copies on sharing, archive and fast restore rules, scripts. A schedule starts
    on the minute, where AWS takes up to an hour. The role is not asked what it may do.
"""

from __future__ import annotations

import re
import sys

from aws14.emulator.dlm import running

__all__ = ["install"]


#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (running,)


def install() -> None:
    """Give moto the service: it finds services by the names of its modules."""
    import moto.backend_index

    from aws14.emulator import dlm
    from aws14.emulator.dlm import models, urls

    sys.modules.update({"moto.dlm": dlm, "moto.dlm.models": models, "moto.dlm.urls": urls})
    moto.backend_index.backend_url_patterns.append(("dlm", re.compile(urls.url_bases[0])))

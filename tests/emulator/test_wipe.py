"""Emptying the cloud leaves nothing of it in memory: an evening of saving and restoring must not eat the machine."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc, weakref
from moto.core.common_models import BaseModel
from aws14.emulator import moto_app
BaseModel.__new__ = moto_app._untracked  # as the embedded AWS has it
from moto.ec2.models import ec2_backends
from aws14.emulator.snapshot import wipe

class Clock:
    def clear(self): pass

class World:
    clock, state = Clock(), {}

old = ec2_backends["123456789012"]["ap-northeast-1"]
old.create_subnet(old.create_vpc("10.0.0.0/16").id, "10.0.0.0/24")
seen = weakref.ref(old)
del old
wipe(World())
gc.collect()
print("left" if seen() else "gone")
"""


def test_an_emptied_cloud_is_not_kept_alive_by_caches() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False)
    assert said.stdout.strip() == "gone", said.stdout + said.stderr

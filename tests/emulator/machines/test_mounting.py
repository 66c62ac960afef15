"""Commands for disks on a machine with two of them."""

from __future__ import annotations

import pytest

from aws14.emulator.machines import volumes
from aws14.emulator.machines.contents import Contents, taken


@pytest.fixture
def disks(machine):
    volumes.attach(machine, "vol-1", "/dev/sdf", 20)
    volumes.attach(machine, "store0", "", 50)
    return machine


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("mkdir /data && mount /dev/sdf /data", "wrong fs type"),
        ("mkfs -t xfs /dev/sdf && mount /dev/sdf /nowhere", "mount point does not exist"),
        ("mkfs -t xfs /dev/sdx", "No such file"),
        ("mkfs.xfs /dev/sdf && mkfs.xfs /dev/sdf", "appears to contain an existing filesystem"),
        ("umount /data", "not mounted"),
    ],
)
def test_what_does_not_go_is_refused(disks, sh, script, said) -> None:
    finished = sh(script)
    assert finished.status != 0
    assert said in finished.errors


def test_files_hide_and_come_back(disks, sh) -> None:
    script = """set -e
mkdir /data && echo below > /data/a
mkfs -t ext4 /dev/nvme1n1 > /dev/null && mount /dev/sdf /data
[ ! -e /data/a ]; echo above > /data/b
df | grep -q /data; lsblk | grep -q 20G
umount /data; cat /data/a; mount /dev/sdf /data; cat /data/b
file -s /dev/nvme2n1; blkid -o value -s TYPE /dev/sdf"""
    finished = sh(script)
    assert finished.status == 0, finished.errors
    assert finished.output == "below\nabove\n/dev/nvme2n1: data\next4\n"


def test_a_root_volume_is_taken_without_the_others(disks, sh) -> None:
    sh("mkdir /data && echo below > /data/a && mkfs -t xfs /dev/sdf && mount /dev/sdf /data && echo x > /data/b")
    held: Contents = taken(disks)
    assert held.disk.text("/data/a") == "below\n"
    assert held.disk.find("/data/b") is None
    assert held.disk.find("/dev/nvme1n1") is None
    assert volumes.files_of(disks, disks.volumes["vol-1"]).text("/b") == "x\n"
    assert disks.disk.text("/data/b") == "x\n", "what is taken is a copy"


def test_a_boot_mounts_what_is_listed_and_a_move_empties_the_store(disks, sh) -> None:
    sh(
        "mkdir /data /fast; for d in sdf nvme2n1; do mkfs -t xfs /dev/$d; done;"
        'echo "UUID=$(blkid -o value -s UUID /dev/sdf) /data xfs nofail 0 2" > /etc/fstab;'
        "echo '/dev/nvme2n1 /fast xfs nofail' >> /etc/fstab; mount -a; echo 1 > /data/x; echo 2 > /fast/x"
    )
    volumes.unmount_all(disks)
    assert disks.disk.find("/data/x") is None
    volumes.lose_stores(disks)
    volumes.mount_listed(disks)
    assert disks.disk.text("/data/x") == "1\n"
    assert disks.disk.find("/fast/x") is None

"""Where machines are kept: in the state of the world, by instance id, so that snapshots have them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from aws14.emulator.machines import contents, shares, volumes
from aws14.emulator.machines.images import fresh
from aws14.emulator.machines.instances import family_of, find_instance, image_of, root_of, stores_of
from aws14.emulator.machines.machine import Machine
from aws14.emulator.world import world

__all__ = ["forget", "is_known", "keep", "of", "plug"]


def _kept() -> dict[str, Machine]:
    kept: dict[str, Machine] = world().state.setdefault("machines", {})
    return kept


def of(instance_id: str) -> Machine:
    """Return the machine inside an instance. The world lock is held.

    Parameters
    ----------
    instance_id : str
        ``"i-..."``, of any account and region.

    Raises
    ------
    KeyError
        There is no such instance.
    """
    found = _kept().get(instance_id)
    if found is None:
        return keep(_new(find_instance(instance_id)))
    shares.refresh(found)
    return found


def _new(instance: Any) -> Machine:
    backend, held = instance.ec2_backend, contents.find(root_of(instance))
    machine = fresh(
        instance.id,
        backend.account_id,
        backend.region_name,
        image=held.system.image if held is not None and held.system is not None else family_of(image_of(instance)),
        architecture=instance.architecture,
        address=instance.private_ip,
    )
    if held is not None:
        contents.settle(machine, held)
        contents.drop(root_of(instance))
    for number, size_gib in enumerate(stores_of(instance)):
        volumes.attach(machine, f"store{number}", "", size_gib)
    for device, block in instance.get_block_device_mapping:
        if block.volume_id != root_of(instance):
            plug(machine, backend.volumes[block.volume_id], device)
    return machine


def plug(machine: Machine, volume: Any, device: str) -> None:
    """Attach a volume of moto's, with what it holds, which is the machine's from then on."""
    held = contents.find(volume.id)
    attached = volumes.attach(machine, volume.id, device, int(volume.size))
    if held is not None:
        attached.kind, attached.disk = held.kind, deepcopy(held.disk)


def is_known(instance_id: str) -> bool:
    """Whether the machine of an instance has been asked for yet."""
    return instance_id in _kept()


def keep(machine: Machine) -> Machine:
    """Enter a machine in the place of the one that the instance had, and return it."""
    _kept()[machine.instance_id] = machine
    return machine


def forget(instance_id: str) -> None:
    """Drop the machine of an instance that is gone."""
    _kept().pop(instance_id, None)

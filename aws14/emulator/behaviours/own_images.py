"""Images of one's own: made of an instance, copied to another region, launched.

What AWS does
    CreateImage takes a snapshot of each volume of an instance, restarting it first unless NoReboot is on; the image is
    pending until they are complete. Whoever launches it gets volumes with those files: a new instance to cloud-init, so
    its own user data runs once, and what was enabled before starts by itself. CopyImage takes snapshots and image to
    another region. DeregisterImage leaves the snapshots.
What moto leaves out
    An image is available at once, has one empty snapshot of 15 GB and no name check; an instance of it is an empty one.
What this adds
    States on the clock, snapshots of every volume with their contents, block device mappings, launches that merge them
    with those asked for, the restart, tags for the snapshots, copies with all of it, the refusals: a name twice, an
    image that is not available yet. Amazon's own images have a root volume of 8 GiB that ends with its instance.
What it still does not do
    RegisterImage makes an image without contents. Launch permissions are kept and nothing is shared. Deprecation,
    fast launch, and images of instances in other accounts.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from aws14.emulator.behaviours.block_storage import begin_snapshot, held_by
from aws14.emulator.behaviours.hooks import around, replace
from aws14.emulator.clock import handles
from aws14.emulator.durations import typical_s
from aws14.emulator.image_mappings import Mapping, as_amazon_has_it, merged
from aws14.emulator.machines import contents, power
from aws14.emulator.machines.instances import root_device_of
from aws14.emulator.volume_limits import check_iops
from aws14.emulator.world import world

__all__ = ["install"]

_PROVISIONED = ("io1", "io2")


def install() -> None:
    """Take hold of the making, copying, launching and deregistering of moto's images."""
    from moto.ec2.models.amis import Ami, AmiBackend
    from moto.ec2.models.instances import InstanceBackend
    from moto.ec2.responses.amis import AmisResponse
    from moto.ec2.responses.instances import InstanceResponse

    moto_mappings = Ami.block_device_mappings.fget  # type: ignore[attr-defined] # it is a property

    def mappings(image: Any) -> list[dict[str, Any]]:
        own = vars(image).get("_aws14_mappings")
        if own is not None:
            return [each.shown() for each in own]
        theirs: list[dict[str, Any]] = moto_mappings(image)
        return [as_amazon_has_it(each, image.name) for each in theirs]

    replace(Ami, "block_device_mappings", property(mappings))
    around(AmiBackend, "create_image", _create)
    around(AmiBackend, "copy_image", _copy)
    around(AmisResponse, "create_image", _restart)
    around(AmisResponse, "copy_image", _tag_copy)
    around(AmisResponse, "deregister_image", _deregister)
    around(InstanceBackend, "run_instances", _launch)
    replace(InstanceResponse, "_parse_block_device_mapping", _asked_for)


def _create(original: Callable[..., Any], backend: Any, *asked: Any, tag_specifications: list[dict[str, Any]]) -> Any:
    instance_id, name, _ = asked
    _refuse_name(backend, name)
    instance = backend.get_instance(instance_id)
    _refuse_state(instance)
    of_image = [each for each in tag_specifications if each.get("ResourceType") != "snapshot"]
    image = original(backend, *asked, tag_specifications=of_image)
    _drop_moto_snapshot(backend, image)
    image.root_device_name, image.root_device_type = root_device_of(instance), "ebs"
    snapshots = []
    for device, block in instance.get_block_device_mapping:
        volume = backend.get_volume(block.volume_id)
        text = f"Created by CreateImage({instance_id}) for {image.id}"
        snapshot = backend.create_snapshot(volume.id, text, backend.account_id, from_ami=image.id)
        contents.put(snapshot.id, held_by(volume))
        snapshots.append(snapshot)
        image._aws14_mappings.append(Mapping.of(device, block, volume, snapshot.id))  # noqa: SLF001 - ours
    _tag(snapshots, tag_specifications, "snapshot")
    _begin(image, [begin_snapshot(each) for each in snapshots])
    return image


def _drop_moto_snapshot(backend: Any, image: Any) -> None:
    backend.snapshots.pop(image.ebs_snapshot.id)
    image._aws14_mappings = []  # noqa: SLF001 - ours, kept with the image
    image.image_location, image.hypervisor = f"{backend.account_id}/{image.name}", "xen"


def _begin(image: Any, ends: list[float]) -> None:
    image.state = "pending"
    at = max(ends, default=world().clock.now()) + typical_s("EC2 image available after its snapshots")
    owner = image.ec2_backend
    world().clock.at(at, "image.is_available", (owner.account_id, owner.region_name, image.id))


@handles("image.is_available")
def _is_available(account: str, region: str, image_id: str) -> None:
    from moto.ec2.models import ec2_backends

    image = ec2_backends[account][region].amis.get(image_id)
    if image is not None and image.state == "pending":
        image.state = "available"


def _refuse_name(backend: Any, name: str) -> None:
    from moto.ec2.exceptions import EC2ClientError

    for image in backend.amis.values():
        if image.name == name and image.owner_id == backend.account_id:
            raise EC2ClientError("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {image.id}")


def _refuse_state(instance: Any) -> None:
    from moto.ec2.exceptions import EC2ClientError

    if instance.state not in {"running", "stopped", "stopping", "pending"}:
        text = f"The instance '{instance.id}' is not in a state from which an image can be created."
        raise EC2ClientError("IncorrectInstanceState", text)


def _tag(resources: list[Any], specifications: list[dict[str, Any]], kind: str) -> None:
    tags = {
        tag["Key"]: tag["Value"]
        for each in specifications
        if each.get("ResourceType") == kind
        for tag in each.get("Tags", [])
    }
    for resource in resources:
        resource.add_tags(tags)


def _restart(original: Callable[[Any], Any], response: Any) -> Any:
    answer = original(response)
    instance = response.ec2_backend.get_instance(response._get_param("InstanceId"))  # noqa: SLF001 - moto's way
    if not response._get_bool_param("NoReboot", False) and instance.state == "running":  # noqa: SLF001
        power.reboot(instance)
    return answer


def _copy(original: Callable[..., Any], backend: Any, source_image_id: str, source_region: str, *args: Any) -> Any:
    from moto.ec2.models import ec2_backends

    source = ec2_backends[backend.account_id][source_region].amis.get(source_image_id)
    if source is None or "_aws14_mappings" not in vars(source):
        return original(backend, source_image_id, source_region, *args)
    if source.state != "available":
        raise _unavailable(source.id)
    image = original(backend, source_image_id, source_region, *args)
    _drop_moto_snapshot(backend, image)
    image.root_device_name, image.root_device_type = source.root_device_name, "ebs"
    ends = []
    for mapping in vars(source)["_aws14_mappings"]:
        there = _copied(backend, mapping, source_region, f"Copied for DestinationAmi {image.id} from {source.id}")
        there.from_ami = image.id
        image._aws14_mappings.append(mapping.with_snapshot(there.id))  # noqa: SLF001 - ours
        ends.append(there._aws14_times[1])  # noqa: SLF001 - ours
    _begin(image, ends)
    return image


def _copied(backend: Any, mapping: Mapping, region: str, description: str) -> Any:
    return backend.copy_snapshot(
        source_snapshot_id=mapping.snapshot, source_region=region, description=description, kms_key_id=None
    )


def _tag_copy(original: Callable[[Any], Any], response: Any) -> Any:
    answer = original(response)
    image = response.ec2_backend.amis[answer.result["ImageId"]]
    specifications = response._get_param("TagSpecifications", [])  # noqa: SLF001 - moto's way to a parameter
    mappings = vars(image).get("_aws14_mappings") or ()
    _tag([image], specifications, "image")
    _tag([response.ec2_backend.snapshots[each.snapshot] for each in mappings], specifications, "snapshot")
    return answer


def _deregister(original: Callable[[Any], Any], response: Any) -> Any:
    image = response.ec2_backend.amis.get(response._get_param("ImageId"))  # noqa: SLF001 - moto's way to a parameter
    answer = original(response)
    if image is not None and response._get_bool_param("DeleteAssociatedSnapshots", False):  # noqa: SLF001
        for mapping in vars(image).get("_aws14_mappings") or ():
            response.ec2_backend.delete_snapshot(mapping.snapshot)
    return answer


def _asked_for(response: Any) -> list[dict[str, Any]]:
    """The mappings as they were asked for: moto's own reading refuses and fills in what the image decides."""
    asked: list[dict[str, Any]] = deepcopy(response._get_param("BlockDeviceMappings", []))  # noqa: SLF001 - moto's way
    return asked


def _launch(original: Callable[..., Any], backend: Any, image_id: Any, *args: Any, **kwargs: Any) -> Any:
    template = backend._get_template_from_args(kwargs["launch_template"]) if kwargs.get("launch_template") else None  # noqa: SLF001
    image = backend.amis.get(image_id or getattr(template, "image_id", None))
    if image is not None and image.state == "pending":
        raise _unavailable(image.id)
    given = kwargs.get("block_device_mappings") or (template.data.get("BlockDeviceMappings") if template else None)
    if given is None and kwargs.get("launch_config"):
        given = kwargs["launch_config"].block_device_mapping_dict
    own = None if image is None else vars(image).get("_aws14_mappings")
    if own is not None or given:
        root = getattr(image, "root_device_name", None) or "/dev/xvda"
        kwargs["block_device_mappings"] = merged(given or [], own, root)
    asked = {each["DeviceName"]: dict(each["Ebs"]) for each in kwargs.get("block_device_mappings") or ()}
    for each in kwargs.get("block_device_mappings") or ():
        check_iops(each["Ebs"].get("VolumeType"), each["Ebs"].get("VolumeSize"), each["Ebs"].get("Iops"))
        if each["Ebs"].get("VolumeType") in _PROVISIONED:
            _check_iops(each["Ebs"])
            each["Ebs"]["VolumeType"] = "gp3"  # moto's launch cannot pass on how many; see below
    reservation = original(backend, image_id, *args, **kwargs)
    for instance in reservation.instances:
        _provide(instance, asked)
    return reservation


def _check_iops(ebs: dict[str, Any]) -> None:
    from moto.ec2.exceptions import EC2ClientError

    if not ebs.get("Iops"):
        text = f"The parameter iops must be specified for {ebs['VolumeType']} volumes."
        raise EC2ClientError("MissingParameter", text)


def _provide(instance: Any, asked: dict[str, dict[str, Any]]) -> None:
    """Give volumes of a launch the type, IOPS and throughput that were asked for."""
    for device, block in instance.get_block_device_mapping:
        ebs, volume = asked.get(device, {}), instance.ec2_backend.volumes[block.volume_id]
        if ebs.get("VolumeType") in _PROVISIONED:
            volume.volume_type = ebs["VolumeType"]
        volume.iops = ebs.get("Iops") or volume.iops
        volume.throughput = ebs.get("Throughput") or volume.throughput


def _unavailable(image_id: str) -> Exception:
    from moto.ec2.exceptions import EC2ClientError

    problem: Exception = EC2ClientError("InvalidAMIID.Unavailable", f"The image ID '{image_id}' is not available")
    return problem

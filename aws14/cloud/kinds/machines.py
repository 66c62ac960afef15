"""Kinds of machines, their disks and images, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind

MACHINES: Mapping[str, Kind] = {
    "instance": Kind(
        service="ec2",
        prefix="i",
        order=20,
        exists=presence.described(
            "describe_instances",
            "InstanceIds",
            "Reservations[].Instances[].InstanceId",
            state="Reservations[].Instances[].State.Name",
        ),
        delete=lambda client, key: client.terminate_instances(InstanceIds=[key]),
        waiter=("instance_terminated", "InstanceIds"),
    ),
    "profile-association": Kind(
        service="ec2",
        order=21,
        exists=presence.described(
            "describe_iam_instance_profile_associations",
            "AssociationIds",
            "IamInstanceProfileAssociations[].AssociationId",
        ),
    ),
    "launch-template": Kind(
        service="ec2",
        prefix="lt",
        order=22,
        exists=presence.described(
            "describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates[].LaunchTemplateId"
        ),
        delete=deletion.call("delete_launch_template", "LaunchTemplateId"),
    ),
    "launch-template-version": Kind(service="ec2", order=22, exists=presence.version_exists),
    "volume-attachment": Kind(service="ec2", order=26, exists=presence.volume_attached),
    "volume": Kind(
        service="ec2",
        prefix="vol",
        order=28,
        exists=presence.described("describe_volumes", "VolumeIds", "Volumes[].VolumeId", state="Volumes[].State"),
        delete=deletion.call("delete_volume", "VolumeId"),
        waiter=("volume_deleted", "VolumeIds"),
    ),
    "image": Kind(
        service="ec2",
        prefix="ami",
        order=30,
        exists=presence.described("describe_images", "ImageIds", "Images[].ImageId", state="Images[].State"),
        delete=deletion.delete_image,
    ),
    "snapshot": Kind(
        service="ec2",
        prefix="snap",
        order=32,
        exists=presence.described("describe_snapshots", "SnapshotIds", "Snapshots[].SnapshotId"),
        delete=deletion.call("delete_snapshot", "SnapshotId"),
    ),
    "key-pair": Kind(
        service="ec2",
        prefix="key",
        order=92,
        exists=presence.described("describe_key_pairs", "KeyPairIds", "KeyPairs[].KeyPairId"),
        delete=deletion.delete_key_pair,
    ),
    "role-policy": Kind(
        service="iam",
        order=72,
        exists=presence.listed("list_attached_role_policies", "RoleName", "AttachedPolicies[].PolicyArn"),
        delete=deletion.call_with("detach_role_policy", "RoleName", "PolicyArn"),
    ),
    "role-inline-policy": Kind(
        service="iam",
        order=72,
        exists=presence.got("get_role_policy", "RoleName", "PolicyName"),
        delete=deletion.call_with("delete_role_policy", "RoleName", "PolicyName"),
    ),
    "profile-role": Kind(
        service="iam",
        order=73,
        exists=presence.listed("get_instance_profile", "InstanceProfileName", "InstanceProfile.Roles[].RoleName"),
        delete=deletion.call_with("remove_role_from_instance_profile", "InstanceProfileName", "RoleName"),
    ),
    "instance-profile": Kind(
        service="iam",
        order=74,
        exists=presence.got("get_instance_profile", "InstanceProfileName"),
        delete=deletion.call("delete_instance_profile", "InstanceProfileName"),
    ),
    "policy": Kind(
        service="iam",
        order=76,
        exists=presence.got("get_policy", "PolicyArn"),
        delete=deletion.call("delete_policy", "PolicyArn"),
    ),
    "role": Kind(
        service="iam",
        order=75,
        exists=presence.got("get_role", "RoleName"),
        delete=deletion.call("delete_role", "RoleName"),
    ),
}
"""Kind -> how it is seen and deleted."""

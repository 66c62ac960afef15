"""The instance metadata service (IMDS) of each instance, version 2 with tokens and version 1 where it is allowed.

Paths and answers: EC2 user guide, "Instance metadata categories" and "Use the Instance Metadata Service".
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.machines.instances import find_instance, user_data_of
from aws14.emulator.machines.outside import Reply, Request

__all__ = ["answer", "profile_of", "role_of"]

_LONGEST_TTL = 21_600
_TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
_TOKEN_HEADER = "x-aws-ec2-metadata-token"
_NOT_FOUND = (
    '<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>404 - Not Found</title></head>'
    "<body><h1>404 - Not Found</h1></body></html>\n"
)


def answer(instance_id: str, request: Request, now: float) -> Reply:
    """Answer as the metadata service.

    Parameters
    ----------
    instance_id : str
        Who asks: an instance hears about itself alone.
    request : Request
        What it asks.
    now : float
        Epoch seconds of AWS time.
    """
    instance = find_instance(instance_id)
    options = instance.metadata_options
    if options.http_endpoint == "disabled":
        return Reply(403)
    if request.path == "/latest/api/token":
        return _token(instance_id, request, now)
    token = request.headers.get(_TOKEN_HEADER)
    if token is None and options.http_tokens == "required":
        return _says(401, "Unauthorized")
    if token is not None and not _is_valid(instance_id, token, now):
        return _says(401, "Unauthorized")
    if request.method != "GET":
        return _says(405, "Method Not Allowed")
    return _found(instance, request.path, now)


def _says(status: int, reason: str) -> Reply:
    return Reply(
        status, {"content-type": "text/html"}, f"<html><body><h1>{status} - {reason}</h1></body></html>\n".encode()
    )


def _token(instance_id: str, request: Request, now: float) -> Reply:
    seconds = request.headers.get(_TTL_HEADER, "")
    if request.method != "PUT":
        return _says(405, "Method Not Allowed")
    if not seconds.isdigit() or not 1 <= int(seconds) <= _LONGEST_TTL:
        return _says(400, "Bad Request")
    token = urlsafe_b64encode(f"{instance_id} {now + int(seconds):.0f}".encode()).decode()
    return Reply(200, {_TTL_HEADER: seconds, "content-type": "text/plain"}, token.encode())


def _is_valid(instance_id: str, token: str, now: float) -> bool:
    try:
        owner, _, end = urlsafe_b64decode(token.encode()).decode().partition(" ")
        return owner == instance_id and now < float(end)
    except (ValueError, Base64Error):
        return False


def _found(instance: Any, path: str, now: float) -> Reply:
    key = path.partition("?")[0].strip("/").removeprefix("latest").strip("/")
    if key == "user-data":
        body = user_data_of(instance)
        return Reply(200, {"content-type": "application/octet-stream"}, body) if body else _missing()
    if key in ("", "dynamic", "dynamic/instance-identity"):
        names = {"": "dynamic\nmeta-data\nuser-data", "dynamic": "instance-identity/"}
        return _plain(names.get(key, "document"))
    if key == "dynamic/instance-identity/document":
        return _plain(json.dumps(_document(instance), indent=2))
    if key.split("/")[0] != "meta-data":
        return _missing()
    return _category(instance, key.removeprefix("meta-data").strip("/"), now)


def _plain(text: str) -> Reply:
    return Reply(200, {"content-type": "text/plain"}, text.encode())


def _missing() -> Reply:
    return Reply(404, {"content-type": "text/html"}, _NOT_FOUND.encode())


def _category(instance: Any, name: str, now: float) -> Reply:
    values = _values(instance) | _credentials(instance, now)
    if name in values:
        return _plain(values[name])
    prefix = f"{name}/" if name else ""
    below = {key[len(prefix) :] for key in values if key.startswith(prefix)}
    names = {key.partition("/")[0] + ("/" if "/" in key else "") for key in below}
    return _plain("\n".join(sorted(names))) if names else _missing()


def _values(instance: Any) -> dict[str, str]:
    """Everything but credentials; what the instance does not have is not there."""
    region, zone = instance.ec2_backend.region_name, instance.placement.zone
    mac = instance.nics[0].mac_address
    public = instance.nics[0].public_ip or ""
    values = {
        "ami-id": instance.image_id,
        "ami-launch-index": str(instance.ami_launch_index),
        "hostname": _private_name(instance, region),
        "local-hostname": _private_name(instance, region),
        "instance-action": "none",
        "instance-id": instance.id,
        "instance-life-cycle": instance.lifecycle or "on-demand",
        "instance-type": instance.instance_type,
        "local-ipv4": instance.private_ip,
        "mac": mac,
        "placement/availability-zone": zone,
        "placement/region": region,
        "security-groups": "\n".join(group.name for group in instance.nics[0].group_set),
        "services/domain": "amazonaws.com",
        "services/partition": "aws",
        "public-ipv4": public,
        "public-hostname": _public_name(public, region),
        **_interface(instance, mac),
        **_keys(instance),
    }
    if instance.metadata_options.instance_metadata_tags == "enabled":
        values |= {f"tags/instance/{tag['key']}": tag["value"] for tag in instance.get_tags()}
    return {name: value for name, value in values.items() if value}


def _interface(instance: Any, mac: str) -> dict[str, str]:
    nic = instance.nics[0]
    start = f"network/interfaces/macs/{mac}"
    vpc = instance.ec2_backend.get_vpc(nic.subnet.vpc_id)
    return {
        f"{start}/interface-id": nic.id,
        f"{start}/local-ipv4s": nic.private_ip_address,
        f"{start}/public-ipv4s": nic.public_ip or "",
        f"{start}/security-group-ids": "\n".join(group.id for group in nic.group_set),
        f"{start}/subnet-id": nic.subnet.id,
        f"{start}/subnet-ipv4-cidr-block": nic.subnet.cidr_block,
        f"{start}/vpc-id": nic.subnet.vpc_id,
        f"{start}/vpc-ipv4-cidr-block": vpc.cidr_block if vpc else "",
    }


def _keys(instance: Any) -> dict[str, str]:
    pair = instance.ec2_backend.key_pairs.get(instance.key_name)
    return {"public-keys/0/openssh-key": pair.public_key} if pair else {}


def _private_name(instance: Any, region: str) -> str:
    zone = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{instance.private_ip.replace('.', '-')}.{zone}"


def _public_name(address: str, region: str) -> str:
    zone = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{address.replace('.', '-')}.{zone}.amazonaws.com" if address else ""


def profile_of(instance: Any) -> Any:
    """Return the instance profile of an instance; None without one."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    return association.iam_instance_profile if association is not None else None


def role_of(instance: Any) -> Any:
    """Return the IAM role that an instance has by its profile; None without one."""
    profile = profile_of(instance)
    return profile.roles[0] if profile is not None and profile.roles else None


def _credentials(instance: Any, now: float) -> dict[str, str]:
    profile, role = profile_of(instance), role_of(instance)
    if profile is None:
        return {}
    stamp: Callable[[float], str] = lambda t: datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: E731
    info = {
        "Code": "Success",
        "LastUpdated": stamp(now),
        "InstanceProfileArn": profile.arn,
        "InstanceProfileId": profile.id,
    }
    values = {"iam/info": json.dumps(info, indent=2)}
    if role is not None:
        keys = {
            "AccessKeyId": "ASIA" + instance.id[2:18].upper(),
            "SecretAccessKey": "not-given-out",
            "Token": "not-given-out",
        }
        shown = {
            "Code": "Success",
            "LastUpdated": stamp(now),
            "Type": "AWS-HMAC",
            **keys,
            "Expiration": stamp(now + 21_600),
        }
        values[f"iam/security-credentials/{role.name}"] = json.dumps(shown, indent=2)
    return values


def _document(instance: Any) -> dict[str, Any]:
    return {
        "accountId": instance.ec2_backend.account_id,
        "architecture": instance.architecture,
        "availabilityZone": instance.placement.zone,
        "imageId": instance.image_id,
        "instanceId": instance.id,
        "instanceType": instance.instance_type,
        "pendingTime": instance.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": instance.private_ip,
        "region": instance.ec2_backend.region_name,
        "version": "2017-09-30",
    }

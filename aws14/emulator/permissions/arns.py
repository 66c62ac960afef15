"""The ARNs of what requests name: tables, queues, topics, buckets, functions, secrets, keys.

Formats: Service Authorization Reference, "Resource types" of each service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from aws14.emulator.call import Call

__all__ = ["Place", "resources"]

_ANY = ("*",)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request is asked.

    Parameters
    ----------
    account, region : str
        Of the caller.
    """

    account: str
    region: str

    def arn(self, service: str, rest: str) -> str:
        """An ARN of this place."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


Asked = Mapping[str, Any]


def resources(service: str, call: Call, asked: Asked, place: Place) -> Sequence[str]:
    """What a request is about: ARNs, ``*`` where it names nothing, nothing where it is not known.

    Parameters
    ----------
    service : str
        As policies name it.
    call : Call
        The request.
    asked : Mapping
        Its parameters.
    place : Place
        Where.
    """
    find = _FINDING.get(service)
    return find(call, asked, place) if find is not None else ("",)


def _table(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    if asked.get("StreamArn"):
        return (str(asked["StreamArn"]),)
    if asked.get("ShardIterator"):
        return ("",)
    names = list(asked.get("RequestItems") or ()) or [asked.get("TableName") or asked.get("ResourceArn")]
    found = [_named(str(name), place, "dynamodb", "table/") for name in names if name]
    if asked.get("IndexName"):
        found = [f"{each}/index/{asked['IndexName']}" for each in found]
    return found or (_ANY if call.operation.startswith(("List", "DescribeLimits")) else ("",))


def _named(name: str, place: Place, service: str, before: str) -> str:
    return name if name.startswith("arn:") else place.arn(service, before + name)


def _queue(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    del call
    name = urlsplit(str(asked.get("QueueUrl") or "")).path.rpartition("/")[2] or asked.get("QueueName")
    return (place.arn("sqs", str(name)),) if name else _ANY


def _topic(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    del call
    arn = asked.get("TopicArn") or asked.get("TargetArn") or asked.get("ResourceArn")
    if arn:
        return (str(arn),)
    return (place.arn("sns", str(asked["Name"])),) if asked.get("Name") else _ANY


def _bucket(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    del asked, place
    named = unquote(call.path).lstrip("/")
    return (f"arn:aws:s3:::{named.rstrip('/') if named.count('/') == 1 else named}",) if named else _ANY


def _function(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    parts = unquote(call.path).strip("/").split("/")
    if len(parts) < 3 or parts[1] != "functions":
        return ("",) if len(parts) > 2 else _ANY
    name = parts[2].rpartition("function:")[2]
    version = asked.get("Qualifier")
    return (place.arn("lambda", f"function:{name}:{version}" if version and ":" not in name else f"function:{name}"),)


def _log_group(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    del call
    name = asked.get("logGroupName") or asked.get("logGroupIdentifier")
    if not name:
        return _ANY
    text = str(name).rpartition("log-group:")[2].removesuffix(":*")
    return (place.arn("logs", f"log-group:{text}:log-stream:{asked.get('logStreamName') or ''}"),)


def _bus(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    if call.operation == "PutEvents":
        names = {str(each.get("EventBusName") or "default") for each in asked.get("Entries") or ()}
        return [_named(name, place, "events", "event-bus/") for name in sorted(names)]
    rule = asked.get("Rule") or (asked.get("Name") if call.operation.endswith("Rule") else None)
    if rule:
        return (place.arn("events", f"rule/{rule}"),)
    return _ANY if call.operation.startswith("List") else ("",)


def _machine(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    del call, place
    arn = asked.get("stateMachineArn") or asked.get("executionArn") or asked.get("activityArn")
    return (str(arn),) if arn else _ANY


def _parameter(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    if "Parameter" not in call.operation:
        return ("",)
    names = asked.get("Names") or [each for each in (asked.get("Name"), asked.get("Path")) if each]
    return [_named(str(name).lstrip("/"), place, "ssm", "parameter/") for name in names] or _ANY


def _secret(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    from moto.secretsmanager.models import secretsmanager_backends

    del call
    name = asked.get("SecretId")
    if not name:
        return (place.arn("secretsmanager", f"secret:{asked['Name']}"),) if asked.get("Name") else _ANY
    found = secretsmanager_backends[place.account][place.region].secrets.get(str(name))
    return (str(found.arn) if found is not None else _named(str(name), place, "secretsmanager", "secret:"),)


def _key(call: Call, asked: Asked, place: Place) -> Sequence[str]:
    from moto.kms.models import kms_backends

    name = str(asked.get("KeyId") or "")
    if not name:  # what is decrypted says itself by which key
        return _ANY if call.operation.startswith("List") else ("",)
    if "alias/" in name:
        alias = name[name.index("alias/") :]
        backend: Any = kms_backends[place.account][place.region]
        name = str(backend.get_key_id_from_alias(alias) or alias)
    return (_named(name, place, "kms", "" if name.startswith("alias/") else "key/"),)


_FINDING: Mapping[str, Callable[[Call, Asked, Place], Sequence[str]]] = {
    "dynamodb": _table,
    "sqs": _queue,
    "sns": _topic,
    "s3": _bucket,
    "lambda": _function,
    "logs": _log_group,
    "events": _bus,
    "states": _machine,
    "ssm": _parameter,
    "secretsmanager": _secret,
    "kms": _key,
}

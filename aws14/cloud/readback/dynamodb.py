"""DynamoDB read back: tables as nodes."""

from __future__ import annotations

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Node

_PROVISIONED = "PROVISIONED"


def fetch(asking: Asking, region: str) -> tuple[Seen, ...]:
    """Ask for every table of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    names = asking.listed("dynamodb", region, "list_tables", "TableNames")
    return tuple(_table(asking, region, str(name)) for name in names)


def _table(asking: Asking, region: str, name: str) -> Seen:
    client = asking.client("dynamodb", region)
    told: Resource = client.describe_table(TableName=name)["Table"]
    of = f"table {name}"
    key = required(told, "TableArn", of)
    lasting = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    tags = tags_of({"Tags": client.list_tags_of_resource(ResourceArn=key)["Tags"]})
    node = Node(id=key, kind="table", parent=region, aws_id=name, attributes=_attributes(told, lasting, of))
    return Seen(node=node, tags=tags, name=called(tags, name))


def _attributes(told: Resource, lasting: Resource, of: str) -> dict[str, str | int]:
    # DynamoDB says nothing of billing where a table is provisioned from the start.
    mode = told.get("BillingModeSummary", {}).get("BillingMode", _PROVISIONED)
    units = told.get("ProvisionedThroughput", {}) if mode == _PROVISIONED else {}
    stream = told.get("StreamSpecification", {})
    on = lasting.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {
        "billing_mode": mode,
        "key": " ".join(each["AttributeName"] for each in required(told, "KeySchema", of)),
        "read_units": units.get("ReadCapacityUnits", 0),
        "write_units": units.get("WriteCapacityUnits", 0),
        "ttl_attribute": lasting.get("AttributeName", "") if on else "",
        "stream": stream.get("StreamViewType", "") if stream.get("StreamEnabled") else "",
        "state": required(told, "TableStatus", of),
    }

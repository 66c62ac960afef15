"""Kinds of Lambda. Versions, aliases, permissions and the URL go with their function; its log group does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind
from aws14.cloud.presence import Params


def _function(**facts: Any) -> Kind:
    return Kind(service="lambda", **facts)


def _permitted(client: Any, key: str, params: Params) -> bool:
    """Whether the function's policy has the statement; ids are ``<function>|<statement>``."""
    name, _, statement = key.partition("|")
    version = {"Qualifier": params["Qualifier"]} if params.get("Qualifier") else {}
    try:
        policy = json.loads(client.get_policy(FunctionName=name, **version)["Policy"])
    except ClientError as error:
        if presence.is_missing(error):
            return False
        raise
    return any(each.get("Sid") == statement for each in policy["Statement"])


def _has_url(client: Any, key: str, params: Params) -> bool:
    """Whether the function, or its alias, has a URL."""
    version = {"Qualifier": params["Qualifier"]} if params.get("Qualifier") else {}
    try:
        client.get_function_url_config(FunctionName=key, **version)
    except ClientError as error:
        if presence.is_missing(error):
            return False
        raise
    return True


def _layer_exists(client: Any, key: str, params: Params) -> bool:
    """Whether this version of the layer is there; ids are ``<layer>|<number>``."""
    del params
    layer, _, number = key.partition("|")
    try:
        client.get_layer_version(LayerName=layer, VersionNumber=int(number))
    except ClientError as error:
        if presence.is_missing(error):
            return False
        raise
    return True


def _delete_layer(client: Any, key: str) -> object:
    layer, _, number = key.partition("|")
    return client.delete_layer_version(LayerName=layer, VersionNumber=int(number))


FUNCTIONS: Mapping[str, Kind] = {
    "event-source-mapping": _function(
        order=14,
        exists=presence.got("get_event_source_mapping", "UUID"),
        delete=deletion.call("delete_event_source_mapping", "UUID"),
    ),
    "function": _function(
        order=15,
        exists=presence.got("get_function_configuration", "FunctionName"),
        delete=deletion.call("delete_function", "FunctionName"),
        leaves=lambda name: (("log-group", f"/aws/lambda/{name.rpartition(':')[2]}"),),
    ),
    "function-alias": _function(order=15, exists=presence.got("get_alias", "FunctionName", "Name")),
    "function-permission": _function(order=15, exists=_permitted),
    "function-url": _function(order=15, exists=_has_url),
    "layer-version": _function(order=16, exists=_layer_exists, delete=_delete_layer),
}
"""Kind -> how it is seen and deleted."""

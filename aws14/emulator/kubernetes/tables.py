"""Objects as rows of a table: what kubectl prints.

Source: ``k8s.io/kubernetes/pkg/printers/internalversion/printers.go``.
"""

from __future__ import annotations

from typing import Any

from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.columns import COLUMNS, PLAIN
from aws14.emulator.kubernetes.exchange import Request
from aws14.emulator.kubernetes.storage import Object
from aws14.emulator.kubernetes.targets import Query, Target
from aws14.emulator.world import world

__all__ = ["table", "wants_table"]


def wants_table(request: Request) -> bool:
    """Say whether the client would rather have a table."""
    return request.method == "GET" and "as=Table" in request.headers.get("accept", "").partition(",")[0]


def table(cluster: Cluster, target: Target, query: Query, thing: Object) -> Object:
    """Return an object, or a list of them, as a table.

    Parameters
    ----------
    cluster : Cluster
        Which has them.
    target : Target
        What was asked for.
    query : Query
        ``includeObject`` says what goes with each row.
    thing : dict
        An object or a list.
    """
    if thing["kind"] == "Status":
        return thing
    columns = COLUMNS.get(target.kind.name, PLAIN)
    things = thing["items"] if thing["kind"].endswith("List") else [thing]
    include, now = query.text("includeObject") or "Metadata", world().clock.now()
    stored = [cluster.storage.read(target.kind.name, _place(one)) or one for one in things]
    rows = [
        {"cells": [column.cell(one, now) for column in columns], "object": _with_row(one, target, include)}
        for one in stored
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": _list_metadata(thing),
        "columnDefinitions": [column.definition() for column in columns],
        "rows": rows,
    }


def _place(thing: Object) -> tuple[str, str]:
    return thing["metadata"].get("namespace", ""), thing["metadata"].get("name", "")


def _list_metadata(thing: Object) -> Object:
    metadata: Object = thing.get("metadata", {})
    return {key: metadata[key] for key in ("resourceVersion", "continue", "remainingItemCount") if key in metadata}


def _with_row(thing: Object, target: Target, include: str) -> Any:
    if include == "None":
        return None
    if include == "Object":
        return {"kind": target.kind.name, "apiVersion": target.version} | thing
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": thing["metadata"]}

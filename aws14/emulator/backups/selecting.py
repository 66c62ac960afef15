"""Which resources a selection takes: by ARN with wildcards, by tag, less those it excludes.

Source: AWS Backup API reference, ``BackupSelection``: tags of ListOfTags are joined by OR and added to the ARNs;
Conditions are joined by AND and narrow them down.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aws14.emulator.backups.resources import Found, ResourceKind, kinds

__all__ = ["describes", "selected"]

_TAG = "aws:ResourceTag/"


def selected(account: str, region: str, selection: Mapping[str, Any]) -> Iterator[tuple[ResourceKind, Found]]:
    """The resources that a selection takes now.

    Parameters
    ----------
    account, region : str
        Where the plan is.
    selection : mapping
        ``BackupSelection`` of the API.
    """
    for kind in kinds():
        for found in kind.everything(account, region):
            if _takes(selection, found):
                yield kind, found


def _takes(selection: Mapping[str, Any], found: Found) -> bool:
    if any(fnmatch.fnmatchcase(found.arn, each) for each in selection.get("NotResources") or ()):
        return False
    resources, tags = selection.get("Resources") or (), selection.get("ListOfTags") or ()
    conditions = selection.get("Conditions") or {}
    by_arn = any(fnmatch.fnmatchcase(found.arn, each) for each in resources)
    by_tag = any(found.tags.get(_key(each)) == each["ConditionValue"] for each in tags)
    # Conditions alone, without an ARN, say nothing of which resources: they stand for all.
    by_condition = not resources and not tags and any(conditions.values())
    return (by_arn or by_tag or by_condition) and describes(conditions, found.tags)


def _key(condition: Mapping[str, str]) -> str:
    return condition["ConditionKey"].removeprefix(_TAG)


_TESTS: Mapping[str, Callable[[str | None, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringNotEquals": lambda value, wanted: value != wanted,
    "StringLike": lambda value, wanted: value is not None and fnmatch.fnmatchcase(value, wanted),
    "StringNotLike": lambda value, wanted: value is None or not fnmatch.fnmatchcase(value, wanted),
}


def describes(conditions: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    """Whether tags meet every condition, ``{"StringEquals": [{"ConditionKey": ..., "ConditionValue": ...}]}``."""
    for name, wanted in conditions.items():
        for each in wanted or ():
            key = (each.get("ConditionKey") or each["Key"]).removeprefix(_TAG)
            if not _TESTS[name](tags.get(key), each.get("ConditionValue") or each["Value"]):
                return False
    return True

"""DescribeAlarmHistory, as moto writes its own operations. Importing this imports moto."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult, BaseResponse

__all__ = ["AlarmHistory"]

_MOST_RECORDS = 100


class AlarmHistory(BaseResponse):
    """What alarms remember."""

    def describe_alarm_history(self) -> ActionResult:
        """List the items of one alarm or of all, the newest first unless asked otherwise."""
        items = [item for alarm in self._asked_for() for item in getattr(alarm, "_aws14_history", ())]
        kind, start, end = (self._get_param(name) for name in ("HistoryItemType", "StartDate", "EndDate"))
        items = [
            item
            for item in items
            if kind in (None, item["HistoryItemType"])
            and (start is None or item["Timestamp"] >= _aware(start))
            and (end is None or item["Timestamp"] <= _aware(end))
        ]
        newest_first = self._get_param("ScanBy") != "TimestampAscending"
        items.sort(key=lambda item: item["Timestamp"])
        if newest_first:
            items.reverse()
        first = int(self._get_param("NextToken") or 0)
        last = first + int(self._get_param("MaxRecords") or _MOST_RECORDS)
        more = {"NextToken": str(last)} if last < len(items) else {}
        return ActionResult({"AlarmHistoryItems": items[first:last], **more})

    def _asked_for(self) -> list[Any]:
        name = self._get_param("AlarmName")
        alarms = cloudwatch_backends[self.current_account][self.region].alarms
        return list(alarms.values()) if name is None else [alarm for key, alarm in alarms.items() if key == name]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

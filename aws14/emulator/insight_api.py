"""The six operations of Reachability Analyzer, as moto writes its own: a class that `EC2Response` inherits from.

Importing this imports moto.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import NoReturn
from uuid import uuid4

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.utils import add_tag_specification

from aws14.emulator.durations import typical_s
from aws14.emulator.insight_records import ANALYSIS, PATH, Kind, Record, records
from aws14.emulator.insight_shapes import RESOURCE_TYPES
from aws14.emulator.world import world

__all__ = ["NetworkInsights"]

_MOST_RESULTS = 100
_PATH_FILTERS: Mapping[str, str] = {"source": "Source", "destination": "Destination", "protocol": "Protocol"}
_ANALYSIS_FILTERS: Mapping[str, str] = {"status": "Status", "path-found": "NetworkPathFound"}


class NetworkInsights(EC2BaseResponse):
    """Paths and analyses."""

    def create_network_insights_path(self) -> ActionResult:
        """Keep a path."""
        names = ("SourceIp", "DestinationIp", "DestinationPort", "FilterAtSource", "FilterAtDestination")
        facts: Record = {name: self._get_param(name) for name in names}
        facts |= {"Protocol": str(self._get_param("Protocol", "")).lower(), "CreatedDate": _now()}
        for name in ("Source", "Destination"):
            facts |= self._end(name)
        _refuse_half_a_path(facts)
        return self._keep(PATH, {name: value for name, value in facts.items() if value is not None})

    def describe_network_insights_paths(self) -> ActionResult:
        """List paths."""
        return self._list(PATH, "NetworkInsightsPaths", _PATH_FILTERS, lambda _: True)

    def delete_network_insights_path(self) -> ActionResult:
        """Delete a path that has no analyses."""
        key = self._known(PATH, self._get_param(PATH.id))[PATH.id]
        if any(analysis[PATH.id] == key for analysis in self._records(ANALYSIS).values()):
            text = f"The networkInsightsPath '{key}' has analyses. Delete its analyses first."
            _say("AnalysisExistsForNetworkInsightsPath", text)
        return self._forget(PATH, key)

    def start_network_insights_analysis(self) -> ActionResult:
        """Begin an analysis; AWS time ends it."""
        key = self._known(PATH, self._get_param(PATH.id))[PATH.id]
        there = set(self._records(ANALYSIS))
        result = self._keep(ANALYSIS, {PATH.id: key, "StartDate": _now(), "Status": "running"})
        for new in set(self._records(ANALYSIS)) - there:
            place = (self.current_account, self.region, new)
            world().clock.after(typical_s("Reachability Analyzer analysis"), "network_insights.ends", place)
        return result

    def describe_network_insights_analyses(self) -> ActionResult:
        """List analyses, of one path or of a time when asked for."""
        path, start = self._get_param(PATH.id), self._get_param("AnalysisStartTime")
        end = self._get_param("AnalysisEndTime")
        if path:
            self._known(PATH, path)

        def wanted(record: Record) -> bool:
            begun = record["StartDate"]
            in_time = (start is None or begun >= _aware(start)) and (end is None or begun <= _aware(end))
            return in_time and path in (None, record[PATH.id])

        return self._list(ANALYSIS, "NetworkInsightsAnalyses", _ANALYSIS_FILTERS, wanted)

    def delete_network_insights_analysis(self) -> ActionResult:
        """Delete an analysis."""
        return self._forget(ANALYSIS, self._known(ANALYSIS, self._get_param(ANALYSIS.id))[ANALYSIS.id])

    def _end(self, name: str) -> Record:
        """One end of a path, given by id or by ARN."""
        given = self._get_param(name)
        if not given:
            return {}
        key = str(given).rpartition("/")[2]
        kind = RESOURCE_TYPES.get(key.rpartition("-")[0])
        if kind is None:
            _say("InvalidParameterValue", f"Value ({given}) for parameter {name} is invalid.")
        return {name: key, f"{name}Arn": f"arn:aws:ec2:{self.region}:{self.current_account}:{kind}/{key}"}

    def _records(self, kind: Kind) -> dict[str, Record]:
        return records(kind, self.current_account, self.region)

    def _known(self, kind: Kind, key: str | None) -> Record:
        record = self._records(kind).get(key or "")
        if record is None:
            name = kind.member[0].lower() + kind.member[1:]
            _say(f"Invalid{kind.id}.NotFound", f"The {name} ID '{key}' does not exist")
        return record

    def _keep(self, kind: Kind, facts: Record) -> ActionResult:
        """Keep a new record; a repeated client token gets what it got before."""
        self.error_on_dryrun()
        token = self._get_param("ClientToken")
        known = next((each for each in self._records(kind).values() if token and each["ClientToken"] == token), None)
        if known is None:
            key = f"{kind.prefix}-{uuid4().hex[:17]}"
            arn = f"arn:aws:ec2:{self.region}:{self.current_account}:{kind.name}/{key}"
            known = {kind.id: key, f"{kind.member}Arn": arn, "ClientToken": token, **facts}
            self._records(kind)[key] = known
            self.ec2_backend.create_tags([key], add_tag_specification(self._get_param("TagSpecifications", [])))
        return ActionResult({kind.member: self._shown(kind, known)})

    def _forget(self, kind: Kind, key: str) -> ActionResult:
        self.error_on_dryrun()
        del self._records(kind)[key]
        self.ec2_backend.tags.pop(key, None)
        return ActionResult({kind.id: key})

    def _shown(self, kind: Kind, record: Record) -> Record:
        tags = self.ec2_backend.tags.get(record[kind.id], {})
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        return {**{name: value for name, value in record.items() if name != "ClientToken"}, "Tags": listed}

    def _list(
        self, kind: Kind, member: str, filters: Mapping[str, str], wanted: Callable[[Record], bool]
    ) -> ActionResult:
        self.error_on_dryrun()
        asked = self._get_param(f"{kind.id}s", [])
        found: Iterable[Record] = [self._known(kind, key) for key in asked] or self._records(kind).values()
        shown = [self._shown(kind, record) for record in found if wanted(record)]
        for name, values in self._filters_from_querystring().items():
            shown = [record for record in shown if _passes(record, name, values, filters)]
        start = self._page_start()
        end = start + min(int(self._get_param("MaxResults") or _MOST_RESULTS), _MOST_RESULTS)
        more = {"NextToken": str(end)} if end < len(shown) else {}
        return ActionResult({member: shown[start:end], **more})

    def _page_start(self) -> int:
        token = self._get_param("NextToken") or "0"
        if not token.isdecimal():
            _say("InvalidParameterValue", f"Value ({token}) for parameter NextToken is invalid.")
        return int(token)


def _refuse_half_a_path(facts: Record) -> None:
    if "Source" not in facts:
        _say("MissingParameter", "The request must contain the parameter Source")
    filtered = (facts["FilterAtSource"] or {}).get("DestinationAddress")
    if "Destination" not in facts and not facts["DestinationIp"] and not filtered:
        _say("MissingParameter", "The request must contain the parameter Destination")
    if facts["Protocol"] not in ("tcp", "udp"):
        _say("InvalidParameterValue", f"Value ({facts['Protocol']}) for parameter Protocol is invalid.")


def _passes(record: Record, name: str, values: Iterable[str], filters: Mapping[str, str]) -> bool:
    if name.startswith("tag:"):
        has = [tag["Value"] for tag in record["Tags"] if tag["Key"] == name[4:]]
    elif name == "tag-key":
        has = [tag["Key"] for tag in record["Tags"]]
    elif name in filters:
        value = record.get(filters[name], "")
        has = [str(value).lower() if isinstance(value, bool) else str(value)]
    else:
        _say("InvalidParameterValue", f"The filter '{name}' is invalid")
    return any(fnmatchcase(each, value) for each in has for value in values)


def _now() -> datetime:
    return datetime.fromtimestamp(world().clock.now(), UTC)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _say(code: str, message: str) -> NoReturn:
    raise EC2ClientError(code, message)

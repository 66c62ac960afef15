"""The ledger: what the course made, as a file of JSON lines, one before and one after each creating call.

A line is written with one system call and never changed, so that a crash loses nothing that AWS may have made. The file
is readable by its owner only: on the embedded AWS it holds the private keys that AWS hands out once, because a
repeated call is answered from it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal

State = Literal["begun", "done", "failed", "gone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One creating call.

    Parameters
    ----------
    id : str
        Its own id; the lines before and after the call share it.
    time : str
        When it began, ISO 8601 in UTC.
    state : {'begun', 'done', 'failed', 'gone'}
        ``begun`` without an end: the process died in between, or AWS did not answer. ``gone``: torn down.
    pattern, region, service, operation : str
        What was called, for which pattern and where; names as in boto3 and the AWS API.
    digest : str
        Hash of all of that and the parameters: equal for identical calls.
    params : Mapping
        The parameters, long and secret values left out.
    parents : tuple of str
        AWS ids named in the parameters.
    resources : tuple of str
        Ids of what was made.
    response : Mapping
        The answer, for saying it again.
    error : str
        Error code of a failed call.
    """

    id: str
    time: str
    state: State
    pattern: str
    region: str
    service: str
    operation: str
    digest: str
    params: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    response: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


class Ledger:
    """The creating calls of one account, on disk and in memory.

    Parameters
    ----------
    path : Path
        The file; made, readable by its owner only, when the first line is written.

    Attributes
    ----------
    secrets : dict
        Record id -> entries of an answer that are kept in memory only.
    writes : int
        Lines written by this process: grows with every creating call and with every teardown.

    Notes
    -----
    Several kernels may write to the same file: lines are appended whole, and reading takes in what others added.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.secrets: dict[str, Any] = {}
        self.writes = 0
        self._records: dict[str, Record] = {}
        self._offset = 0
        self._lock = RLock()

    def begin(self, record: Record) -> Record:
        """Write down that a call is about to be made; returns the record with its id."""
        begun = replace(record, id=uuid.uuid4().hex, time=datetime.now(UTC).isoformat(), state="begun")
        self._append(asdict(begun))
        return begun

    def end(self, begun: Record, **outcome: Any) -> None:
        """Write down how it ended: `state`, `resources`, `response` or `error`."""
        self._append({"id": begun.id, **outcome})

    def records(self, pattern: str = "") -> tuple[Record, ...]:
        """All records in the order they began; those of one pattern when it is given."""
        with self._lock:
            self._take_in()
            return tuple(record for record in self._records.values() if not pattern or record.pattern == pattern)

    def find(self, digest: str) -> Record | None:
        """The latest finished call with this digest."""
        done = (record for record in reversed(self.records()) if record.digest == digest and record.state == "done")
        return next(done, None)

    def ids(self, pattern: str = "") -> frozenset[str]:
        """AWS ids of everything made and not torn down, of one pattern or of all."""
        records = (record for record in self.records(pattern) if record.state != "gone")
        return frozenset(resource for record in records for resource in record.resources)

    def regions(self, pattern: str = "") -> tuple[str, ...]:
        """Regions in which EC2 calls made something, in the order they were first used."""
        return tuple(dict.fromkeys(record.region for record in self.records(pattern) if record.service == "ec2"))

    def _append(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(encode(line), separators=(",", ":")) + "\n"
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, (_missing_newline(handle) + text).encode())
            finally:
                os.close(handle)
            self.writes += 1

    def _take_in(self) -> None:
        for line in self._new_lines():
            known = self._records.get(line["id"])
            if known or "digest" in line:  # an end whose beginning a crash cut short says nothing
                self._records[line["id"]] = _merged(known, line)

    def _new_lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._offset)
            for raw in file:
                if not raw.endswith(b"\n"):
                    return  # another process is writing it, or died doing so
                self._offset += len(raw)
                if line := _parsed(raw):
                    yield line


def digest(*parts: Any) -> str:
    """Hash of anything that `encode` takes; equal for equal content, whatever the order of keys."""
    text = json.dumps(encode(list(parts)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def encode(value: Any) -> Any:
    """Turn parameters and answers of boto3 into what JSON can say."""
    if isinstance(value, Mapping):
        return {str(key): encode(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [encode(entry) for entry in value]
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, bytes | bytearray):
        return {"$bytes": base64.b64encode(value).decode()}
    return value if value is None or isinstance(value, str | int | float | bool) else repr(value)


def decode(value: Any) -> Any:
    """The inverse of `encode`; tuples come back as lists."""
    if isinstance(value, list):
        return [decode(entry) for entry in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"$datetime"}:
        return datetime.fromisoformat(value["$datetime"])
    if set(value) == {"$bytes"}:
        return base64.b64decode(value["$bytes"])
    return {key: decode(entry) for key, entry in value.items()}


def _merged(record: Record | None, line: dict[str, Any]) -> Record:
    for name in ("parents", "resources"):
        if name in line:
            line[name] = tuple(line[name])
    return replace(record, **line) if record else Record(**line)


def _parsed(raw: bytes) -> dict[str, Any] | None:
    """A line as written, or None for one that a crash cut short."""
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "id" in line else None


def _missing_newline(handle: int) -> str:
    """A line break, when the last writer died in the middle of a line."""
    size = os.lseek(handle, 0, os.SEEK_END)
    if not size:
        return ""
    os.lseek(handle, size - 1, os.SEEK_SET)
    return "" if os.read(handle, 1) == b"\n" else "\n"

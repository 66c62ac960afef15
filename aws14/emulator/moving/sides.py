"""The two ends of a task, all alike: the office's folder, a bucket, a shared file system.

Paths are those below the location, from a slash on. Times of change travel with the files: in a bucket as the metadata
``file-mtime``, as DataSync writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from aws14.emulator import offices
from aws14.emulator.files import trees
from aws14.emulator.machines.disk import FILE, FileProblem
from aws14.emulator.world import world
from aws14.errors import ScenarioError

__all__ = ["BucketSide", "FileError", "OfficeSide", "Side", "Stamp", "TreeSide"]

_NS = 1_000_000_000
_GIB = 1024**3


class FileError(Exception):
    """One file cannot be read or written; the others go on."""


@dataclass(frozen=True)
class Stamp:
    """By what a file is compared: its size, and when it was last written, epoch seconds."""

    bytes: int
    modified: float


class Side(Protocol):
    """One end of a task."""

    def listed(self) -> dict[str, Stamp]:
        """Every file, or a `FileError`."""

    def read(self, path: str) -> bytes:
        """Its bytes, or a `FileError`."""

    def write(self, path: str, data: bytes, modified: float) -> None:
        """Make or replace a file, or a `FileError`."""

    def remove(self, path: str) -> None:
        """Delete a file, or a `FileError`."""

    def declared(self) -> int:
        """Bytes that it is said to hold beside real files."""

    def declare(self, bytes_held: int) -> None:
        """Let it be said to hold so many."""


@dataclass(frozen=True)
class OfficeSide:
    """The office's folder, from ``root`` of the share on."""

    root: str

    def listed(self) -> dict[str, Stamp]:
        """Every file."""
        try:
            found = offices.listed(self.root)
        except (OSError, ScenarioError) as error:
            raise FileError(str(error)) from error
        return {path[len(self.root) :]: Stamp(one.bytes, one.modified) for path, one in found.items()}

    def read(self, path: str) -> bytes:
        """Its bytes."""
        try:
            return offices.read(self.root + path)
        except (OSError, ScenarioError) as error:
            raise FileError(str(error)) from error

    def write(self, path: str, data: bytes, modified: float) -> None:
        """Make or replace a file."""
        try:
            offices.write(self.root + path, data, modified=modified)
        except (OSError, ScenarioError) as error:
            raise FileError(str(error)) from error

    def remove(self, path: str) -> None:
        """Delete a file."""
        try:
            offices.remove(self.root + path)
        except (OSError, ScenarioError) as error:
            raise FileError(str(error)) from error

    def declared(self) -> int:
        """What the learner says; all of it is at the root."""
        return offices.stored_bytes() if not self.root else 0

    def declare(self, bytes_held: int) -> None:
        """Hold so many from now on."""
        offices.declare(offices.Office(stored_gib=bytes_held / _GIB))


@dataclass(frozen=True)
class BucketSide:
    """A bucket, from ``prefix`` on."""

    name: str
    prefix: str
    storage_class: str

    def _bucket(self) -> Any:
        from aws14.emulator.buckets.access import bucket_of

        found = bucket_of(self.name)
        if found is None:
            raise FileError(f"The specified bucket {self.name} does not exist")
        return found

    def _backend(self) -> Any:
        from moto.s3.models import s3_backends

        return s3_backends[self._bucket().account_id]["aws"]

    def _object(self, path: str) -> Any:
        from aws14.emulator.buckets.access import object_of

        return object_of(self._bucket(), self.prefix + path.removeprefix("/"))

    def listed(self) -> dict[str, Stamp]:
        """Every object below the prefix; one whose key ends in a slash stands for a folder."""
        from aws14.emulator.buckets.access import object_of

        bucket = self._bucket()
        keys = [key for key in bucket.keys if key.startswith(self.prefix) and not key.endswith("/")]
        found = ((f"/{key.removeprefix(self.prefix)}", object_of(bucket, key)) for key in keys)
        return {path: Stamp(one.size, _modified(one)) for path, one in found if one is not None}

    def read(self, path: str) -> bytes:
        """Its bytes."""
        found = self._object(path)
        if found is None:
            raise FileError(f"{path}: the specified key does not exist")
        from aws14.emulator.buckets.restoring import is_archived

        if is_archived(found):
            raise FileError(f"{path}: the operation is not valid for the object's storage class")
        data: bytes = found.value
        return data

    def write(self, path: str, data: bytes, modified: float) -> None:
        """Put an object with the metadata that DataSync writes."""
        key = self.prefix + path.removeprefix("/")
        made = self._backend().put_object(self.name, key, data, storage=self.storage_class)
        made.set_metadata({"x-amz-meta-file-mtime": f"{round(modified * _NS)}ns"})

    def remove(self, path: str) -> None:
        """Delete an object; where there are versions they stay, behind a marker."""
        self._backend().delete_object(self.name, self.prefix + path.removeprefix("/"))

    def declared(self) -> int:
        """What was copied here without its bytes; the bucket itself does not show it."""
        kept: dict[str, int] = world().state.get("datasync_declared", {})
        return kept.get(f"{self.name}/{self.prefix}", 0)

    def declare(self, bytes_held: int) -> None:
        """Hold so many from now on."""
        world().state.setdefault("datasync_declared", {})[f"{self.name}/{self.prefix}"] = bytes_held


def _modified(found: Any) -> float:
    from moto.core.utils import unix_time

    told = next((v for name, v in found.metadata.items() if name.lower().endswith("file-mtime")), "")
    if str(told).endswith("ns") and str(told)[:-2].isdigit():
        return int(str(told)[:-2]) / _NS
    return float(unix_time(found.last_modified))


@dataclass(frozen=True)
class TreeSide:
    """A shared file system, from ``root`` on."""

    key: str
    root: str
    read_only: bool = False

    def listed(self) -> dict[str, Stamp]:
        """Every file."""
        tree = trees.find(self.key)
        nodes = tree.disk.nodes if tree is not None else {}
        below = ((path, node) for path, node in sorted(nodes.items()) if path.startswith(f"{self.root}/"))
        return {path[len(self.root) :]: Stamp(len(n.data), n.changed) for path, n in below if n.kind == FILE}

    def read(self, path: str) -> bytes:
        """Its bytes; reading is an access."""
        tree, place = trees.find(self.key), self.root + path
        node = tree.disk.find(place) if tree is not None else None
        if tree is None or node is None or node.kind != FILE:
            raise FileError(f"{path}: no such file or directory")
        trees.accessed(tree, place, world().clock.now())
        return node.data

    def write(self, path: str, data: bytes, modified: float) -> None:
        """Make or replace a file."""
        if self.read_only:
            raise FileError(f"{path}: read-only file system")
        try:
            trees.write(self.key, self.root + path, data, now=world().clock.now())
        except FileProblem as problem:
            raise FileError(str(problem)) from problem
        tree = trees.find(self.key)
        node = tree.disk.find(self.root + path) if tree is not None else None
        if node is not None:
            node.changed = modified

    def remove(self, path: str) -> None:
        """Delete a file."""
        if self.read_only:
            raise FileError(f"{path}: read-only file system")
        trees.remove(self.key, self.root + path)

    def declared(self) -> int:
        """What is declared of the file system; all of it is at the root."""
        tree = trees.find(self.key)
        return tree.bulk.bytes if tree is not None and tree.bulk is not None and not self.root else 0

    def declare(self, bytes_held: int) -> None:
        """Hold so many from now on, as if just written."""
        tree = trees.find(self.key) or trees.put(self.key, trees.Tree())
        active = tree.bulk.active if tree.bulk is not None else 0
        tree.bulk = trees.Bulk(bytes_held, min(active, bytes_held), world().clock.now())
        tree.version += 1

"""The blocks of a volume or snapshot that hold something, each with what tells it from another.

A snapshot keeps blocks of 512 KiB (EBS user guide, "EBS direct APIs"). Each file stands where its path says, so that a
file which grows or comes leaves others where they are; folders, owners and names share the first block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from zlib import crc32

from aws14.catalog import quota
from aws14.emulator.machines.contents import Contents
from aws14.emulator.machines.disk import FILE, Node

__all__ = ["block_bytes", "blocks_of", "changed", "held", "stored"]

_PER_GIB = 2048
_OWN = 0
"""Index of the file system's own block."""
Blocks = Mapping[int, str]


def block_bytes() -> int:
    """Bytes of a block."""
    return int(quota("EBS", "block of a snapshot").value) * 1024


def blocks_of(contents: Contents | None, size_gib: int) -> dict[int, str]:
    """Index -> digest of every block that holds something.

    Parameters
    ----------
    contents : Contents or None
        None for a volume that was never formatted.
    size_gib : int
        Of the volume.
    """
    if contents is None:
        return {}
    size = block_bytes()
    names, found = blake2b(contents.kind.encode(), digest_size=8), {}
    for path, node in sorted(contents.disk.nodes.items()):
        names.update(repr((path, node.kind, node.mode, node.owner, node.group, node.target, len(node.data))).encode())
        for index, at in _places(path, node, size_gib, size):
            found[index] = blake2b(node.data[at : at + size], digest_size=8).hexdigest()
    return {_OWN: names.hexdigest(), **found}


def held(contents: Contents | None, size_gib: int) -> int:
    """How many blocks hold something; they are counted, not read."""
    if contents is None:
        return 0
    size, nodes = block_bytes(), contents.disk.nodes.items()
    return len({_OWN, *(index for path, node in nodes for index, _ in _places(path, node, size_gib, size))})


def _places(path: str, node: Node, size_gib: int, size: int) -> Iterator[tuple[int, int]]:
    """Where the blocks of a file are on the volume, and where each begins in the file."""
    if node.kind == FILE:
        start = crc32(path.encode())
        for at in range(0, len(node.data), size):
            yield 1 + (start + at // size) % (size_gib * _PER_GIB - 1), at


def changed(first: Blocks, second: Blocks) -> tuple[int, ...]:
    """Indices of the blocks that differ between two snapshots, or are in one only."""
    return tuple(sorted(index for index in {*first, *second} if first.get(index) != second.get(index)))


def stored(blocks: Blocks, earlier: Blocks | None) -> int:
    """How many blocks a snapshot stores for itself: those that the one before it lacks, all where there is none."""
    return len(blocks) if earlier is None else sum(earlier.get(index) != told for index, told in blocks.items())

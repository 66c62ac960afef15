"""Blocks: rectangles that are put beside and below each other until they make a page. Points, y grows downwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

GAP = 22.0
"""Room between two blocks, in points: for a line and its words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rect:
    """A rectangle on the paper."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right border."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower border."""
        return self.top + self.height

    @property
    def center(self) -> tuple[float, float]:
        """Its middle, x and y."""
        return self.left + self.width / 2, self.top + self.height / 2

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point lies in it."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def overlap(self, other: Rect) -> float:
        """Area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Something with a size, and what stands in it.

    Parameters
    ----------
    width, height : float
        Of the whole.
    name : str
        Id of the node it stands for; empty for a mere arrangement.
    inner : tuple of (float, float, Block)
        What stands in it, by the place of its upper left corner.
    """

    width: float
    height: float
    name: str = ""
    inner: tuple[tuple[float, float, Block], ...] = ()

    def places(self, left: float = 0.0, top: float = 0.0) -> Iterator[tuple[str, Rect]]:
        """Where each node comes to stand, boxes before what is in them."""
        if self.name:
            yield self.name, Rect(left=left, top=top, width=self.width, height=self.height)
        for x, y, block in self.inner:
            yield from block.places(left + x, top + y)


NOTHING = Block(width=0.0, height=0.0)


def beside(blocks: Sequence[Block], *, gap: float = GAP, middle: bool = True) -> Block:
    """Blocks side by side, centred on each other or with their upper borders in line."""
    shown = [block for block in blocks if block.width]
    tall = max((block.height for block in shown), default=0.0)
    placed, x = [], 0.0
    for block in shown:
        placed.append((x, (tall - block.height) / 2 if middle else 0.0, block))
        x += block.width + gap
    return Block(width=max(0.0, x - gap), height=tall, inner=tuple(placed))


def below(blocks: Sequence[Block], *, gap: float = GAP) -> Block:
    """Blocks below each other, centred."""
    shown = [block for block in blocks if block.width]
    wide = max((block.width for block in shown), default=0.0)
    placed, y = [], 0.0
    for block in shown:
        placed.append(((wide - block.width) / 2, y, block))
        y += block.height + gap
    return Block(width=wide, height=max(0.0, y - gap), inner=tuple(placed))


def wrapped(blocks: Sequence[Block], per_row: int, *, gap: float = GAP) -> Block:
    """At most `per_row` side by side, the rest in rows below."""
    rows = [blocks[start : start + per_row] for start in range(0, len(blocks), per_row)]
    return below([beside(row, gap=gap, middle=False) for row in rows], gap=gap)


def filled(blocks: Sequence[Block], width: float) -> Block:
    """As many side by side as go into a width, the rest in rows below."""
    rows: list[list[Block]] = []
    for block in blocks:
        if rows and beside([*rows[-1], block], gap=2 * GAP).width <= width:
            rows[-1].append(block)
        else:
            rows.append([block])
    return below([beside(row, gap=2 * GAP) for row in rows])


def stretched(block: Block, width: float, height: float) -> Block:
    """A block of at least a size, with what stands in it in the middle."""
    wide, tall = max(width, block.width), max(height, block.height)
    x, y = (wide - block.width) / 2, (tall - block.height) / 2
    if not block.name:
        return Block(width=wide, height=tall, inner=((x, y, block),))
    inner = tuple((left + x, top + y, each) for left, top, each in block.inner)
    return replace(block, width=wide, height=tall, inner=inner)


def boxed(name: str, content: Block, heading: tuple[float, float], *, margin: float = 9.0) -> Block:
    """A box around a block, with room for its heading."""
    head = heading[1] + margin
    wide = max(content.width, heading[0]) + 2 * margin
    tall = head + content.height + (margin if content.height else 0.0) + 4.0
    return Block(
        width=wide,
        height=tall,
        name=name,
        inner=(((wide - content.width) / 2, head, content),) if content.width else (),
    )

"""Labels: what stands below an icon and at the head of a box, line by line, and in Graphviz's HTML-like language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from aws14.design.icons import icon_file
from aws14.design.palette import GREY, ICON_PT, INK, TEXT_PT, TITLE_PT, chip, mark_of
from aws14.design.words import box_title, facts, named
from aws14.model import Node, Topology

_SHOWN_IDS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Words of one size and colour; sizes in points."""

    text: str
    size: int = TEXT_PT
    color: str = GREY
    bold: bool = False


def node_lines(node: Node, mark: str = "") -> Sequence[Run]:
    """The word of the mark, the title, the facts that matter, the AWS id when built."""
    title = Run(text=named(node), size=TITLE_PT, color=GREY if "missing" in mark else INK, bold=True)
    marked = [Run(text=chip(mark), color=mark_of(mark).color, bold=True)] if mark else []
    return [*marked, title, *(Run(text=line) for line in (*facts(node), *_identity(node)))]


def node_label(node: Node, mark: str = "") -> str:
    """Icon and lines; framed when marked."""
    lines = [_row(line) for line in node_lines(node, mark)]
    lines.insert(1 if mark else 0, _icon(node))
    frame = 'BORDER="0" CELLPADDING="1"'
    if mark:
        look = mark_of(mark)
        frame = f'BORDER="2" STYLE="rounded,{look.style}" COLOR="{look.color}" BGCOLOR="#FFFFFF" CELLPADDING="3"'
    return f'<<TABLE {frame} CELLBORDER="0" CELLSPACING="0">{"".join(lines)}</TABLE>>'


def box_lines(topology: Topology, node: Node, mark: str = "") -> Sequence[Sequence[Run]]:
    """Name and address range of a container, a subnet's below its name; the word when marked; the AWS id when built."""
    heading, cidr = box_title(topology, node)
    title = [Run(text=heading, size=TITLE_PT, color=INK, bold=True)]
    if mark:
        title.append(Run(text=chip(mark), size=TITLE_PT, color=mark_of(mark).color, bold=True))
    below = [[Run(text=line)] for line in _identity(node)]
    if not cidr:
        return [title, *below]
    if node.kind == "subnet":
        return [title, [Run(text=cidr)], *below]
    return [[title[0], Run(text=cidr), *title[1:]], *below]


def _identity(node: Node) -> Iterable[str]:
    if node.kind == "dns_record":
        return []  # its identity is its name and type, which are there already
    # Of an ARN its last word: what stands before it is told by the drawing.
    last = [name.rsplit("/", 1)[-1] if name.startswith("arn:") else name for name in node.aws_id.split(",")]
    identities = [name for name in last if name and name != named(node)]
    more, shown = len(identities) - _SHOWN_IDS, identities[:_SHOWN_IDS]
    return [*shown, f"and {more} more"] if more > 0 else shown


def _icon(node: Node) -> str:
    source = escape(icon_file(node.kind).as_posix())
    return f'<TR><TD FIXEDSIZE="TRUE" WIDTH="{ICON_PT}" HEIGHT="{ICON_PT}"><IMG SCALE="TRUE" SRC="{source}"/></TD></TR>'


def _row(line: Run) -> str:
    content = f"<B>{escape(line.text)}</B>" if line.bold else escape(line.text)
    return f'<TR><TD><FONT POINT-SIZE="{line.size}" COLOR="{line.color}">{content}</FONT></TD></TR>'

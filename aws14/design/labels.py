"""Labels: what stands below an icon and at the head of a box, in Graphviz's HTML-like language."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from aws14.design.icons import icon_file
from aws14.design.palette import GREY, ICON_PT, INK, TEXT_PT, TITLE_PT, chip, mark_of
from aws14.design.words import box_title, facts, named
from aws14.model import Node, Topology

_SHOWN_IDS = 2


def node_label(node: Node, mark: str = "") -> str:
    """Icon, title, the facts that matter, the AWS id when built; framed and named when marked."""
    rows = [
        _icon(node),
        _row(named(node), TITLE_PT, GREY if "missing" in mark else INK, bold=True),
        *(_row(fact, TEXT_PT, GREY) for fact in facts(node)),
        *(_row(line, TEXT_PT, GREY) for line in _identity(node)),
    ]
    frame = 'BORDER="0" CELLPADDING="1"'
    if mark:
        look = mark_of(mark)
        rows.insert(0, _row(chip(mark), TEXT_PT, look.color, bold=True))
        frame = f'BORDER="2" STYLE="rounded,{look.style}" COLOR="{look.color}" BGCOLOR="#FFFFFF" CELLPADDING="3"'
    return f'<<TABLE {frame} CELLBORDER="0" CELLSPACING="0">{"".join(rows)}</TABLE>>'


def box_label(topology: Topology, node: Node, mark: str = "") -> str:
    """Name and address range of a container; the word when marked; the AWS id below when built."""
    heading, cidr = box_title(topology, node)
    parts = [_text(heading, TITLE_PT, INK, bold=True)]
    parts += [_text(cidr, TEXT_PT, GREY)] if cidr else []
    parts += [_text(chip(mark), TITLE_PT, mark_of(mark).color, bold=True)] if mark else []
    below = "".join(f'<BR ALIGN="LEFT"/>{_text(line, TEXT_PT, GREY)}' for line in _identity(node))
    return "<" + "&#160;&#160; ".join(parts) + below + ('<BR ALIGN="LEFT"/>' if below else "") + ">"


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


def _row(text: str, size: int, color: str, *, bold: bool = False) -> str:
    return f"<TR><TD>{_text(text, size, color, bold=bold)}</TD></TR>"


def _text(text: str, size: int, color: str, *, bold: bool = False) -> str:
    content = f"<B>{escape(text)}</B>" if bold else escape(text)
    return f'<FONT POINT-SIZE="{size}" COLOR="{color}">{content}</FONT>'

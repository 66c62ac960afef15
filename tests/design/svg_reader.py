"""Reads a drawing back: which parts, boxes and lines stand in the SVG, and where its texts are."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
WIDTH_OF_A_LETTER = 0.5


@dataclass(frozen=True)
class Text:
    words: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: Text) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1 and down > 1


class Drawing:
    def __init__(self, image: bytes) -> None:
        self.source = image.decode("utf-8")
        self.root = ET.fromstring(self.source)

    def ids(self, css_class: str) -> set[str]:
        return {group.get("id", "") for group in self.groups(css_class)}

    def groups(self, css_class: str) -> list[ET.Element]:
        return [group for group in self.root.iter(f"{SVG}g") if group.get("class") == css_class]

    def part(self, node_id: str) -> ET.Element:
        return next(group for group in self.root.iter(f"{SVG}g") if group.get("id") == node_id)

    def graph(self) -> dict[str, object]:
        return dict(json.loads(self.root.findtext(f"{SVG}metadata") or "{}"))

    def images(self) -> list[str]:
        return [image.get(HREF, "") for image in self.root.iter(f"{SVG}image")]

    def words(self, element: ET.Element | None = None) -> str:
        texts = (self.root if element is None else element).iter(f"{SVG}text")
        return " | ".join("".join(text.itertext()).strip() for text in texts)

    def texts(self) -> list[Text]:
        found = []
        for text in self.root.iter(f"{SVG}text"):
            words = "".join(text.itertext()).strip()
            size, x, y = float(text.get("font-size", "0")), float(text.get("x", "0")), float(text.get("y", "0"))
            width = WIDTH_OF_A_LETTER * size * len(words)
            left = x - width / 2 if text.get("text-anchor") == "middle" else x
            found.append(Text(words, left, left + width, y - 0.75 * size, y + 0.2 * size))
        return found

    def overlapping(self) -> list[tuple[str, str]]:
        return [(one.words, other.words) for one, other in combinations(self.texts(), 2) if one.overlaps(other)]

    def most_across(self) -> int:
        rows: dict[int, int] = {}
        for group in self.groups("node"):
            for image in group.iter(f"{SVG}image"):
                row = round(float(image.get("y", "0")))
                rows[row] = rows.get(row, 0) + 1
        return max(rows.values(), default=0)

    def smallest_text_px(self, page_px: float = 900) -> float:
        width = float(re.sub("pt", "", self.root.get("width", "0"))) * 4 / 3
        sizes = [float(text.get("font-size", "99")) for text in self.root.iter(f"{SVG}text")]
        return min(sizes) * 4 / 3 * min(1.0, page_px / width)

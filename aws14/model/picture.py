"""Picture: a drawing or a chart for people, with the words that stand in for it.

JupyterLab gives image outputs no alternative text; an HTML figure keeps it, also in an untrusted notebook.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Literal

Format = Literal["svg", "png"]
_MIME = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image, its description and its caption.

    Parameters
    ----------
    image : bytes
        SVG text in UTF-8, or PNG.
    format : {'svg', 'png'}
        Which of the two.
    alt : str
        What the image says, for those who cannot see it.
    caption : str
        One sentence below the image.
    table_html : str
        The data of the image as an HTML table, folded below the caption; empty for none.
    width_px : int
        The widest it is shown.
    """

    image: bytes = field(repr=False)
    format: Format
    alt: str
    caption: str = ""
    table_html: str = field(default="", repr=False)
    width_px: int = 900

    def html(self) -> str:
        """The picture as an HTML ``<figure>``."""
        data = base64.b64encode(self.image).decode("ascii")
        caption = f"<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        table = (
            f"<details><summary>The figure as a table</summary>{self.table_html}</details>" if self.table_html else ""
        )
        return (
            f"<figure style='margin:0'><img style='max-width:min(100%,{self.width_px}px);background:#fff' "
            f'alt="{escape(self.alt, quote=True)}" src="data:{_MIME[self.format]};base64,{data}">'
            f"{caption}{table}</figure>"
        )

    def save(self, path: str | Path) -> Path:
        """Write the image to a file and return its path."""
        target = Path(path)
        target.write_bytes(self.image)
        return target

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """HTML for notebooks, the description for everything else."""
        return {"text/html": self.html(), "text/plain": str(self)}

    def __str__(self) -> str:
        """The description, then the caption."""
        return "\n".join(part for part in (self.alt, self.caption) if part)

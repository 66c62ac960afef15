"""Web pages of executed chapters: one a chapter, with every figure and its words, and an index. They load nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from aws14.command.execute import Billed, Execution

_TAG_COLOURS = {
    "setup": "#6b7280",
    "build": "#1d4ed8",
    "inspect": "#0f766e",
    "experiment": "#7c3aed",
    "predict": "#b45309",
    "exercise": "#be123c",
    "solution": "#be123c",
    "check": "#15803d",
    "cleanup": "#6b7280",
    "real-only": "#6b7280",
}

_TAG_STYLE = """
.jp-Cell.celltag_{tag} {{ border-left: 4px solid {colour}; }}
.jp-Cell.celltag_{tag}::before {{
  content: "{tag}"; display: block; padding-left: 8px; color: {colour}; font: 600 11px sans-serif;
}}
"""

# nbconvert's own page without the scripts that it fetches from elsewhere
_TEMPLATE = """
{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block extra_css -%}<style>STYLES</style>{%- endblock -%}
"""

_INDEX_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #111; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem; border-bottom: 1px solid #d4d4d4; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
"""


def write(executions: Sequence[Execution], folder: Path) -> Path:
    """Write one page per chapter and an index.

    Parameters
    ----------
    executions : sequence of Execution
        In the order of the index.
    folder : Path
        Where to; made when it is not there.

    Returns
    -------
    Path
        The index.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for execution in executions:
        (folder / f"{execution.name}.html").write_text(chapter_page(execution), encoding="utf-8")
    index = folder / "index.html"
    index.write_text(index_page(executions), encoding="utf-8")
    return index


def chapter_page(execution: Execution) -> str:
    """An executed chapter as a page of its own.

    Parameters
    ----------
    execution : Execution
        Of the chapter.
    """
    # nbconvert takes a second to import; `aws14 --help` does without
    from nbconvert import HTMLExporter

    make: Any = HTMLExporter  # nbconvert has no types
    styles = "".join(_TAG_STYLE.format(tag=tag, colour=colour) for tag, colour in _TAG_COLOURS.items())
    exporter = make(
        template_name="lab",
        raw_template=_TEMPLATE.replace("STYLES", styles),
        embed_images=True,
        exclude_anchor_links=True,
        language_code="en",
    )
    page: str = exporter.from_notebook_node(
        _for_people(execution.notebook), resources={"metadata": {"name": execution.title}}
    )[0]
    return page


def index_page(executions: Sequence[Execution]) -> str:
    """The index: a row per chapter, with what ran, how long it took, what passed, and what it costs.

    Parameters
    ----------
    executions : sequence of Execution
        The rows.
    """
    rows = "\n".join(_row(execution) for execution in executions)
    failed = [execution for execution in executions if not execution.ok]
    verdict = f"{len(executions) - len(failed)} of {len(executions)} chapters ran without an error or a failed check"
    header = "".join(
        f'<th scope="col"{kind}>{text}</th>'
        for text, kind in (
            ("Chapter", ""),
            ("Cells run", ' class="number"'),
            ("Seconds", ' class="number"'),
            ("Checks passed", ' class="number"'),
            ("Bill", ""),
            ("State", ""),
        )
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>aws14: chapters run</title><style>{_INDEX_STYLE}</style></head>\n"
        f"<body><main><h1>Chapters run</h1><table><caption>{escape(verdict)}.</caption>"
        f"<thead><tr>{header}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></main></body></html>\n"
    )


def _row(execution: Execution) -> str:
    passed = sum(check.ok for check in execution.checks)
    return (
        f'<tr><th scope="row"><a href="{escape(execution.name, quote=True)}.html">{escape(execution.title)}</a></th>'
        f'<td class="number">{execution.cells_run} of {execution.cells}</td>'
        f'<td class="number">{execution.seconds:.1f}</td>'
        f'<td class="number">{passed} of {len(execution.checks)}</td>'
        f"<td>{'<br>'.join(escape(amount(bill)) for bill in execution.bills) or 'none'}</td>"
        f"<td>{escape(state(execution))}</td></tr>"
    )


def amount(bill: Billed) -> str:
    """A bill in a few words.

    Parameters
    ----------
    bill : Billed
        As the chapter logged it.
    """
    said = bill.period.lower() in bill.title.lower()
    return f"{bill.title}: {bill.total_usd:,.2f} USD" + ("" if said else f" a {bill.period}")


def state(execution: Execution) -> str:
    """What is wrong with an execution, or "ok".

    Parameters
    ----------
    execution : Execution
        Of a chapter.
    """
    wrong = [f"stopped at cell {execution.cells_run}: {execution.error}"] if execution.error else []
    wrong += [f"{check.exercise}: {check.verdict}" for check in execution.checks if not check.ok]
    return "; ".join(wrong) or "ok"


def _for_people(notebook: Any) -> Any:
    """The notebook without live widgets: each has a static picture beside it, and a page has no kernel."""
    import copy

    shown = copy.deepcopy(notebook)
    for cell in shown.cells:
        for output in cell.get("outputs", ()):
            bundle = output.get("data", {})
            if len(bundle) > 1:
                bundle.pop("application/vnd.jupyter.widget-view+json", None)
    return shown

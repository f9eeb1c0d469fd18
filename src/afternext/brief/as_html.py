"""A briefing as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from afternext.brief import page
from afternext.brief.document import Block, Bullets, Document, Drawn, Page, Plate, Table, Text

FIGURES = "figures"


def to_html(document: Document, drawn: Drawn) -> str:
    """The whole page; pictures and fonts are inside, links lead to the files beside it."""
    parts = [
        f'<header><p class="kicker">{escape(document.kicker)}</p><h1>{escape(document.title)}</h1>'
        f'<p class="kicker">{escape(document.summary)}</p></header>'
    ]
    parts += [_section(one, drawn) for one in document.pages]
    parts.append(f"<footer>{''.join(f'<p>{escape(line)}</p>' for line in document.foot)}</footer>")
    title = f"{document.title}: {document.kicker}"
    return page.page(title, document.summary, "\n".join(parts), kind=document.kind.replace(" ", "-"))


def _section(one: Page, drawn: Drawn) -> str:
    head = f"<h2>{escape(one.title)}</h2>" if one.title else ""
    lead = f"<p>{escape(one.lead)}</p>" if one.lead else ""
    kind = ' class="goes-on"' if one.goes_on else ""
    return f"<section{kind}>{head}{lead}{''.join(_block(block, drawn) for block in one.blocks)}</section>"


def _block(block: Block, drawn: Drawn) -> str:
    if isinstance(block, Text):
        return f'<p class="note">{escape(block.text)}</p>' if block.note else f"<p>{escape(block.text)}</p>"
    if isinstance(block, Bullets):
        return page.bullets(block.items, "first" if block.large else "")
    if isinstance(block, Plate):
        return page.figure(block.name, *drawn[block.name], links(block.name))
    return table(block)


def links(name: str) -> list[tuple[str, str]]:
    """Where the files of a picture lie."""
    return [(kind.upper(), f"{FIGURES}/{quote(name)}.{kind}") for kind in ("png", "svg", "csv")]


def table(block: Table) -> str:
    """A table with one or two rows of heads.

    On a phone it stacks. One row of heads: each cell on its own line, its head before it. Two rows: a line
    for each group, its cells side by side, the lower heads above those of the first group.
    """
    heads = "".join(
        f'<th scope="col">{escape(head)}</th>' for head in (block.heads[1:] if block.groups else block.heads)
    )
    if block.groups:
        first = f'<th rowspan="2" scope="col">{escape(block.heads[0])}</th>'
        top = "".join(
            f'<th colspan="{count}" scope="colgroup">{escape(name)}</th>' for name, count in block.groups[1:]
        )
        heads = f"{first}{top}</tr><tr>{heads}"
    lead = f' data-head="{escape(block.heads[0])} "' if block.heads[0] and not block.groups else ""
    rows = "".join(
        f'<tr><th scope="row"{lead}>{_cell(first)}</th>'
        f"{_grouped(rest, block) if block.groups else _cells(rest, block.heads[1:])}</tr>"
        for first, *rest in block.rows
    )
    notes = [escape(block.note)] if block.note else []
    notes += [f'<a href="{quote(block.csv)}">CSV, all rows</a>'] if block.csv else []
    note = f'<p class="note">{" ".join(notes)}</p>' if notes else ""
    kind = "table" + (" words" if block.words else "") + ("" if block.total else " twin")
    across = max((count for _, count in block.groups), default=0)
    kind += f' grouped" style="--across:{across}' if across else " stacks"
    return (
        f'<h3>{escape(block.title)}</h3><div class="{kind}" {page.reached(block.title)}>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{note}"
    )


def _cells(cells: Sequence[str], names: Sequence[str]) -> str:
    """Cells after the first; `names` are their heads, for where the row is stacked."""
    out = ""
    for cell, name in zip(cells, names, strict=True):
        kind = ' class="none"' if cell == "–" else ""
        out += f'<td{kind} data-head="{escape(name)}"><span>{_cell(cell)}</span></td>'
    return out


def _grouped(cells: Sequence[str], block: Table) -> str:
    """Cells after the first under two rows of heads; the first of each group knows the name of its group."""
    out = ""
    at = 0
    for number, (group, count) in enumerate(block.groups[1:]):
        for place in range(count):
            name = f' data-group="{escape(group)}"' if place == 0 else ""
            head = f' data-head="{escape(block.heads[at + 1])}"' if number == 0 else ""
            out += f"<td{name}><span{head}>{_cell(cells[at])}</span></td>"
            at += 1
    return out


def _cell(text: str) -> str:
    """A cell; what stands on a second line is set small."""
    first, _, second = text.partition("\n")
    return f"{escape(first)}<small>{escape(second)}</small>" if second else escape(first)

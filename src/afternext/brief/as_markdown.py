"""A briefing as Markdown, pictures beside it."""

from __future__ import annotations

from afternext.brief.as_html import FIGURES
from afternext.brief.document import Block, Bullets, Document, Drawn, Plate, Table, Text


def to_markdown(document: Document, drawn: Drawn) -> str:
    """The whole text."""
    lines = [f"# {document.title}", "", document.kicker, "", document.summary]
    for one in document.pages:
        lines += ["", f"## {one.title}"] if one.title else []
        lines += ["", one.lead] if one.lead else []
        for block in one.blocks:
            lines += ["", *_block(block, drawn)]
    return "\n".join([*lines, "", "---", "", "  \n".join(document.foot), ""])


def _block(block: Block, drawn: Drawn) -> list[str]:
    if isinstance(block, Text):
        return [block.text]
    if isinstance(block, Bullets):
        return [f"- {item}" for item in block.items]
    if isinstance(block, Plate):
        title = drawn[block.name][0].title
        return [f"**{title}**", "", f"![{title}]({FIGURES}/{block.name}.png)"]
    return table(block)


def table(block: Table) -> list[str]:
    """A table with one row of heads: the group's name stands before each head under it."""
    heads = list(block.heads)
    if block.groups:
        groups = [name for name, count in block.groups for _ in range(count)]
        heads = [f"{group}: {head}" if group else head for group, head in zip(groups, heads, strict=True)]
    align = [":---"] * len(heads) if block.words else ["---", *["---:"] * (len(heads) - 1)]
    lines = [f"### {block.title}", "", _row(heads), f"|{'|'.join(align)}|", *map(_row, block.rows)]
    lines += ["", block.note] if block.note else []
    return [*lines, "", f"[CSV, all rows]({block.csv})"] if block.csv else lines


def _row(cells: list[str] | tuple[str, ...]) -> str:
    texts = []
    for cell in cells:
        first, _, second = cell.replace("|", "/").partition("\n")
        texts.append(f"{first} ({second})" if second else first)
    return f"| {' | '.join(texts)} |"

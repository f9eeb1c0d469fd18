"""A briefing as PDF: written in Typst's language and set by its compiler, which needs no network."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from afternext.brief.document import Block, Bullets, Document, Drawn, Plate, Table, Text
from afternext.brief.picture import Picture
from afternext.brief.style import FAMILY, FONTS, LIGHT
from afternext.errors import UsageError

ADVICE = "PDF needs the extra 'pdf': pip install 'afternext[pdf]'"
SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\#$*_`<>@[]=-+/~\"'"})
BOLD = "IBM Plex Sans SmBld"
NARROW = 22  # characters of a column that need not wrap
SHEET = 210  # millimetres of the sheet from left to right
TALLEST_ON_ONE = 112  # millimetres of a picture on the one sheet


def to_pdf(document: Document, drawn: Drawn, path: Path) -> Path:
    """Write the PDF; UsageError where Typst is not installed."""
    try:
        import typst
    except ImportError as error:
        raise UsageError(ADVICE) from error
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for plate in document.plates():
            (root / f"{plate.name}.svg").write_text(_svg(drawn[plate.name][0]), encoding="utf-8")
        source = root / "brief.typ"
        shapes = {plate.name: _shape(drawn[plate.name][0]) for plate in document.plates()}
        source.write_text(to_typst(document, shapes), encoding="utf-8")
        # Typst reads fonts from folders of its own; the woff2 files beside them are not for it.
        fonts = root / "fonts"
        fonts.mkdir()
        for font in FONTS.glob("*.ttf"):
            shutil.copy(font, fonts)
        made = typst.compile(source, root=root, font_paths=[fonts], ignore_system_fonts=True)
    path.write_bytes(made)
    return path


def _svg(picture: Picture) -> str:
    """The picture for Typst, which knows the bold face by a family name of its own."""
    return re.sub(
        r'style="[^"]*\b600\b[^"]*"', lambda match: match[0].replace(f"'{FAMILY}'", f"'{BOLD}'"), picture.svg
    )


def _shape(picture: Picture) -> float:
    """Height over width."""
    width, height = picture.figure.get_size_inches()
    return float(height / width)


def to_typst(document: Document, shapes: Mapping[str, float] | None = None) -> str:
    """The briefing in Typst's language; pictures are SVG files beside it, at most as tall as their shape."""
    one = document.kind == "one page"
    size, margin = (8.2, 12) if one else (9.5, 17)
    tallest = {name: shape * (SHEET - 2 * margin) for name, shape in (shapes or {}).items()}
    lines = [
        f'#set document(title: "{_quoted(document.title)}", date: none)',
        f'#set page(paper: "a4", margin: (x: {margin}mm, top: {margin - 2}mm, bottom: {margin}mm)'
        + ("" if one else ', numbering: "1 / 1"')
        + ")",
        f'#set text(font: "{FAMILY}", size: {size}pt, fill: rgb("{LIGHT.ink}"), number-width: "tabular")',
        "#set par(leading: 0.55em, spacing: 0.8em)",
        f'#show strong: it => text(font: "{BOLD}", weight: 600, it.body)',
        "#set list(marker: [•], spacing: 0.55em)",
        f'#let muted(body) = text(fill: rgb("{LIGHT.muted}"), size: 0.86em, body)',
        *(
            f"#show heading.where(level: {level}): it => block(above: {above}em, below: {below}em, "
            f'sticky: true, text(size: {big}em, font: "{BOLD}", weight: 600, it.body))'
            for level, big, above, below in ((1, 1.9, 0.75, 0.6), (2, 1.35, 1.4, 0.5), (3, 1.05, 1.1, 0.45))
        ),
        f'#set table(stroke: (x, y) => (bottom: 0.5pt + rgb("{LIGHT.grid}")), inset: (x: 3pt, y: '
        f"{2.1 if one else 2.8}pt))",
        f"#muted[{_text(document.kicker)}]",
        f"= {_text(document.title)}",
    ]
    lines += [] if one else [f"#muted[{_text(document.summary)}]"]
    for number, page in enumerate(document.pages):
        if number and not page.goes_on:
            lines.append("#pagebreak(weak: true)")
        lines += [f"== {_text(page.title)}"] if page.title else []
        lines += [f"#muted[{_text(page.lead)}]"] if page.lead else []
        lines += [_block(block, one, tallest) for block in page.blocks]
    lines.append("#v(1fr)" if one else "#v(1em)")
    lines += [f"#text(size: 0.78em, muted[{_text(line)}])\n" for line in document.foot]
    return "\n\n".join(lines)


def _block(block: Block, one: bool, tallest: Mapping[str, float]) -> str:
    if isinstance(block, Text):
        return f"#muted[{_text(block.text)}]" if block.note else _text(block.text)
    if isinstance(block, Bullets):
        items = "\n".join(f"- {_text(item)}" for item in block.items)
        return f"#text(size: 1.12em)[\n{items}\n]" if block.large else items
    if isinstance(block, Plate):
        # A box taller than the picture would leave blank paper above and below it.
        tall = min(TALLEST_ON_ONE if one else block.tall, tallest.get(block.name, math.inf))
        return f'#align(center, image("{block.name}.svg", width: 100%, height: {tall:.1f}mm, fit: "contain"))'
    return _table(block)


def _table(block: Table) -> str:
    columns = len(block.heads)
    if block.words:
        widths = ", ".join(
            "auto" if max(len(row[k]) for row in block.rows) < 14 else "1fr" for k in range(columns)
        )
        align = "left + top"
    else:
        widths = ", ".join(["1fr", *["auto"] * (columns - 1)])
        align = "(x, y) => (if x == 0 { left } else { right }) + horizon"
    cells = []
    if block.groups:
        cells += [f"table.cell(colspan: {n}, align: center)[*{_text(name)}*]" for name, n in block.groups]
    cells += [f"[#muted[{_text(head)}]]" for head in block.heads]
    header = f"table.header({', '.join(cells)})"
    body = []
    for at, row in enumerate(block.rows):
        strong = block.total and at == len(block.rows) - 1
        body += [_cell(cell, strong) for cell in row]
    note = f"\n\n#muted[{_text(block.note)}]" if block.note else ""
    grid = f"#table(columns: ({widths}), align: {align}, {header}, {', '.join(body)})"
    return f"=== {_text(block.title)}\n\n{grid}{note}"


def _cell(text: str, strong: bool) -> str:
    first, _, second = text.partition("\n")
    shown = f"*{_text(first)}*" if strong and first else _text(first)
    return f"[{shown} \\ #muted[{_text(second)}]]" if second else f"[{shown}]"


def _text(text: str) -> str:
    """Text in which nothing means anything to Typst."""
    return text.translate(SPECIAL)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

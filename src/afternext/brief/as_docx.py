"""A briefing as a Word document, for people who write their own over it."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from afternext.brief.document import Block, Bullets, Document, Drawn, Plate, Table, Text
from afternext.brief.style import FAMILY, LIGHT, house
from afternext.errors import UsageError

ADVICE = "Word documents need the extra 'documents': pip install 'afternext[documents]'"
WIDTH = 170  # millimetres between the margins of a sheet
MARGIN = 20
PICTURE_DPI = 150


def to_docx(document: Document, drawn: Drawn, path: Path) -> Path:
    """Write the document; UsageError where python-docx is not installed."""
    try:
        import docx
    except ImportError as error:
        raise UsageError(ADVICE) from error
    made = docx.Document()
    _set_up(made, document)
    _small(made.add_paragraph(), document.kicker)
    made.add_heading(document.title, 0)
    _small(made.add_paragraph(), document.summary)
    for number, page in enumerate(document.pages):
        if number and not page.goes_on:
            made.add_page_break()  # type: ignore[no-untyped-call]
        if page.title:
            made.add_heading(page.title, 1)
        if page.lead:
            _small(made.add_paragraph(), page.lead)
        for block in page.blocks:
            _add(made, block, drawn)
    for line in document.foot:
        _small(made.add_paragraph(), line)
    made.save(str(path))
    return path


def _set_up(made: Any, document: Document) -> None:
    from docx.shared import Mm, Pt, RGBColor

    for section in made.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(MARGIN)
        section.top_margin = section.bottom_margin = Mm(MARGIN)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "List Bullet"):
        style = made.styles[name]
        style.font.name = FAMILY
        style.font.color.rgb = RGBColor.from_string(LIGHT.ink.lstrip("#"))
        # Headings take the theme's font unless every script is told.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if key.endswith("Theme"):
                del fonts.attrib[key]
    made.styles["Normal"].font.size = Pt(10)
    made.styles["Title"].font.size = Pt(22)
    made.core_properties.title = document.title
    made.core_properties.author = "afternext"
    # The same run gives the same file.
    made.core_properties.created = made.core_properties.modified = datetime(2014, 1, 1)


def _small(paragraph: Any, text: str) -> None:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.font.size = Pt(8.5)
    run.font.color.rgb = RGBColor.from_string(LIGHT.muted.lstrip("#"))


def _add(made: Any, block: Block, drawn: Drawn) -> None:
    from docx.shared import Mm

    if isinstance(block, Text):
        paragraph = made.add_paragraph()
        if block.note:
            _small(paragraph, block.text)
        else:
            paragraph.add_run(block.text)
    elif isinstance(block, Bullets):
        for item in block.items:
            made.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Plate):
        picture = drawn[block.name][0]
        stream = io.BytesIO()
        with house(picture.theme):
            picture.figure.savefig(stream, format="png", dpi=PICTURE_DPI, metadata={"Software": None})
        stream.seek(0)
        shape = made.add_picture(stream, width=Mm(WIDTH))
        # A reader that speaks the page needs the finding.
        shape._inline.docPr.set("descr", picture.title)
    else:
        _add_table(made, block)


def _add_table(made: Any, block: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made.add_heading(block.title, 2)
    top = 1 if block.groups else 0
    grid = made.add_table(rows=len(block.rows) + 1 + top, cols=len(block.heads), style="Light List")
    if block.groups:
        at = 0
        for name, count in block.groups:
            cell = grid.cell(0, at).merge(grid.cell(0, at + count - 1))
            cell.text = name
            at += count
    for j, head in enumerate(block.heads):
        grid.cell(top, j).text = head
    for i, row in enumerate(block.rows):
        for j, text in enumerate(row):
            grid.cell(top + 1 + i, j).text = text
    for line in grid.rows:
        for j, cell in enumerate(line.cells):
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                if j and not block.words:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                for run in paragraph.runs:
                    run.font.size = Pt(8)
    if block.note:
        _small(made.add_paragraph(), block.note)

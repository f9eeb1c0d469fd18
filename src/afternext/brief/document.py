"""A briefing before it has a form: pages of blocks that HTML, PDF, Word and Markdown set in their ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from afternext.brief.picture import Picture
from afternext.brief.style import Size


@dataclass(frozen=True)
class Text:
    """A paragraph; a note is set small."""

    text: str
    note: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of sentences; the first ones of a briefing are set large."""

    items: tuple[str, ...]
    large: bool = False


@dataclass(frozen=True)
class Plate:
    """A picture: the name of its files, how to draw it in a size, how tall it may stand on a sheet (mm)."""

    name: str
    draw: Callable[[Size], Picture]
    tall: int = 100


@dataclass(frozen=True)
class Table:
    """Words and numbers in rows.

    groups : heads over several columns, each with how many; empty for one row of heads
    heads : of all columns, the first one included      total : the last row is a sum
    csv : path of the file with every row, relative to the briefing
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[str, int], ...] = ()
    note: str = ""
    csv: str = ""
    total: bool = False
    words: bool = False  # columns hold sentences: set to the left and wrapped


Block: TypeAlias = Text | Bullets | Plate | Table


@dataclass(frozen=True)
class Page:
    """What belongs under one heading; begins a new sheet where there are sheets, unless told to go on."""

    title: str
    lead: str
    blocks: tuple[Block, ...]
    goes_on: bool = False


@dataclass(frozen=True)
class Document:
    """A briefing.

    kicker : what it is, over the title      foot : where it comes from, under everything
    kind : "six pages" have a heading each, "one page" fits a sheet
    """

    title: str
    summary: str
    kicker: str
    pages: tuple[Page, ...]
    foot: tuple[str, ...]
    kind: Literal["one page", "six pages"]

    def plates(self) -> Iterator[Plate]:
        """Pictures in the order in which they stand."""
        for page in self.pages:
            for block in page.blocks:
                if isinstance(block, Plate):
                    yield block


#: The pictures of a briefing, drawn once for the desk and once for the phone.
Drawn: TypeAlias = "dict[str, tuple[Picture, Picture]]"


def draw(*documents: Document) -> Drawn:
    """Every picture that any of the documents shows, by name."""
    plates = {plate.name: plate for document in documents for plate in document.plates()}
    return {name: (plate.draw("wide"), plate.draw("phone")) for name, plate in plates.items()}

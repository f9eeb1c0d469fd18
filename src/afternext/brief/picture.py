"""A picture is a figure with a finding on top, a foot that says where it comes from, and a table twin."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from afternext.brief.files import write_csv
from afternext.brief.style import (
    DPI,
    LIGHT,
    SMALL,
    SUBTITLE,
    TITLE,
    WIDTH,
    Size,
    Theme,
    balance,
    css_variables,
    font_css,
    house,
    wrap,
)

INCH = 72.0
HALO = "halo-"  # ids of texts that need a halo against a busy ground
MARGIN = 0.12  # inches left and right; the page around the picture gives the rest


@dataclass
class Sheet:
    """A blank figure whose head and foot take the space they need; the body is what remains, in inches.

    Heads and feet are wrapped by the real width of the type, so one builder serves the desk and the phone.
    """

    size: Size
    theme: Theme
    title: str
    subtitle: str
    foot: tuple[str, ...]
    body_height: float
    figure: Figure = field(init=False)
    width: float = field(init=False)
    bottom: float = field(init=False)

    def __post_init__(self) -> None:
        self.width = WIDTH[self.size]
        column = (self.width - 2 * MARGIN) * INCH
        title_size = TITLE if self.size == "wide" else TITLE - 2
        titles = balance(self.title, title_size, column, bold=True)
        subtitles = wrap(self.subtitle, SUBTITLE, column)
        feet = [line for text in self.foot for line in wrap(text, SMALL, column)]
        lead_title, lead_sub, lead_foot = (
            1.22 * title_size / INCH,
            1.32 * SUBTITLE / INCH,
            1.34 * SMALL / INCH,
        )
        head = 0.08 + lead_title * len(titles) + 0.03 + lead_sub * len(subtitles) + 0.10
        self.bottom = 0.10 + lead_foot * len(feet) + 0.08
        height = head + self.body_height + self.bottom
        self.figure = Figure(figsize=(self.width, height))
        y = height - 0.08
        for line in titles:
            self._write(MARGIN, y, line, title_size, self.theme.ink, bold=True)
            y -= lead_title
        y -= 0.03
        for line in subtitles:
            self._write(MARGIN, y, line, SUBTITLE, self.theme.muted)
            y -= lead_sub
        y = self.bottom - 0.08
        for line in feet:
            self._write(MARGIN, y, line, SMALL, self.theme.muted)
            y -= lead_foot

    @property
    def height(self) -> float:
        return float(self.figure.get_figheight())

    def _write(self, x: float, y: float, text: str, size: float, colour: str, bold: bool = False) -> None:
        self.figure.text(
            x / self.width,
            y / self.height,
            text,
            size=size,
            color=colour,
            ha="left",
            va="top",
            weight=600 if bold else 400,
            parse_math=False,
        )

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes placed in inches; `bottom` counts from the lower edge of the body."""
        box = (
            left / self.width,
            (self.bottom + bottom) / self.height,
            width / self.width,
            height / self.height,
        )
        return self.figure.add_axes(box)


@dataclass
class Picture:
    """A finished figure and the numbers in it."""

    figure: Figure
    title: str
    size: Size
    theme: Theme
    table: pd.DataFrame

    @cached_property
    def svg(self) -> str:
        """The picture as SVG text, text kept as text.

        Matplotlib would turn text with a halo into outlines; SVG can paint the halo itself.
        """
        haloed = [text for text in self.figure.findobj(Text) if str(text.get_gid()).startswith(HALO)]
        effects = [text.get_path_effects() for text in haloed]
        for number, text in enumerate(haloed):
            text.set_path_effects([])
            text.set_gid(f"{HALO}{number}")
        stream = io.StringIO()
        with house(self.theme):
            self.figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        for text, effect in zip(haloed, effects, strict=True):
            text.set_path_effects(effect)
        stroke = f"paint-order:stroke;stroke:{self.theme.halo};stroke-width:2px;stroke-linejoin:round;"
        out = stream.getvalue()
        out = re.sub(rf'(<g id="{HALO}[^"]*">\s*(?:<!--.*?-->)?\s*<text style=")', rf"\1{stroke}", out)
        # A hundredth of a point is far below what a printer shows; Matplotlib writes six decimals.
        out = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), out)
        return out[out.index("<svg") :]

    def write(self, stem: Path) -> list[Path]:
        """Write PNG, SVG and CSV next to each other; returns the paths."""
        stem = bare(Path(stem))
        stem.parent.mkdir(parents=True, exist_ok=True)
        png, svg, csv = (stem.with_name(stem.name + suffix) for suffix in (".png", ".svg", ".csv"))
        with house(self.theme):
            self.figure.savefig(png, dpi=DPI[self.size], metadata={"Software": None})
        style = f"<style>{font_css()}</style>"
        text = re.sub(
            r"(<svg[^>]*>)", lambda m: f"{m[1]}<title>{escape(self.title)}</title>{style}", self.svg, count=1
        )
        svg.write_text('<?xml version="1.0" encoding="utf-8"?>\n' + text, encoding="utf-8")
        write_csv(self.table, csv)
        return [png, svg, csv]

    def inline(self, name: str) -> str:
        """SVG for a page: neutral colours become CSS variables, ids get a prefix, the page's width rules."""
        if self.theme is not LIGHT:
            raise ValueError("only light pictures can take the page's colours")
        text = self.svg
        text = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", text, count=1, flags=re.S)
        text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
        text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
        text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
        text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
        for rule in css_variables(self.theme).rstrip(";").split(";"):
            variable, colour = rule.split(":")
            text = re.sub(rf"{re.escape(colour)}\b", f"var({variable})", text, flags=re.I)
        label = f'<svg role="img" aria-label="{escape(self.title)}" '
        head = re.sub(r'\b(width|height)="[^"]*"', "", text[: text.index(">")])
        return head.replace("<svg", label, 1) + text[text.index(">") :]


def bare(path: Path) -> Path:
    """The path without a picture suffix, so that callers may give `map` or `map.png`."""
    path = Path(path)
    return path.with_suffix("") if path.suffix.lower() in {".png", ".svg", ".csv"} else path

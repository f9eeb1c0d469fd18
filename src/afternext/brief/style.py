"""The look of every picture: colours, type, sizes. The reader's own Matplotlib settings stay untouched."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

Size = Literal["wide", "phone"]
FONTS = Path(str(files("afternext.brief") / "fonts"))
FAMILY = "IBM Plex Sans"

# Inches. Wide fills a page or a screen; phone is drawn for about 400 CSS px, with the same sizes of type.
WIDTH: dict[Size, float] = {"wide": 9.6, "phone": 4.0}
DPI: dict[Size, int] = {"wide": 150, "phone": 220}

BIG, TITLE, SUBTITLE, TEXT, SMALL = 19.0, 14.5, 9.5, 8.5, 7.5  # points; no other sizes are used


@dataclass(frozen=True)
class Theme:
    """Neutral colours of a page. Every value is unique, so that a page can swap them for CSS variables."""

    name: str
    paper: str
    ink: str
    muted: str
    grid: str
    land: str
    abroad: str
    sea: str
    river: str
    border: str
    frontier: str
    band: str
    people: str
    halo: str


LIGHT = Theme(
    name="light",
    paper="#ffffff",
    ink="#1a1e24",
    muted="#59626e",
    grid="#e1e4e8",
    land="#faf8f4",
    abroad="#efede8",
    sea="#dce8f1",
    river="#5f97c6",
    border="#b4b8be",
    frontier="#7a828c",
    band="#1f6aa5",
    people="#2b3440",
    halo="#fffefd",
)
DARK = Theme(
    name="dark",
    paper="#14171c",
    ink="#eef1f4",
    muted="#a7b0bb",
    grid="#2e343c",
    land="#272c33",
    abroad="#1d2127",
    sea="#16222e",
    river="#5d93bf",
    border="#4a525c",
    frontier="#8b949f",
    band="#62aee6",
    people="#e4e8ed",
    halo="#14171b",
)

# Okabe and Ito (2008), safe for colour-blind readers. Their black is a slate that shows on dark paper too;
# their green stays out, because it would stand beside the reds.
BLUE, ORANGE, SKY, VERMILLION, PURPLE, YELLOW, SLATE = (
    "#0072b2",
    "#e69f00",
    "#56b4e9",
    "#d55e00",
    "#cc79a7",
    "#f0e442",
    "#4d5561",
)
# The first two may be forces on the ground: apart from each other and from the colours above.
GREYS = ("#73715d", "#aac1ad", "#6b7a8c", "#948a9c")
WISHES: Mapping[str, tuple[str, ...]] = {
    "army": (BLUE, ORANGE, SKY, PURPLE, YELLOW),
    "police": (SKY, BLUE, PURPLE, YELLOW),
    "insurgent": (VERMILLION, PURPLE, YELLOW, ORANGE),
    "militia": (PURPLE, SKY, YELLOW, ORANGE),
}
NOBODY = "#9aa0a8"
STUCK = "\x00"  # stands for a space at which a line may not break


def side_colours(forces: Mapping[str, Any]) -> dict[str, str]:
    """One colour a side, from the order and kinds of the forces: the same side has it in every picture.

    Foreign states stay grey: they hold their own country and are ground, not figure.
    """
    taken: list[str] = []
    out: dict[str, str] = {}
    greys = 0
    everything = (BLUE, ORANGE, SKY, VERMILLION, PURPLE, YELLOW, SLATE)
    for name, force in forces.items():
        wishes = (*WISHES.get(force.kind, ()), *everything)
        free = [colour for colour in wishes if colour not in taken]
        if force.kind == "state" or not free:
            out[name] = GREYS[greys % len(GREYS)]
            greys += 1
        else:
            out[name] = free[0]
            taken.append(free[0])
    return out


@lru_cache
def _register() -> None:
    """Make the bundled family known to Matplotlib's list of fonts (no setting is changed)."""
    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(path)


def settings(theme: Theme) -> dict[str, Any]:
    """Matplotlib settings of our pictures, for a local context only."""
    return {
        "font.family": [FAMILY, "DejaVu Sans"],
        "font.size": TEXT,
        "text.color": theme.ink,
        "svg.fonttype": "none",
        "svg.hashsalt": "afternext",
        "figure.facecolor": theme.paper,
        "savefig.facecolor": theme.paper,
        "axes.facecolor": "none",
        "axes.edgecolor": theme.muted,
        "axes.labelcolor": theme.muted,
        "axes.unicode_minus": True,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "hatch.linewidth": 0.9,
        "lines.solid_capstyle": "butt",
        "path.simplify": True,
    }


@contextmanager
def house(theme: Theme) -> Iterator[None]:
    """Draw in our look; the reader's settings are as before afterwards."""
    _register()
    # The fallback for foreign scripts has no semibold; that its bold is taken need not be said each time.
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with mpl.rc_context(cast(Any, settings(theme))):
            yield
    finally:
        log.setLevel(level)


@lru_cache
def _face(bold: bool) -> FT2Font:
    return FT2Font(str(FONTS / f"IBMPlexSans-{'SemiBold' if bold else 'Regular'}.ttf"))


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text in points, from the font itself, so that layout needs no renderer."""
    face = _face(bold)
    face.set_size(size, 72)
    face.set_text(text, 0.0)
    return float(face.get_width_height()[0]) / 64


def wrap(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Break text into lines of at most `width` points."""
    lines: list[str] = []
    line = ""
    # A number stays with its sign: `8 %` is one word.
    for word in (part.replace(STUCK, " ") for part in text.replace(" %", f"{STUCK}%").split()):
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size, bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def balance(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Break text into as few lines as `wrap` does, but of even length: no last line of one word."""
    lines = wrap(text, size, width, bold)
    if len(lines) < 2:
        return lines
    low, high = width / 2, width
    while high - low > 2:
        middle = (low + high) / 2
        low, high = (low, middle) if len(wrap(text, size, middle, bold)) == len(lines) else (middle, high)
    return wrap(text, size, high, bold)


@lru_cache
def font_css() -> str:
    """The family as CSS with the fonts inside, so that a page or an SVG needs no network."""
    rules = []
    for weight, name in ((400, "Regular"), (600, "SemiBold")):
        data = base64.b64encode((FONTS / f"IBMPlexSans-{name}-Latin1.woff2").read_bytes()).decode("ascii")
        rules.append(
            f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};font-style:normal;"
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return "".join(rules)


def css_variables(theme: Theme) -> str:
    """The neutral colours of a theme as CSS variables: --ink:#1a1e24;..."""
    return "".join(f"--{key}:{value};" for key, value in asdict(theme).items() if key != "name")

"""Who stands where with whom as a matrix: colour and sign of each pair, in the order of the stable sides."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import BLUE, LIGHT, SMALL, TEXT, VERMILLION, WIDTH, Theme, house, text_width
from afternext.brief.words import long_date
from afternext.foresight.alignments import STANCES, Alignments
from afternext.foresight.words import within
from afternext.scenario import Scenario

SIGN = ("− −", "−", "·", "+", "+ +")  # the sign doubles the colour, for print and colour-blind readers
TONE = (0.85, 0.38, 0.0, 0.38, 1.0)
DARK_INK = "#1a1e24"  # on orange, in every theme: white would be too faint
CELL = 0.36  # inches, at most
GAP = 0.09  # inches between the sides


def draw_alignments(found: Alignments, scenario: Scenario, *, theme: Theme = LIGHT) -> Picture:
    """The signed matrix of a scenario's actors, split where the lowest-energy sides part."""
    ids = [side.id for side in found.sides]
    camps = found.minima[0].camps if found.minima else ((), ())
    order = [ids.index(actor) for camp in camps for actor in camp]
    n, cut = len(order), len(camps[0])
    labels = [f"{found.sides[k].name}  {row + 1}" for row, k in enumerate(order)]
    gutter = max((text_width(label, TEXT) / INCH for label in labels), default=0.5) + 0.08
    with house(theme):
        from_edges = WIDTH["wide"] - 2 * MARGIN
        cell = min(CELL, (from_edges - gutter - GAP) / max(n, 1))
        side = n * cell + GAP
        sheet = Sheet("wide", theme, finding(found), subtitle(found), foot(scenario), side + 0.6)
        key = sheet.axes(MARGIN, side + 0.38, from_edges, 0.2)
        paper(key, from_edges * INCH, 14.4)
        _paint_key(key, theme)
        axes = sheet.axes(MARGIN + gutter, 0.05, side, side)
        axes.set(xlim=(0, side), ylim=(side, 0))
        axes.axis("off")
        at = [k * cell + (GAP if k >= cut else 0.0) for k in range(n)]
        for row, i in enumerate(order):
            axes.text(-0.06, at[row] + cell / 2, labels[row], size=TEXT, ha="right", va="center_baseline")
            axes.text(
                at[row] + cell / 2,
                -0.05,
                str(row + 1),
                size=SMALL,
                color=theme.muted,
                ha="center",
                va="bottom",
            )
            for column, j in enumerate(order):
                if i != j:
                    box = (at[column], at[row], cell)
                    _paint_cell(axes, box, int(found.stance[i, j]) + 2, bool(found.stated[i, j]), theme)
        return Picture(sheet.figure, finding(found), "wide", theme, found.to_frame())


def _paint_cell(axes: Axes, box: tuple[float, float, float], stance: int, stated: bool, theme: Theme) -> None:
    x, y, cell = box
    colour = VERMILLION if stance < 2 else BLUE
    ground = colour if TONE[stance] else theme.land
    axes.add_patch(
        Rectangle(
            (x, y),
            cell,
            cell,
            facecolor=ground,
            alpha=TONE[stance] or 1.0,
            edgecolor=theme.paper,
            linewidth=1.0,
        )
    )
    if stated:
        axes.text(
            x + cell / 2,
            y + cell / 2,
            SIGN[stance],
            size=SMALL,
            color=_tone(stance, theme),
            ha="center",
            va="center_baseline",
            parse_math=False,
        )


def _tone(stance: int, theme: Theme) -> str:
    if TONE[stance] < 0.5:
        return theme.ink
    return DARK_INK if stance < 2 else "#ffffff"


def _paint_key(axes: Axes, theme: Theme) -> None:
    x = 0.0
    words = {"tacit": "tacit cooperation", "neutral": "neutral"}
    for stance, name in enumerate(STANCES):
        _paint_key_cell(axes, x, stance, theme)
        text = words.get(name, name)
        axes.text(x + 26, 6, text, size=SMALL, color=theme.muted, va="center_baseline")
        x += 26 + text_width(text, SMALL) + 12


def _paint_key_cell(axes: Axes, x: float, stance: int, theme: Theme) -> None:
    colour = (VERMILLION if stance < 2 else BLUE) if TONE[stance] else theme.land
    axes.add_patch(Rectangle((x, 0), 22, 12, facecolor=colour, alpha=TONE[stance] or 1.0, linewidth=0))
    axes.text(
        x + 11, 6, SIGN[stance], size=SMALL, color=_tone(stance, theme), ha="center", va="center_baseline"
    )


def finding(found: Alignments) -> str:
    """What the matrix says, in one sentence."""
    if not found.minima or not found.minima[0].camps[1]:
        return "No two sides form: nobody stands against anybody"
    weight = {side.id: (side.strength, side.name) for side in found.sides}
    here, there = (_company([weight[actor] for actor in camp]) for camp in found.minima[0].camps)
    return f"The calmest split sets {here} against {there}"


def _company(camp: list[tuple[float, str]]) -> str:
    name = within(max(camp)[1])
    others = len(camp) - 1
    return name if others == 0 else f"{name} and {others} other{'s' * (others > 1)}"


def subtitle(found: Alignments) -> str:
    """How far the actors fit into two sides."""
    strained = len(found.triads.unbalanced)
    return (
        f"Stances on {long_date(found.freeze)}, in the order of the two sides of lowest energy. "
        f"Stable splits: {len(found.minima)}; triangles that strain: {strained} of {found.triads.complete}. "
        "A cell without a sign: no relation is stated."
    )


def foot(scenario: Scenario) -> tuple[str, str]:
    """Where it comes from, and how sure."""
    made_up = " A made-up crisis for learning." if scenario.fictional else ""
    return (
        f"{scenario.id} · relations as the scenario states them · data to {long_date(scenario.freeze)}",
        "How sure: stances are judgements. Landscape theory (Axelrod and Bennett 1993) knows two sides only "
        f"and is no forecast.{made_up}",
    )

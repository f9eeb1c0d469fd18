"""What a test can see in a picture: how many colours, which texts."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import numpy as np
from matplotlib.image import imread


def colours(png: Path) -> int:
    """Number of distinct colours in a picture."""
    pixels = (imread(png)[..., :3] * 255).astype(np.uint32)
    return len(np.unique(pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]))


def svg_texts(svg: Path) -> set[str]:
    """Every text of an SVG, as a reader could select it."""
    return set(svg_lines(svg))


def svg_lines(svg: Path) -> list[str]:
    """The same in the order in which it is read."""
    return [
        unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg.read_text(encoding="utf-8"))
    ]

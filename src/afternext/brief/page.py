"""One HTML page that needs nothing else: no network, light and dark, readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from afternext.brief.picture import Picture
from afternext.brief.style import DARK, LIGHT, css_variables, font_css
from afternext.brief.words import number

TWIN_ROWS = 16
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"

CSS = """
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:16px/1.55 'IBM Plex Sans',system-ui,sans-serif;
font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
body{max-width:62rem;margin:0 auto;padding:2.2rem 1.25rem 4rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .3rem;font-weight:600}
h2{font-size:1.35rem;line-height:1.25;margin:3.2rem 0 .4rem;font-weight:600}
h3{font-size:1.05rem;margin:2rem 0 .3rem;font-weight:600}
p,ul,ol{margin:.5rem 0;max-width:46rem}
ul,ol{padding-left:1.3rem}
li{margin:.35rem 0}
.kicker,.note,figcaption,footer{color:var(--muted);font-size:.86rem;line-height:1.5}
.first li{font-size:1.1rem}
figure{margin:1.6rem 0 2.4rem}
figure svg{display:block;height:auto;max-width:none}
figure .wide svg{width:102.5%;margin-left:-1.25%}
figure .phone svg{width:106%;margin-left:-3%}
figure svg *{stroke-linejoin:round;stroke-linecap:butt}
.phone{display:none}
details{margin-top:.5rem}
summary{cursor:pointer}
a{color:var(--band)}
.table{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;font-size:.86rem}
th,td{padding:.28rem .6rem;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
thead th{color:var(--muted);font-weight:400;vertical-align:bottom}
thead th[colspan]{color:var(--ink);font-weight:600;text-align:center;white-space:normal;border-bottom:0}
tbody th,th:first-child{text-align:left;font-weight:400;position:sticky;left:0;background:var(--paper)}
thead tr+tr th:first-child{text-align:right}
td small{display:block;color:var(--muted);font-size:.92em}
tbody tr:last-child>*{font-weight:600}
.twin tbody tr:last-child>*{font-weight:400}
.words th,.words td{text-align:left;vertical-align:top}
.words td{white-space:normal;min-width:5rem}
.words td:nth-child(2),.words td:nth-child(4){min-width:15rem}
.one-page h1{font-size:1.7rem}
.one-page h3{margin-top:1.2rem}
.one-page figure{margin:1rem 0}
@media (max-width:640px){th,td{padding:.28rem .3rem}tbody th,thead th{white-space:normal}
tbody th{min-width:5.5rem;max-width:9rem}
td small{white-space:normal}.words tbody th{min-width:0}
.words td:nth-child(2),.words td:nth-child(4){min-width:9rem}
.stacks table,.stacks tbody,.stacks tr,.stacks th,.stacks td{display:block}
.stacks thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stacks tbody th{max-width:none;position:static;font-weight:600;border:0;padding:.7rem 0 .1rem}
.stacks tbody tr:last-child>th{font-weight:600}
.stacks tbody td{display:grid;grid-template-columns:minmax(0,11fr) minmax(0,13fr);gap:.6rem;padding:.15rem 0;
white-space:normal;border:0}
.stacks td::before{content:attr(data-head);color:var(--muted);text-align:left}
.stacks th::before{content:attr(data-head);color:var(--muted);font-weight:400}
.stacks td.none{display:none}
.stacks tbody tr{border-bottom:1px solid var(--grid);padding-bottom:.5rem}
.grouped table,.grouped tbody{display:block}
.grouped thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.grouped tbody tr{display:grid;grid-template-columns:minmax(0,1.5fr) repeat(var(--across),minmax(0,1fr));
gap:.1rem .5rem;border-bottom:1px solid var(--grid);padding:.7rem 0 .5rem;align-items:end}
.grouped tbody th{grid-column:1/-1;max-width:none;position:static;font-weight:600;border:0;padding:0}
.grouped tbody td{border:0;padding:0;white-space:normal}
.grouped td[data-group]{display:contents}
.grouped td[data-group]::before{content:attr(data-group);color:var(--muted);text-align:left}
.grouped td span{display:block;text-align:right}
.grouped td span[data-head]::before{content:attr(data-head);display:block;color:var(--muted);font-weight:400}
.stacks.words tbody td{grid-template-columns:minmax(0,5fr) minmax(0,13fr)}
body{padding:1.2rem .9rem 3rem}h1{font-size:1.6rem}.wide{display:none}
.phone{display:block}.first li{font-size:1rem}}
@media print{.phone,details{display:none}.wide{display:block}body{max-width:none}
figure,.table{break-inside:avoid}
section+section:not(.goes-on){break-before:page}}
"""


def style() -> str:
    """The page's look: fonts inside, neutral colours as variables that follow the reader's light or dark."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{css_variables(DARK)}}}}}"
    return f"{font_css()}:root{{color-scheme:light dark;{css_variables(LIGHT)}}}{dark}{CSS}"


def figure(
    name: str, wide: Picture, phone: Picture, links: Sequence[tuple[str, str]], caption: str = ""
) -> str:
    """A picture in two sizes, its table twin, and where its files lie."""
    files = " · ".join(f'<a href="{escape(href)}">{escape(text)}</a>' for text, href in links)
    return (
        f'<figure id="{name}"><div class="wide">{wide.inline(f"{name}-w")}</div>'
        f'<div class="phone">{phone.inline(f"{name}-p")}</div>'
        f"<figcaption>{escape(caption)} {files}</figcaption>"
        f"<details><summary>Numbers behind this picture</summary>{twin(wide.table)}</details></figure>"
    )


def reached(name: str) -> str:
    """What a part that may scroll sideways needs, so that the keyboard can reach and scroll it."""
    return f'tabindex="0" role="region" aria-label="{escape(name)}"'


def twin(table: pd.DataFrame) -> str:
    """The first rows of a picture's table; the CSV has them all."""
    heads = "".join(f'<th scope="col">{escape(str(name).replace("_", " "))}</th>' for name in table.columns)
    rows = []
    for row in table.head(TWIN_ROWS).itertuples(index=False, name=None):
        first, *rest = (_cell(value) for value in row)
        rows.append(f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>')
    more = len(table) - TWIN_ROWS
    note = f'<p class="note">{more:,} more rows in the CSV.</p>' if more > 0 else ""
    body = "".join(rows)
    table_html = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    name = "Numbers behind this picture"
    return f'<div class="table twin" {reached(name)}>{table_html}</div>{note}'


def _cell(value: Any) -> str:
    if isinstance(value, (int, np.integer)):
        return f"{int(value):,}"
    if not isinstance(value, (float, np.floating)):
        return escape(str(value))
    x = float(value)
    if not np.isfinite(x):
        return "–"
    return number(x, 3) if abs(x) >= 10 else f"{x:.4g}"


def page(title: str, description: str, body: str, kind: str = "") -> str:
    """The whole document; `kind` is a class of its body.

    The policy forbids every request, so the page cannot call home even by mistake.
    """
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="description" content="{escape(description)}">\n'
        f"<title>{escape(title)}</title>\n<style>{style()}</style>\n</head>\n"
        f'<body class="{kind}">\n{body}\n</body>\n</html>\n'
    )


def bullets(items: Sequence[str], kind: str = "") -> str:
    """A list of sentences."""
    mark = f' class="{kind}"' if kind else ""
    return f"<ul{mark}>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"

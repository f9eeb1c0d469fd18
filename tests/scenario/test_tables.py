"""The CSV reader: RFC 4180, with the line and column of every cell."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from afternext.scenario.tables import read_table

CELL = st.text(alphabet='ab ,"\n;é', max_size=8).map(str.strip)


def test_every_cell_knows_where_it_stands() -> None:
    table, problems = read_table('id,name,note\na , "b, ""c""\nmore" ,3\n\nlast,,x', "t.csv")
    assert not problems
    assert table is not None
    assert [row.plain() for row in table.rows] == [
        {"id": "a", "name": 'b, "c"\nmore', "note": "3"},
        {"id": "last", "name": "", "note": "x"},
    ]
    where = [(cell.mark.line, cell.mark.column) for row in table.rows for cell in row.map.values()]
    assert where == [(2, 1), (2, 5), (3, 8), (5, 1), (5, 6), (5, 7)]


def test_line_ends_of_every_kind_count_as_lines() -> None:
    for end in ("\n", "\r\n", "\r"):
        table, problems = read_table(f"a,b{end}1,2{end}3,4{end}", "t.csv")
        assert not problems
        assert table is not None
        assert [(row.mark.line, row.plain()) for row in table.rows] == [
            (2, {"a": "1", "b": "2"}),
            (3, {"a": "3", "b": "4"}),
        ]


def test_padding_of_spreadsheets_is_ignored() -> None:
    table, problems = read_table("a,b,,\n1,2,,\n,,,\n3,4\n", "t.csv")
    assert not problems
    assert table is not None
    assert [row.plain() for row in table.rows] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5))
def test_what_python_writes_is_read_back(rows: list[list[str]]) -> None:
    rows = [row for row in rows if any(row)]
    written = io.StringIO()
    csv.writer(written).writerows([["x", "y", "z"], *rows])
    table, problems = read_table(written.getvalue(), "t.csv")
    assert not problems
    assert table is not None
    assert [list(row.plain().values()) for row in table.rows] == rows


@given(st.text(alphabet='a,"\n\r\t; é', max_size=60))
def test_any_text_gives_a_table_or_problems(text: str) -> None:
    table, problems = read_table("a,b\n" + text, "t.csv")
    assert table is not None or problems

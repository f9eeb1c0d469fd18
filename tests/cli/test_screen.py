"""Lines of lists go on further in, whole words, whatever the width; text without an indent is left alone."""

from __future__ import annotations

from io import StringIO

import pytest

from afternext.cli.screen import Screen

SENTENCE = (
    "  over all futures: letting it fall is best, by 0.7 points (0.2 to 1.3) over saving it on conditions"
)


def printed(text: str, width: int, **settings: object) -> list[str]:
    said = StringIO()
    Screen(file=said, width=width, no_color=True, highlight=False).print(text, **settings)
    return said.getvalue().splitlines()


@pytest.mark.parametrize("width", [50, 64, 80, 99])
def test_the_rest_of_a_line_of_a_list_stands_further_in(width: int) -> None:
    first, *rest = printed(SENTENCE, width)
    assert max(map(len, [first, *rest])) <= width
    assert first.startswith("  over")
    assert all(line.startswith("      ") and line[6] != " " for line in rest)
    assert " ".join([first, *rest]).split() == SENTENCE.split()


def test_what_fits_and_what_has_no_indent_is_printed_as_ever() -> None:
    assert printed(SENTENCE, 120) == [SENTENCE]
    assert printed("word " * 30, 60)[1].startswith("word")
    assert printed("  a [bold]b[/bold]", 60) == ["  a b"]
    assert printed("\n  a\n", 60) == ["", "  a", ""]


def test_a_command_to_copy_is_never_broken() -> None:
    assert len(printed("  afternext chronicle " + "x" * 90, 60, soft_wrap=True)) == 1


def test_a_word_longer_than_the_screen_is_kept_whole_in_its_letters() -> None:
    lines = printed("  SHA-256 " + "f" * 64, 60)
    assert "".join("".join(lines).split()) == "SHA-256" + "f" * 64

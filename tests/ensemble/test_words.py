"""Words that people read: dates inside sentences."""

from __future__ import annotations

import pytest

from afternext.ensemble.words import dated


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Who will hold Sinjar on 2014-09-10?", "Who will hold Sinjar on 10 September 2014?"),
        ("from 2014-06-01 to 2014-06-30", "from 1 June 2014 to 30 June 2014"),
        ("on 2014-02-31, which is no day", "on 2014-02-31, which is no day"),
        ("case iraq-2014-06-05x", "case iraq-2014-06-05x"),
    ],
)
def test_dates_in_a_sentence_are_written_as_people_write_them(written: str, read: str) -> None:
    assert dated(written) == read

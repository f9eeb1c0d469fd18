"""The console of every command: a line that does not fit goes on further in, so that lists stay lists."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

FURTHER = 4  # columns that the rest of a line stands further in
ROOM = 30  # columns that must be left for words


class Screen(Console):
    """Prints indented text with a hanging indent; all else as rich does."""

    def print(self, *objects: Any, **settings: Any) -> None:
        plain = len(objects) == 1 and isinstance(objects[0], str) and not settings.get("soft_wrap")
        if plain and any(line.startswith(" ") for line in objects[0].splitlines()):
            objects = (self._hung(objects[0], settings.pop("markup", None)),)
        super().print(*objects, **settings)

    def _hung(self, said: str, markup: bool | None) -> Text:
        """Text whose indented lines are broken at words, the rest of each further in."""
        text = Text(said) if markup is False else Text.from_markup(said)
        lines: list[Text] = []
        for line in text.split("\n", allow_blank=True):
            indent = len(line.plain) - len(line.plain.lstrip(" "))
            room = self.width - indent - FURTHER
            if not indent or line.cell_len <= self.width or room < ROOM:
                lines.append(line)
                continue
            first, *rest = _broken(line, self, room + FURTHER, indent)
            lines.append(first)
            for part in rest:
                lines += [Text(" " * (indent + FURTHER)).append_text(one) for one in part.wrap(self, room)]
        return Text("\n").join(_bare(line) for line in lines)


def _broken(line: Text, console: Console, room: int, indent: int) -> list[Text]:
    """The first line as far as it fits, and what is left of it."""
    head, body = line.divide([indent])
    first = body.wrap(console, room)[0]
    left = body[len(first.plain) :] if len(first.plain) < len(body.plain) else Text("")
    start = len(left.plain) - len(left.plain.lstrip(" "))
    return [head + first, *([left[start:]] if left.plain.strip() else [])]


def _bare(line: Text) -> Text:
    line.rstrip()
    return line

"""What was written, with the place where it was written: the common form of YAML, CSV and Python input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from afternext.errors import Problem

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in a file; line and column count from 1."""

    file: str
    line: int = 0
    column: int = 0

    def problem(self, key: str, message: str, hint: str = "") -> Problem:
        """Say that something is wrong here."""
        return Problem(self.file, self.line, self.column, key, message, hint)


@dataclass(slots=True)
class Node:
    """A scalar, a map of nodes or a list of nodes, and where it begins.

    ``broken`` means that its reading already gave a problem, so nobody need complain again.
    """

    mark: Mark
    value: Scalar | dict[str, Node] | list[Node] | Any
    key_mark: Mark | None = None
    broken: bool = False

    @property
    def map(self) -> dict[str, Node]:
        """The children by key; empty if this is no map."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def list(self) -> list[Node]:
        """The children in order; empty if this is no list."""
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> Any:
        """Return the content alone, without positions."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def at(self, path: tuple[str | int, ...]) -> Mark:
        """Return where the entry at ``path`` begins, or the nearest entry above it that exists."""
        node = self
        for step in path:
            child = node._child(step)
            if child is None:
                break
            node = child
        return node.mark

    def key_at(self, path: tuple[str | int, ...]) -> Mark:
        """Return where the key of the entry at ``path`` stands, for problems with the key itself."""
        node: Node | None = self
        for step in path:
            node = node._child(step) if node is not None else None
        return (node.key_mark if node is not None else None) or self.at(path)

    def _child(self, step: str | int) -> Node | None:
        if isinstance(step, int):
            return self.list[step] if step < len(self.list) else None
        return self.map.get(step)

    def any_broken(self) -> bool:
        """Tell whether this or anything below it gave a problem when it was read."""
        return any(node.broken for node in self.walk())

    def walk(self) -> Iterator[Node]:
        """Visit this node and everything below it."""
        yield self
        for child in [*self.map.values(), *self.list]:
            yield from child.walk()

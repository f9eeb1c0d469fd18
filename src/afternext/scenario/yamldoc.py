"""Read YAML 1.2 into nodes with positions, and refuse what a reader of the file could overlook.

Only the event parser of ruamel.yaml is used: no objects are built, nothing recurses, and `no` stays "no".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from afternext.errors import Problem
from afternext.scenario.nodes import Mark, Node, Scalar

LARGEST_YAML = 1024 * 1024  # characters; a country takes about 100,000
DEEPEST = 20

# YAML 1.2 core schema; dates and `no` are texts there.
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# A line is matched in one way only: with \s the time would double with every blank line.
_DIRECTIVE = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)*%")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_HINTS = (
    ("mapping values are not allowed", "a text with a colon needs quotes"),
    ("found character '\\t'", "indent with spaces, not tabs"),
    ("cannot start any token", "put the text in quotes"),
    ("found unexpected end of stream", "a quote is not closed"),
    ("expected ',' or", "a bracket or brace is not closed"),
    ("expected <block end>", "check the indentation of this line"),
    ("could not find expected ':'", "a key is followed by a colon and a space"),
)


@dataclass(slots=True)
class _Open:
    """A map or list that is being read."""

    node: Node
    key: Node | None = None
    first: dict[str, Mark] = field(default_factory=dict)


def read_yaml(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """Parse a document; return its root node (None if it cannot be parsed) and what is wrong."""
    if len(text) > LARGEST_YAML:
        text = f"the file has {len(text)} characters, more than {LARGEST_YAML}"
        return None, [Mark(file).problem("", text)]
    return _Reader(file).read(text)


def resolve(text: str) -> Scalar:
    """Give a plain scalar its type by the core schema of YAML 1.2."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text) and len(text) < 300:
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def read(self, text: str) -> tuple[Node | None, list[Problem]]:
        from ruamel.yaml import YAML  # late: the Python builder never needs it
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
        from ruamel.yaml.events import DocumentStartEvent

        if directive := _DIRECTIVE.match(text):
            line = text.count("\n", 0, directive.end()) + 1
            self._refuse(Mark(self.file, line, 1), "YAML directives are refused", "remove the line")
            return None, self.problems
        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                if isinstance(event, DocumentStartEvent):
                    self.documents += 1
                    if self.documents == 2:
                        self._refuse(self._mark(event), "a second document begins", "keep one, remove ---")
                        return None, self.problems
                if not self._take(event):
                    return None, self.problems
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = str(error.problem or error.context or "cannot be read").split("\n")[0]
            where = Mark(self.file, mark.line + 1, mark.column + 1) if mark else Mark(self.file)
            hint = next((hint for part, hint in _HINTS if part in what), "")
            self._refuse(where, f"not valid YAML: {what}", hint)
            return None, self.problems
        except YAMLError as error:
            self._refuse(self._unreadable(text, error), "not valid YAML: a control character", "remove it")
            return None, self.problems
        except ValueError as error:  # ruamel lets some malformed escapes and numbers through to Python
            self._refuse(Mark(self.file), f"not valid YAML: {error}")
            return None, self.problems
        if self.root is None:
            self._refuse(Mark(self.file, 1, 1), "the file is empty")
        return self.root, self.problems

    def _take(self, event: Any) -> bool:
        """Add one event to the tree; False when reading on makes no sense."""
        kind = type(event).__name__
        if kind == "AliasEvent":
            self._refuse(self._mark(event), f"the alias *{event.anchor} is refused", "write the value out")
            self._place(Node(self._mark(event), None, broken=True))
        elif kind == "ScalarEvent":
            self._place(self._scalar(event))
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            node = Node(self._mark(event), {} if kind == "MappingStartEvent" else [])
            self._check_properties(event, node)
            if len(self.open) >= DEEPEST:
                self._refuse(node.mark, f"nested deeper than {DEEPEST} levels")
                return False
            self.open.append(_Open(node))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._place(self.open.pop().node)
        return True

    def _place(self, node: Node) -> None:
        """Put a finished node where it belongs."""
        if not self.open:
            self.root = node
            return
        inside = self.open[-1]
        if isinstance(inside.node.value, list):
            inside.node.value.append(node)
        elif inside.key is None:
            inside.key = node
        else:
            self._enter(inside, inside.key, node)
            inside.key = None

    def _enter(self, inside: _Open, key: Node, node: Node) -> None:
        if isinstance(key.value, dict | list):
            self._refuse(key.mark, "a map or list stands as a key", "a key is a word")
            return
        name = str(key.value)
        if not name:
            self._refuse(key.mark, "the key is empty", "a key is a word")
        elif name in inside.first:
            line = inside.first[name].line
            self._refuse(key.mark, f"the key {name} stands here and in line {line}", "keep one of them")
            inside.node.map[name].broken = True
        else:
            inside.first[name] = key.mark
            node.key_mark = key.mark
            if node.value is None:
                node.mark = key.mark  # an empty value begins nowhere
            inside.node.map[name] = node

    def _scalar(self, event: Any) -> Node:
        node = Node(self._mark(event), event.value)
        if self.open and isinstance(self.open[-1].node.value, dict) and self.open[-1].key is None:
            self._check_properties(event, node)
            return node  # a key keeps its text: 1, no and true are ids as written
        if event.implicit[0]:
            node.value = resolve(event.value)
            if _NOT_FINITE.fullmatch(event.value) or node.value in (float("inf"), float("-inf")):
                node.broken = True
                text = f"{event.value[:40]} is not a finite number"
                self._refuse(node.mark, text, "leave it out, or give a range")
        self._check_properties(event, node)
        return node

    def _check_properties(self, event: Any, node: Node) -> None:
        if event.anchor is not None:
            text = f"the anchor &{event.anchor} is refused"
            self._refuse(node.mark, text, "write the value out in each place")
        if event.tag is not None:
            node.broken = True
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            hint = "remove it; quote a text that looks like a number"
            self._refuse(node.mark, f"the tag {tag} is refused", hint)

    def _refuse(self, mark: Mark, message: str, hint: str = "") -> None:
        self.problems.append(mark.problem(self._path(), message, hint))

    def _path(self) -> str:
        keys = (level.key.value for level in self.open if level.key is not None)
        return ".".join(key for key in keys if isinstance(key, str))

    def _mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _unreadable(self, text: str, error: Any) -> Mark:
        position = getattr(error, "position", None)
        before = text[: position if isinstance(position, int) else 0]
        return Mark(self.file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)

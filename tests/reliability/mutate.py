"""Damage done to files on purpose: to bytes, lines, cells and trees, always the same for the same seed."""

from __future__ import annotations

from random import Random

from afternext.scenario.nodes import Node

NUMBERS = (
    "nan", "NaN", "-nan", ".nan", "inf", "-inf", ".inf", "Infinity", "1e999", "-1e999", "1e308", "-1e308",
    "5e-324", "-0", "0", "-1", "1", "0.5", "2", "1e15", "1e16", "99999999999999999999", "0x10", "0o17",
    "1_000", "1,000", "1.000,5", "١٢٣", "²", "½", "Ⅷ", "9" * 400, "1" * 5000, "1e", "+", "-", ".", "12%",
    "3-5", "40 km", "true", "null", "~",
)  # fmt: skip
VALUES = (
    "range(0, 1)", "range(1, 0)", "range(1e300, 1e301)", "triangular(1, 2)", "triangular(3, 2, 1)",
    "triangular(1,2,3)", "lognormal(1e300, 10)", "lognormal(0, 0)", "normal(0, 1e-320) within(5, 6)",
    "normal(0,1) within(-1, 1)", "options(1; 2; nan)", "options(a, b)", "options()",
    "uniform(0, 1) within(2, 3)", "uncertain(x)", "uncertain(openness, 1e300)", "uncertain()",
    "{range: [0, 1]}", "{triangular: [1, 2, 3], within: [0, 1]}", "{options: [own, ordinary]}",
    "{uncertain: openness}", "{range: []}", "{range: {}}", "{}", "[]", "[[]]", "((((((", "within(1,2)",
)  # fmt: skip
DATES = (
    "0000-00-00", "0001-01-01", "9999-12-31", "9999-12", "2014-02-30", "2014-13-01", "2020-06-01T00:00",
    "01/02/2020", "31 Dec 9999", "30 February 2020", "2020-W01-1", "-2020-01-01", "１９９９-01-01",
    "99999999999", "1e12", "2020-06-01",
)  # fmt: skip
WORDS = (
    "", " ", "\t", "\r", "\x0b", "\x1b[2J", "\u202e", "\ufeff", "\x7f", "\x85", "\u2028", "💥" * 20, "é",
    '"', "'", '""', "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "%s%n", "${x}", "../../etc/passwd",
    "/etc/passwd", "..", "C:\\x", "a" * 300, "a" * 9000, "nobody", "remove", "near", "west", "east", "army",
    "rebels", "hill", "displaced", "1 day", "9e9 years", "*a", "&a b",
    "!!python/object/apply:os.system [ls]", "!!binary x", '"\\ud800"', "---", "...", "|", ">", "?",
    "- - - -", "{" * 40, "[" * 40, "a: b: c", "%YAML 1.1", "<<", "#", "no", "on", "camp", "crossing",
    "conflict_zone", "#adm1+name", "#date",
)  # fmt: skip
DTM = (
    "reportingDate,admin1Name,idpOriginAdmin1Name,numPresentIdpInd,families,returnees\n"
    "2020-04-01,Left,Right,1200,200,10\n2020-05-01,Right,Left,900,150,\n"
)
HXL = (
    "Day,Area,From,People,Families\n#date,#adm1+name,#adm1+origin,#affected+idps+ind,#affected+idps+hh\n"
    "2020-04-01,Left,Right,1200,200\n2020-05-01,Right,Left,900,150\n"
)
HOSTILE = (*NUMBERS, *VALUES, *DATES, *WORDS)
RAW = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x9f\x92", b"\r",
    b"\r\n", b"\n\n", b"\x1a", b"\x80", b"PK\x03\x04", b"\n" * 40, b" " * 200, b'"', b",", b";", b"\t",
    b"#", b":", b"-", b"{", b"}", b"%\n",
)  # fmt: skip
PLAIN = (None, True, False, 0, -1, 1.5, 10**18, -(10**300), 1e308, 5e-324, *HOSTILE)


def mutated(rng: Random, raw: bytes) -> bytes:
    """A file with one to four kinds of damage."""
    for _ in range(rng.choice((1, 1, 1, 2, 2, 4))):
        raw = rng.choice(_DAMAGES)(rng, raw)
    return raw


def _spot(rng: Random, raw: bytes) -> int:
    return rng.randrange(len(raw) + 1)


def _flip(rng: Random, raw: bytes) -> bytes:
    if not raw:
        return raw
    at = rng.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]


def _insert(rng: Random, raw: bytes) -> bytes:
    at = _spot(rng, raw)
    return raw[:at] + rng.choice(RAW) + raw[at:]


def _delete(rng: Random, raw: bytes) -> bytes:
    at = _spot(rng, raw)
    return raw[:at] + raw[at + rng.choice((1, 1, 3, 20, 200)) :]


def _repeat(rng: Random, raw: bytes) -> bytes:
    at, length = _spot(rng, raw), rng.choice((1, 4, 40))
    return raw[:at] + raw[at : at + length] * rng.choice((2, 3, 30)) + raw[at + length :]


def _lines(rng: Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            lines[a], lines[b] = lines[b], lines[a]
        case 1:
            del lines[a]
        case 2:
            lines.insert(b, lines[a])
        case 3:
            lines[a] = lines[a].lstrip() if rng.random() < 0.5 else b"  " + lines[a]
        case _:
            rng.shuffle(lines)
    return b"\n".join(lines)


def _cell(rng: Random, raw: bytes) -> bytes:
    """Put a hostile word in place of what stands between two separators."""
    marks = [-1, *(k for k, byte in enumerate(raw) if byte in b",\n:"), len(raw)]
    k = rng.randrange(len(marks) - 1)
    word = rng.choice(HOSTILE).encode("utf-8", errors="surrogatepass")
    if rng.random() < 0.2:
        word = b'"' + word.replace(b'"', b'""') + b'"'
    gap = b" " if raw[marks[k] : marks[k] + 1] == b":" else b""
    return raw[: marks[k] + 1] + gap + word + raw[marks[k + 1] :]


def _swap_cells(rng: Random, raw: bytes) -> bytes:
    cells = raw.split(b",")
    a, b = rng.randrange(len(cells)), rng.randrange(len(cells))
    cells[a], cells[b] = cells[b], cells[a]
    return b",".join(cells)


def _encode(rng: Random, raw: bytes) -> bytes:
    text = raw.decode("utf-8", errors="replace")
    kind = rng.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-8-sig", "mixed", "cr"))
    if kind == "cr":
        return raw.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\r")))
    if kind == "mixed":
        half = len(text) // 2
        return text[:half].encode() + text[half:].encode("cp1252", errors="replace") + "é".encode("cp1252")
    return text.encode(kind, errors="replace")


_DAMAGES = (
    _cell,
    _cell,
    _cell,
    _cell,
    _flip,
    _insert,
    _delete,
    _repeat,
    _lines,
    _lines,
    _swap_cells,
    _encode,
)


def mutated_tree(rng: Random, root: Node) -> Node:
    """A copy of a tree of nodes in which one to three nodes are other than they should be."""
    root = _copy(root)
    for _ in range(rng.choice((1, 1, 2, 3))):
        parents = [node for node in root.walk() if isinstance(node.value, dict | list) and node.value]
        if not parents:
            return root
        _damage(rng, rng.choice(parents), parents)
    return root


def _copy(node: Node) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {key: _copy(child) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_copy(child) for child in value]
    return Node(node.mark, value, node.key_mark, node.broken)


def _damage(rng: Random, parent: Node, parents: list[Node]) -> None:
    keys = list(parent.map) or list(range(len(parent.list)))
    key = rng.choice(keys)
    child = parent.value[key]
    match rng.randrange(7):
        case 0 | 1 | 2:
            child.value = rng.choice(PLAIN)
        case 3:
            del parent.value[key]
        case 4:
            child.value = rng.choice(({}, [], [Node(child.mark, 1)], {"x": Node(child.mark, "y")}))
        case 5:
            other = rng.choice(parents)
            if all(node is not parent for node in other.walk()):  # a tree has no circles
                parent.value[key] = other
        case _:
            if isinstance(key, str):
                parent.value[rng.choice(HOSTILE)] = parent.value.pop(key)
            else:
                parent.value.extend([child] * rng.choice((1, 50)))

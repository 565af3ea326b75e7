"""Files made hostile: a content and a seed give the same changed content each time."""

import codecs
import gzip
import json
import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

ODD_FIELDS = (
    *("", " ", "0", "-0", "-1", "1e309", "-1e-400", "NaN", "inf", "-Infinity", "0x1F", "1_000"),
    *("9" * 19, "9" * 40, "9" * 5000, str(2**63), str(-(2**63) - 1), "1.7976931348623157e308"),
    *("0001-01-01", "0001-01-01T00:00:00Z", "0000-00-00 00:00:00", "9999-12-31T23:59:59.999999Z"),
    *("10000-01-01T00:00:00Z", "+10000-01-01", "0001-01-01T00:00:00+14:00", "2024-02-30"),
    *("9999-12-31T23:59:59-14:00", "2024-01-01T24:00:00Z", "2024-01-01T10:00:60Z", "-62135596801"),
    *("2024-01-01T10:00:00+99:99", "2024-03-31 02:30:00", "253402300800", "1970-01-01T00:00:00Z"),
    *("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "../../etc/passwd", "/etc/passwd"),
    *("C:\\Windows\\win.ini", "file\0name", "a" * 70_000, '"', '""', "'", "\\", "\\N", "\\u0000"),
    *("\u202eabc\u202c", "\u2066\u2067\u2069", "\u200f", "\ufeff", "\ufffe", "\u2028", "\x85"),
    *(
        "\ud7ff",
        "\U0010ffff",
        "e\u0301" * 40,
        "ﷺ" * 20,
        "İ",
        "ß",
        "٣",
        "１２",
        "²",
        "½",
        "\x1b[31m",
    ),
    *("null", "None", "true", "[]", "{}", '{"a":', "%s%n", "${x}", "{0}", "{found}", "<b>&amp;"),
    *("&lol;", "]]>", "a@", "@b", "<a@b>", '"a" <a@b.test', "+44", "00", "++1", "1;2|3\t4,5"),
)
"""What may stand where a value should."""
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**400, 1.5, -0.0),
    *(1e308, float("nan"), float("inf"), [], {}, [None], [[]], [{}], {"": ""}, {"id": {}}),
    *({"id": None}, {"id": True}, [1, "a", None], "\ud800", "\udfff", {"\ud800": 1}, "a" * 300),
)
ODD_BYTES = (
    *(b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x80", b"\xe2\x80"),
    *(codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE, b"\r", b"\n", b"\r\n\r\n", b'"'),
    *(b"\x1a", b"\x1b", b"\x0b", b"\x0c", b"\x7f", b"\\", b",", b";", b"|", b"\t", b"<", b"{"),
    "\u202e\u2066".encode(), b"From \n", b"From a Tue Mar  3 10:00:00 2026\n", b"<!DOCTYPE a>",
)  # fmt: skip
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
YEAR = re.compile(rb"\b(?:19|20)\d\d\b")
MARKS = (b",", b"\t", b";", b"|", b":", b" ")
Change = Callable[[bytes, Random], bytes]


def mutate(content: bytes, seed: int) -> tuple[str, bytes]:
    """One to three changes of a content: what they are called, joined by +, and what came out."""
    random = Random(seed)
    named = random.choices(list(CHANGES), k=random.choice((1, 1, 1, 2, 3)))
    for name in named:
        content = CHANGES[name](content, random)
    return "+".join(named), content


def _place(content: bytes, random: Random) -> int:
    return random.randrange(len(content) + 1)


def _span(content: bytes, random: Random) -> tuple[int, int]:
    first, last = sorted((_place(content, random), _place(content, random)))
    # Short pieces leave more of the file to be understood.
    return first, min(last, first + random.choice((1, 4, 40, 400, len(content) + 1)))


def _flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8, 64)) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(content: bytes, random: Random) -> bytes:
    return content[: _place(content, random)]


def _drop(content: bytes, random: Random) -> bytes:
    first, last = _span(content, random)
    return content[:first] + content[last:]


def _double(content: bytes, random: Random) -> bytes:
    first, last = _span(content, random)
    return content[:last] + content[first:last] * random.choice((1, 2, 50)) + content[last:]


def _insert(content: bytes, random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + random.choice(ODD_BYTES) + content[at:]


def _front(content: bytes, random: Random) -> bytes:
    return random.choice(ODD_BYTES) + content


def _swap_lines(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if len(lines) > 1:
        first, second = random.randrange(len(lines)), random.randrange(len(lines))
        lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def _repeat_line(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    lines.insert(random.randrange(len(lines) + 1), random.choice(lines))
    return b"".join(lines)


def _fields(line: bytes, random: Random) -> tuple[bytes, list[bytes]]:
    mark = max(MARKS, key=lambda one: (line.count(one) > 0, random.random()))
    return mark, line.split(mark)


def _change_field(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    at = random.randrange(len(lines))
    mark, fields = _fields(lines[at], random)
    fields[random.randrange(len(fields))] = _encoded(random.choice(ODD_FIELDS))
    lines[at] = mark.join(fields)
    return b"\n".join(lines)


def _swap_fields(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    at = random.randrange(len(lines))
    mark, fields = _fields(lines[at], random)
    random.shuffle(fields)
    lines[at] = mark.join(fields)
    return b"\n".join(lines)


def _change_column(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    mark, names = _fields(lines[0], random)
    at, odd = random.randrange(len(names)), random.choice(ODD_FIELDS)
    changed = [lines[0]]
    for line in lines[1:]:
        fields = line.split(mark)
        if at < len(fields):
            fields[at] = _encoded(odd)
        changed.append(mark.join(fields))
    return b"\n".join(changed)


def _change_match(pattern: re.Pattern[bytes], odd: Sequence[bytes]) -> Change:
    def change(content: bytes, random: Random) -> bytes:
        found = list(pattern.finditer(content))
        if not found:
            return content
        one = random.choice(found)
        return content[: one.start()] + random.choice(odd) + content[one.end() :]

    return change


def _recode(content: bytes, random: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    coding = random.choice(("utf-16", "utf-16-be", "utf-32", "cp1250", "latin-1", "cp037", "utf-7"))
    first, _ = _span(content, random)
    if random.random() < 0.5:
        return text.encode(coding, "replace")
    return content[:first] + text[first:].encode(coding, "replace")


def _change_marks(content: bytes, random: Random) -> bytes:
    old, new = random.choice(MARKS), random.choice((*MARKS, b"\0", b"", b'"'))
    return content.replace(old, new)


def _change_ends(content: bytes, random: Random) -> bytes:
    ends = (b"\r", b"\r\n", b"\n\n", b"\x85", "\u2028".encode(), b"", b"\n\r")
    return content.replace(b"\n", random.choice(ends))


def _lengthen(content: bytes, random: Random) -> bytes:
    at, sign = _place(content, random), random.choice((b"x", b"\n", b",", b'"', b"[", b"<a>", b"9"))
    return content[:at] + sign * random.choice((1000, 20_000, 200_000)) + content[at:]


def _pack(content: bytes, random: Random) -> bytes:
    packed = gzip.compress(content, 1, mtime=0)
    return random.choice((packed, _flip(packed, random), _cut(packed, random), packed * 2))


def _change_json(content: bytes, random: Random) -> bytes:
    """One place of a JSON document made another value; of another file, a field."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return _change_json_line(content, random)
    return json.dumps(_replaced(found, random)).encode()


def _change_json_line(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    at = random.randrange(len(lines))
    try:
        found = json.loads(lines[at])
    except (ValueError, RecursionError):
        return _change_field(content, random)
    lines[at] = json.dumps(_replaced(found, random)).encode()
    return b"\n".join(lines)


def _replaced(found: Any, random: Random) -> Any:
    places: list[tuple[Any, Any]] = []
    level = [found]
    while level and isinstance(found, dict | list):
        one = level.pop()
        inside = one.items() if isinstance(one, dict) else enumerate(one)
        for key, value in inside:
            places.append((one, key))
            if isinstance(value, dict | list):
                level.append(value)
    if not places:
        return random.choice(ODD_VALUES)
    for _ in range(random.choice((1, 1, 2, 5))):
        holder, key = random.choice(places)
        _change_place(holder, key, random)
    return found


def _change_place(holder: Any, key: Any, random: Random) -> None:
    how = random.randrange(4)
    if isinstance(holder, dict) and how == 0:
        holder.pop(key, None)
    elif how == 1:
        holder[key] = random.choice(ODD_FIELDS)
    elif how == 2 and isinstance(holder, dict) and key in holder:
        holder[random.choice(list(holder))] = holder[key]
    else:
        holder[key] = random.choice(ODD_VALUES)


def _nest(content: bytes, random: Random) -> bytes:
    opened, closed = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<event>", b"</event>")))
    depth = random.choice((50, 500, 20_000))
    at = _place(content, random)
    return content[:at] + opened * depth + b"1" + closed * depth + content[at:]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


NUMBERS = (b"-1", b"0", b"9" * 19, b"9" * 400, b"1e999", b"NaN", b"-Infinity", b"0.1", b"1e-9", b"")
YEARS = (b"0000", b"0001", b"1969", b"2101", b"9999", b"10000", b"-001", b"99999999")
CHANGES: Mapping[str, Change] = {
    "flip": _flip,
    "cut": _cut,
    "drop": _drop,
    "double": _double,
    "insert": _insert,
    "front": _front,
    "swap lines": _swap_lines,
    "repeat line": _repeat_line,
    "field": _change_field,
    "column": _change_column,
    "swap fields": _swap_fields,
    "number": _change_match(NUMBER, NUMBERS),
    "year": _change_match(YEAR, YEARS),
    "recode": _recode,
    "marks": _change_marks,
    "ends": _change_ends,
    "lengthen": _lengthen,
    "pack": _pack,
    "json": _change_json,
    "nest": _nest,
}

"""Mail as its writer wrote it: what is quoted below or comes from the machine is cut away."""

import re
from collections.abc import Callable
from functools import cache

from regard.core.registry import declared

QUOTED = re.compile(r"^\s*(?:>|&gt;)")
SIGNATURE = re.compile(r"^-- ?$")
HEADER = re.compile(r"^[\s*]*[^\W\d_][\w -]{0,20}\*?\s*:\*?\s*\S")
"""A line such as `Subject: …`; two together are the head of a quoted mail."""
DEVICE = (
    r"(?:\S+\s+){0,3}\S*(?:iphone|ipad|android|samsung|galaxy|outlook|yahoo|gmail|mail|proton|"
    r"huawei|xiaomi|phone|telefon|smartfon|mobil|mudah alih|ios|tablet|app|windows|"
    r"هاتف|جوال|ايفون|آيفون|أيفون|телефон|смартфон|поща|мобил)[^.!?]{0,40}$"
)
"""What mail is sent from, in the lines that devices add: `{device}` in a list DEVICES."""
DIGIT = re.compile(r"\d")
LONGEST = 300
"""Signs that the announcement of a quotation may have, over up to three lines."""


@cache
def _patterns(name: str) -> re.Pattern[str]:
    said = "|".join(declared("regard.text.words", name)).replace("{device}", DEVICE)
    return re.compile(rf"^[\s*|]*(?:{said})\s*$", re.IGNORECASE)


def cut_quotes(text: str) -> str:
    """What the writer wrote: without quoted mail, and the lines that a device or server adds.

    Lines marked with `>` go. After lines that announce a quotation everything goes, except what
    stands among or below lines so marked: some answer below. Of each language, the module in
    `text/words` lists what announces (QUOTES: with a date; CUTS: without), the sender's line of a
    quoted head (SENDERS), and what devices add (DEVICES).
    """
    lines = text.split("\n")
    marked = [place for place, line in enumerate(lines) if QUOTED.match(line)]
    last = marked[-1] if marked else -1
    kept: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        announced = _announces(lines, place)
        if announced and place + announced > last:
            break
        if SIGNATURE.match(line) and any(one.strip() for one in kept):
            break
        if not announced and not QUOTED.match(line) and not _patterns("DEVICES").match(line):
            kept.append(line)
        place += announced or 1
    return "\n".join(kept).strip()


def _announces(lines: list[str], place: int) -> int:
    """How many lines, from this one on, announce a quotation; 0: none."""
    line = lines[place]
    if len(line) > LONGEST or not line.strip() or QUOTED.match(line):
        return 0
    if _patterns("CUTS").match(line):
        return 1
    if _patterns("SENDERS").match(line):
        below = next((one for one in lines[place + 1 : place + 3] if one.strip()), "")
        return int("@" in line or bool(HEADER.match(below)))
    matches: Callable[[str], object] = _patterns("QUOTES").match
    for count in (1, 2, 3):
        said = " ".join(lines[place : place + count])
        if len(said) <= LONGEST and DIGIT.search(said) and matches(said):
            return count
    return 0

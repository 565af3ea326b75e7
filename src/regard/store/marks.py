"""Marks of what was erased: keyed hashes, which know it again and cannot be turned back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

SIGNS = 32
SHORT = 20
DIGITS = 9
"""How many last digits make a telephone number, however its beginning is written."""
LEAST_DIGITS = 7
STANDS = "erased-"
STOOD = STANDS + "[0-9a-f]{20}"
"""A pattern of the pseudonyms that stand for what was erased."""
GAP = "[erased]"
MAIL = r"[\w.%+\-]+@[\w\-]+(?:\.[\w\-]+)*"
HANDLE = r"@[\w.\-]*\w"
PHONE = r"\+?\d(?:[\s().\-/]{0,3}\d){6,16}"
"""Tokens of free text that may be an address; the same in Python and in the engine."""
EDGES = ".%+-"
"""Signs within a mail address with which none begins."""
BEFORE_NAME = r"((?:^|[^\w.%+\-])[.%+\-]*)"
KEPT = r"\1\2"
NEVER = r"[^\s\S]"
BEFORE_DIGITS = r"(^|[^\w+])"


@dataclass(frozen=True)
class Needles:
    """What is looked for in texts: mail addresses and names of accounts in small letters, the
    latter without their "@", and last digits of telephones."""

    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mails or self.phones or self.handles)

    @property
    def pattern(self) -> str:
        """A pattern that finds any of them; its two groups are what stands before, to be kept."""
        between = r"[\s().\-/]{0,3}"
        named = [re.escape(mail) + r"\b" for mail in self.mails]
        named += ["@" + re.escape(handle) + r"\b" for handle in self.handles]
        phones = [
            r"(?:\+|00)?(?:\d[\d\s().\-/]{0,7}?)?" + between.join(phone) + r"\b"
            for phone in self.phones
        ]
        return "|".join(
            before + "(?:" + "|".join(ways or (NEVER,)) + ")"
            for before, ways in ((BEFORE_NAME, named), (BEFORE_DIGITS, phones))
        )


def mark(key: str, kind: str, *parts: str) -> str:
    """The mark of a thing of a kind under a key; the same as `mark_sql` makes."""
    told = "\n".join((key, kind, *parts))
    return sha256(told.encode("utf-8", "replace")).hexdigest()[:SIGNS]


def mark_sql(key: str, kind: str, *columns: str) -> str:
    """SQL for the mark of what stands in some columns."""
    told = " || chr(10) || ".join((f"'{key}'", kind, *columns))
    return f"substr(sha256({told}), 1, {SIGNS})"


def stand_in(key: str, value: str) -> str:
    """The pseudonym of a value."""
    return STANDS + mark(key, "value", value)[:SHORT]


def stand_in_sql(key: str, column: str) -> str:
    """SQL for the pseudonym of what stands in a column."""
    return f"'{STANDS}' || substr({mark_sql(key, quoted('value'), column)}, 1, {SHORT})"


def digits_of(text: str) -> str:
    """The last digits of a telephone number; empty where there are too few to be one."""
    found = re.sub(r"\D", "", text.split("x")[0])
    return found[-DIGITS:] if len(found) >= LEAST_DIGITS else ""


def bare_handle(column: str) -> str:
    """SQL for the name of an account as it is compared."""
    return f"ltrim(lower(trim({column})), '@')"


def is_phone(text: str) -> bool:
    """Whether a text has nothing in it but a telephone number, in whatever way it is written."""
    return bool(digits_of(text)) and re.fullmatch(r"[+\d\s().\-/]+", text) is not None


def quoted(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def as_list(texts: Iterable[str]) -> str:
    """Texts as a value of SQL that is a list."""
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


def listed(texts: Iterable[str]) -> str:
    """Texts as what IN asks of in SQL; there is at least one."""
    return "(" + ", ".join(quoted(text) for text in texts) + ")"

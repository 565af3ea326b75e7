"""Words as they are compared: one spelling of letters, and tokens with what they looked like."""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

GLAD = frozenset(
    "🙏👍❤♥💖💕💗💙💚💛🧡💜🤍💯😊🙂😀😁😃😄☺😇🤗🥰😍🤩😘🎉🥳👏👌💪🙌🌹💐🌸🌷🌺⭐🌟✨✅✔🤝✌🫶🙋🤲🫡"
)
"""Signs that go with thanks; alone they say too little."""
SOUR = frozenset("🙄😒😡🤬👎🤡😑😤🤦💩😠🙃😏😞😢😭😩😫😔🖕💔😬🤨🥱🤷🤮❌🚫⚠😂🤣❓❔⁉")
"""Signs of irony or anger."""
SMILES = (":)", ":-)", "=)", ":d", ":-d", ";)", ";-)", "<3", "xd", "^^", ":*", "(:")
FROWNS = (":(", ":-(", ":/", ":-/", ":|", "-_-", ":'(", "=(", ":\\")
_SIGNS = "|".join(re.escape(sign) for sign in (*FROWNS, *SMILES))
TOKEN = re.compile(
    rf"(?P<link>(?:https?://|www\.)\S+|\S+@\S+\.\w+)|(?P<handle>(?<!\w)@\w+)"
    rf"|(?P<face>(?<![\w:])(?:{_SIGNS})(?!\w))"
    r"|(?P<word>\w+(?:['’`]\w+)*)|(?P<quote>[\"“”„«»])|(?P<dots>\.\.+)|(?P<asks>[?؟]+)"
    r"|(?P<line>\n+)|(?P<stop>[.!;:()\[\]،,؛…*~/&+|–—-]+)|(?P<sign>\S)",
    re.IGNORECASE,
)
RUN = re.compile(r"(\w)\1{2,}")
SEEN_AS = {"ł": "l", "ı": "i", "đ": "d", "ø": "o", "ک": "ك", "ی": "ي", "ى": "ي", "ة": "ه", "ـ": ""}
_SEEN = str.maketrans(SEEN_AS)
UNSEEN = frozenset({"Mn", "Cf", "Me"})
"""Marks above and below letters, and signs without a shape of their own."""


@dataclass(frozen=True)
class Token:
    """One piece of a text.

    kind: word, handle, link, face, sign, stop, dots, asks, quote or line. word: as compared.
    shown: as written.
    """

    kind: str
    word: str
    shown: str

    @property
    def capital(self) -> bool:
        """Whether it is written like a name."""
        return self.shown[:1].isupper() and self.shown.replace("’", "'").replace("'", "").isalpha()


@lru_cache(1 << 16)
def fold(text: str) -> str:
    """The text in small letters without marks: as people type who have no such keys.

    Arabic loses its vowel signs, the line that stretches letters, and the hamza on its carriers.
    """
    spread = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(sign for sign in spread if unicodedata.category(sign) not in UNSEEN)
    return kept.translate(_SEEN)


def clean(text: str) -> str:
    """One form of every sign, without invisible ones; HTML's names for signs are read."""
    text = html.unescape(text).replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFKC", text).replace("\u2028", "\n")
    return "".join(sign for sign in composed if not _unseen(sign))


def tokens(text: str) -> tuple[Token, ...]:
    """The pieces of a cleaned text, blanks left out."""
    found = []
    for hit in TOKEN.finditer(text):
        kind = hit.lastgroup or "sign"
        found.append(Token(kind, _word(hit.group()), hit.group()))
    return tuple(found)


def unstretched(word: str) -> tuple[str, ...]:
    """The word with letters said three times or more said once, and said twice, if it has such."""
    if not RUN.search(word):
        return ()
    return (RUN.sub(r"\1", word), RUN.sub(r"\1\1", word))


def _word(shown: str) -> str:
    return fold(shown) if shown.isalnum() else re.sub("['’`]", "", fold(shown))


def _unseen(sign: str) -> bool:
    """Whether it is no sign of its own: marks, joiners, skin tones."""
    return unicodedata.category(sign) in UNSEEN or "\U0001f3fb" <= sign <= "\U0001f3ff"

"""Is a message a mere thanks: thanks or content, and nothing that waits for an answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile

from regard.core.registry import by_key, declared
from regard.text.lexicon import Book, Lexicon, make_book
from regard.text.quotes import cut_quotes
from regard.text.reading import Reading, TextReader
from regard.text.wording import FROWNS, GLAD, SOUR, Token, clean, tokens

VERSION = "001"
LONGEST, MOST_WORDS = 400, 40
"""Signs and words beyond which a message says more than thanks."""
MANY_UNKNOWN = 3
SIGNED = 4
"""Words that a name below a message may have; a name that is spoken to has two."""
NAMED = 2
PAUSES = {",", "،", "-", "–", "—"}
BEFORE_NAME = {"thanks", "tail", "hello", "title", "bye", "name"}
SHOUTED = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class _State:
    """How far a message has been understood: the last role, and what has been found in it."""

    last: str = ""
    thanks: bool = False
    glad: bool = False
    names: int = 0


@dataclass(frozen=True)
class _Text:
    """A message in tokens. named: whether capital letters in it say that a word is a name."""

    pieces: tuple[Token, ...]
    named: bool


def read_thanks(text: str) -> Reading:
    """`yes` where everything the writer wrote is thanks, content or courtesy in one language.

    A question, a number, a word that speaks against it, or much else: `no`. What is left is None:
    unsure, which counts as a message that waits for an answer. The certainty of `yes` is lower
    where names or content alone carry it.
    """
    own = clean(cut_quotes(text))
    if not own.strip():
        return Reading(None, 0.0)
    if len(own) > LONGEST:
        return Reading("no", 0.95)
    pieces = tokens(own)
    words = [piece for piece in pieces if piece.kind == "word"]
    if any(piece.kind == "asks" for piece in pieces):
        return Reading("no", 0.99)
    if len(words) > MOST_WORDS:
        return Reading("no", 0.95)
    if any(piece.kind == "face" and piece.word in FROWNS for piece in pieces):
        return Reading("no", 0.9)
    if any(piece.shown in SOUR for piece in pieces):
        return Reading("no", 0.9)
    best = max((_understand(book, pieces) for book in _books().values()), key=_worth)
    if best is not None:
        return Reading("yes", _certainty(best))
    return _refuse(pieces, words)


def _worth(state: _State | None) -> float:
    return -1.0 if state is None else _certainty(state)


def _certainty(state: _State) -> float:
    return 0.97 - 0.05 * (not state.thanks) - 0.05 * bool(state.names)


def _refuse(pieces: tuple[Token, ...], words: list[Token]) -> Reading:
    """What is not a mere thanks, or not surely."""
    books = _books().values()
    if any(any(sign.isdigit() for sign in word.shown) for word in words):
        return Reading("no", 0.9)
    if any(word.word in book.against for word in words for book in books):
        return Reading("no", 0.9)
    if any(piece.kind == "link" for piece in pieces):
        return Reading("no", 0.8)
    unknown = min(sum(not book.words(word.word) for word in words) for book in books)
    return Reading("no", 0.8) if unknown > MANY_UNKNOWN else Reading(None, 0.5)


@cache
def _books() -> dict[str, Book]:
    """The books by language: the lists THANKS of the modules of `text/words`."""
    lexicons: dict[str, Lexicon] = by_key(
        declared("regard.text.words", "THANKS"), lambda one: one.language
    )
    return {language: make_book(lexicons, language) for language in lexicons}


# --- understanding ---------------------------------------------------------------------------


def _understand(book: Book, pieces: tuple[Token, ...]) -> _State | None:
    """The state at the end, where the phrases of the book cover every piece; else None."""
    for piece in pieces:
        if piece.kind == "word" and not piece.capital and not book.words(piece.word):
            return None
    split = tuple(_split(book, pieces))
    text = _Text(split, _says_names(book, split))
    reached: list[set[_State]] = [set() for _ in range(len(split) + 1)]
    reached[0].add(_State())
    for at in range(len(split)):
        for state in reached[at]:
            for end, after in _steps(book, text, at, state):
                reached[end].add(after)
    ends = [state for state in reached[-1] if state.thanks or state.glad]
    return max(ends, key=_certainty, default=None)


def _split(book: Book, pieces: tuple[Token, ...]) -> Iterator[Token]:
    """The pieces with words as the book spells them; unknown ones keep what was typed."""
    for piece in pieces:
        known = book.words(piece.word) if piece.kind == "word" else ()
        if not known:
            yield piece
        for word in known:
            yield Token("known", word, piece.shown)


def _steps(book: Book, text: _Text, at: int, state: _State) -> Iterator[tuple[int, _State]]:
    piece = text.pieces[at]
    if piece.kind == "known":
        for count, role in book.web.matches(_known_from(text, at)):
            yield from _take(role, at + count, state)
    if piece.kind in ("known", "word") and _is_name(book, text, at, state):
        yield at + 1, _State(state.last, state.thanks, state.glad, state.names + 1)
    if piece.kind in ("stop", "line", "handle", "face") or piece.shown in GLAD:
        yield at + 1, _pause(piece, state)


def _known_from(text: _Text, at: int) -> list[str]:
    """The words from a place on that follow each other without a stop and are known."""
    return [piece.word for piece in takewhile(_is_known, text.pieces[at:])]


def _is_known(piece: Token) -> bool:
    return piece.kind == "known"


def _take(role: str, end: int, state: _State) -> Iterator[tuple[int, _State]]:
    """The state after a phrase, where it may stand."""
    if role == "tail" and state.last not in ("thanks", "tail", "title"):
        return
    if role == "name" and state.last not in BEFORE_NAME:
        return
    if state.last == "signed" and role not in ("title", "name"):
        return
    last = state.last if state.last == "signed" else role
    thanks, glad = state.thanks or role == "thanks", state.glad or role == "glad"
    yield end, _State(last, thanks, glad, state.names)


def _pause(piece: Token, state: _State) -> _State:
    """The state after a stop, a line or a sign: a full stop ends what a name may follow."""
    last = state.last
    if piece.kind == "line":
        last = {"bye": "bye", "signed": "signed"}.get(last, "signing" if last else "")
    elif piece.kind == "stop" and piece.shown.strip() not in PAUSES:
        last = last if last in ("bye", "title", "signed", "signing") else ""
    elif piece.kind == "stop" and last == "hello":
        last = ""
    return _State(last, state.thanks, state.glad, state.names)


def _is_name(book: Book, text: _Text, at: int, state: _State) -> bool:
    """Whether the word is a name: written like one, unknown, and where names stand."""
    piece = text.pieces[at]
    if piece.kind == "known" or not piece.capital or not text.named:
        return False
    if len(piece.shown) > 1 and piece.shown.isupper():
        return False
    if any(piece.word in other.against for other in _books().values()):
        return False
    if _paused(text, at) and _goes_on(text, at):
        return False
    if state.last in ("signing", "signed"):
        rest = text.pieces[at:]
        return len(rest) <= SIGNED and all(_may_sign(book, one) for one in rest)
    most = NAMED + SIGNED if state.last == "bye" else NAMED
    return state.last in BEFORE_NAME and state.names < most


def _paused(text: _Text, at: int) -> bool:
    return at > 0 and text.pieces[at - 1].shown.strip() in PAUSES


def _goes_on(text: _Text, at: int) -> bool:
    """Whether words follow that are no name: after a comma that is more than whom one thanks."""
    after = text.pieces[at + 1 : at + 2]
    return any(one.kind in ("known", "word") and not one.capital for one in after)


def _may_sign(book: Book, piece: Token) -> bool:
    against = any(piece.word in other.against for other in _books().values())
    return piece.kind in ("stop", "line") or (
        piece.kind == "word" and piece.capital and not against
    )


def _says_names(book: Book, pieces: tuple[Token, ...]) -> bool:
    """Whether capitals tell names: not where all is in capitals, or Every Word Has One."""
    shown = "".join(piece.shown for piece in pieces if piece.kind in ("known", "word"))
    if not SHOUTED.search(shown) or shown.isupper():
        return False
    return not any(
        before.kind == "known" and piece.kind == "known" and piece.capital and _plain(book, piece)
        for before, piece in pairwise(pieces)
    )


def _plain(book: Book, piece: Token) -> bool:
    """Whether a word is not one that courtesy or grammar writes with a capital letter."""
    if piece.word in book.courteous:
        return False
    return not book.roles(piece.word) & {"title", "name"}


READERS = [TextReader("thanks", VERSION, read_thanks)]

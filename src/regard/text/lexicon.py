"""Phrases of a language, in a short notation, and the spellings in which their words are typed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from regard.core.errors import RegardError
from regard.text.wording import fold, unstretched

States = frozenset[int]


@dataclass(frozen=True)
class Lexicon:
    """Phrases by what they do, each ended by `;`: `(a|b)` is one of these, `[a]` this or nothing.

    language: its ISO code. phrases: by role, such as `thanks`. against: words that speak against
    a reading. courteous: words that courtesy or grammar writes with a capital letter. also:
    languages whose phrases its writers mix in. respell: other spellings of a word as it is typed,
    such as in Latin letters. glued: what is written together with the word that follows, such as
    the Arabic "and".
    """

    language: str
    phrases: Mapping[str, str]
    against: str = ""
    courteous: str = ""
    also: tuple[str, ...] = ()
    respell: Callable[[str], tuple[str, ...]] = lambda word: ()
    glued: tuple[str, ...] = ()


@dataclass
class Web:
    """All phrases as one web of states: a state waits for its word and leads on to others.

    Phrases are never written out: one with ten choices stands for thousands.
    """

    words: list[str] = field(default_factory=list)
    leads: list[States] = field(default_factory=list)
    ends: dict[int, str] = field(default_factory=dict)
    starts: set[int] = field(default_factory=set)
    walked: dict[tuple[States, str], States] = field(default_factory=dict)

    def state(self, word: str, leads: States) -> int:
        """A new state."""
        self.words.append(word)
        self.leads.append(leads)
        return len(self.words) - 1

    def add(self, role: str, phrase: str) -> None:
        """Take what a phrase stands for into a role."""
        end = self.state("", frozenset())
        self.ends[end] = role
        pieces = _pieces(phrase)
        before, rest = _weave(self, pieces, frozenset({end}))
        if rest < len(pieces):
            raise RegardError(
                f"'{phrase}' closes a bracket that it has not opened. Mend the phrase."
            )
        self.starts |= before - {end}

    def walk(self, states: States, word: str) -> States:
        """The states after a word."""
        step = (states, word)
        if step not in self.walked:
            found = (self.leads[one] for one in states if self.words[one] == word)
            self.walked[step] = frozenset().union(*found)
        return self.walked[step]

    def matches(self, words: Sequence[str]) -> Iterator[tuple[int, str]]:
        """How many of the first words a phrase covers and its role, for every phrase that does."""
        states = frozenset(self.starts)
        for count, word in enumerate(words, start=1):
            states = self.walk(states, word)
            if not states:
                return
            for role in {self.ends[one] for one in states if one in self.ends}:
                yield count, role


@dataclass(frozen=True)
class Book:
    """A lexicon made ready, with those it mixes in.

    spellings: from each way to type a word to the word. against: words that speak against.
    """

    web: Web
    spellings: Mapping[str, str]
    against: frozenset[str]
    courteous: frozenset[str] = frozenset()
    glued: tuple[str, ...] = ()

    def words(self, typed: str) -> tuple[str, ...]:
        """The words of the lexicon that a typed one stands for, two where written as one.

        None where the lexicon does not have it.
        """
        if typed in self.spellings:
            return (self.spellings[typed],)
        for form in unstretched(typed):
            if form in self.spellings:
                return (self.spellings[form],)
        for glued in self.glued:
            if typed.startswith(glued):
                rest = self.words(typed.removeprefix(glued))
                if rest:
                    return rest
        return ()

    def roles(self, word: str) -> set[str]:
        """What the word is where it stands alone."""
        return {role for _, role in self.web.matches([word])}


def make_book(lexicons: Mapping[str, Lexicon], language: str) -> Book:
    """The book of a language."""
    own = lexicons[language]
    joined = [own, *(lexicons[other] for other in own.also if other in lexicons)]
    web = Web()
    spellings: dict[str, str] = {}
    against: set[str] = set()
    for one in joined:
        for role, said in one.phrases.items():
            for phrase in filter(str.strip, said.split(";")):
                web.add(role, phrase)
        known = sorted({word for said in one.phrases.values() for word in _words(said)})
        for word in known:
            spellings[word] = word
        for word in known:
            for other in one.respell(word):
                spellings.setdefault(other, word)
        for word in _words(one.against):
            against.update((word, *one.respell(word)))
    courteous = frozenset(word for one in joined for word in _words(one.courteous))
    return Book(web, spellings, frozenset(against), courteous, own.glued)


def _weave(web: Web, pieces: list[str], after: States, at: int = 0) -> tuple[States, int]:
    """The first states of the choices from a place on, and where they are closed.

    after: what follows the choices.
    """
    choices: list[list[str | tuple[int, int]]] = [[]]
    first: States = frozenset()
    while at < len(pieces) and pieces[at] not in (")", "]"):
        if pieces[at] == "|":
            choices.append([])
            at += 1
        elif pieces[at] in ("(", "["):
            end = _closing(pieces, at)
            choices[-1].append((at, end))
            at = end + 1
        else:
            choices[-1].append(pieces[at])
            at += 1
    for choice in choices:
        leads = after
        for part in reversed(choice):
            if isinstance(part, str):
                leads = frozenset({web.state(part, leads)})
            else:
                inner, _ = _weave(web, pieces, leads, part[0] + 1)
                leads = inner | leads if pieces[part[0]] == "[" else inner
        first |= leads
    return first, at


def _closing(pieces: list[str], start: int) -> int:
    depth = 0
    for at in range(start, len(pieces)):
        depth += (pieces[at] in ("(", "[")) - (pieces[at] in (")", "]"))
        if not depth:
            return at
    said = " ".join(pieces)
    raise RegardError(f"'{said}' opens a bracket and does not close it. Mend the phrase.")


def _pieces(said: str) -> list[str]:
    for sign in "()[]|":
        said = said.replace(sign, f" {sign} ")
    return fold(said).replace("'", "").split()


def _words(said: str) -> set[str]:
    return {piece for piece in _pieces(said.replace(";", " ")) if piece not in "()[]|"}

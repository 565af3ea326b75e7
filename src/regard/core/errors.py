"""Errors written for people: what was wrong, with the value, and what to do next."""

from collections.abc import Iterable
from difflib import get_close_matches


class RegardError(Exception):
    """Something a person can mend; its text says what was wrong and what to do next."""


class UnknownName(RegardError):
    """A name that is not one of those known; the text suggests the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        super().__init__(f"There is no {kind} called '{name}'. {did_you_mean(name, self.known)}")


class BadValue(RegardError):
    """A value that cannot be what it should be."""

    def __init__(self, what: str, value: object, wanted: str) -> None:
        self.what, self.value, self.wanted = what, value, wanted
        super().__init__(f"{what} is '{value}', which is not {wanted}.")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The hint after an unknown name: the nearest known one, else what there is."""
    known = tuple(known)
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    if not known:
        return "There are none yet."
    shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    return f"There are: {shown}."

"""The words of one language: sentences by what they say, with gaps for what differs."""

from collections.abc import Mapping
from dataclasses import dataclass

Texts = tuple[str, ...]


@dataclass(frozen=True)
class Phrases:
    """Sentences of one language; `{product}`, `{order}`, `{days}`, `{place}` are gaps in them.

    openings, subjects, solutions: by kind of matter. products: as in `kinds.PRODUCTS`. greetings
    and closings may be empty texts. additions to returns: by customers; questions and notes: by
    people of ours, with salutes and signs around what customers read.
    """

    language: str
    products: Texts
    places: Texts
    greetings: Texts
    closings: Texts
    openings: Mapping[str, Texts]
    subjects: Mapping[str, Texts]
    details: Texts
    pleas: Texts
    additions: Texts
    answers: Texts
    chasers: Texts
    thanks: Texts
    returns: Texts
    salutes: Texts
    signs: Texts
    questions: Texts
    solutions: Mapping[str, Texts]
    notes: Texts
    receipts: Texts
    bot: Texts
    notices: Texts
    spam: Texts
    tests: Texts
    internal: Texts

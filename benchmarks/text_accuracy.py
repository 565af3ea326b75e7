"""How often the readers of words are right, on labelled texts that others published.

    python benchmarks/text_accuracy.py [--texts N] [--no-vectors] [DATA]

DATA: the folder of the sets, `../shared/data` by default. --texts: no more than so many texts of
each set. Prints a table, then one line of JSON. Everything is by five-fold cross-validation over
our own folds, each text once: every figure is about texts that were not learnt from. Vectors are
made of up to 2,000 texts of a set and learn from four fifths of these; n-grams are shown on the
same texts beside them, having learnt from four fifths of all.
"""

import argparse
import csv
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

from regard.text.learning import learn
from regard.text.lessons import Lesson, prepare
from regard.text.reading import text_readers

Labelled = tuple[str, str]
"""Text and label."""
POLARITY = {"1": "positive", "0": "neutral", "-1": "negative"}
POLISH = {"plus_m": "positive", "zero": "neutral", "minus_m": "negative", "amb": "ambivalent"}
OUT_OF_SCOPE = "oos"


@dataclass(frozen=True)
class Score:
    """What was found about one set. Shares are 0 to 1; None where there is nothing to say.

    base: the share of the most common label. right: of all texts. covered: of texts, that
    something is said of. precise: of what is said, that is right. ngrams, vectors: right on the
    same `tried` texts. shipped_covered, shipped_precise: by the reader that ships.
    out_of_scope: of questions about nothing known, that nothing is said of.
    """

    name: str
    texts: int
    labels: int
    base: float
    right: float
    covered: float
    precise: float
    seconds: float
    tried: int | None = None
    ngrams: float | None = None
    vectors: float | None = None
    used: str = "ngrams"
    shipped_covered: float | None = None
    shipped_precise: float | None = None
    out_of_scope: float | None = None


# --- the sets --------------------------------------------------------------------------------


def banking77(data: Path) -> Iterator[Labelled]:
    """Questions to a bank in English, 77 intents."""
    yield from _columns(data / "types/banking77_train.csv", "text", "category")


def arbanking77(data: Path) -> Iterator[Labelled]:
    """The same in Arabic."""
    yield from _columns(data / "types/arbanking77_train.csv.gz", "text", "label")


def clinc150(data: Path) -> Iterator[Labelled]:
    """Questions of 150 intents; those of none are labelled `oos`."""
    with gzip.open(data / "types/clinc150_train_val.json.gz", "rt", encoding="utf-8") as file:
        for part in json.load(file).values():
            for text, intent in part:
                yield str(text), str(intent)


def polish(data: Path) -> Iterator[Labelled]:
    """Sentences about doctors. The file begins with a mark; some lines end in a stray quote."""
    path = data / "feedback/polish_medical_sentiment.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        for line in filter(str.strip, file):
            text, _, label = line.strip().strip('"').rpartition("__label__z_")
            yield text.strip(), POLISH[label]


def bulgarian(data: Path) -> Iterator[Labelled]:
    """Comments on films with their stars as three classes."""
    for part in ("train", "dev"):
        path = data / f"feedback/bulgarian_cinexio_{part}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                yield row["Comment"], POLARITY[str(row["Category"] - 1)]


def malay(data: Path) -> Iterator[Labelled]:
    """Sentences from the news."""
    for text, label in _columns(data / "feedback/malay_news_sentiment.csv.gz", "text", "label"):
        yield text, label.lower()


def arabic_products(data: Path) -> Iterator[Labelled]:
    """Reviews of products."""
    yield from _polar(data / "feedback/arabic_product_reviews.csv.gz")


def arabic_restaurants(data: Path) -> Iterator[Labelled]:
    """Reviews of restaurants."""
    yield from _polar(data / "feedback/arabic_restaurant_reviews.csv.gz")


def airline(data: Path) -> Iterator[Labelled]:
    """Tweets about airlines, in English."""
    yield from _columns(data / "feedback/airline_tweets.csv.gz", "text", "airline_sentiment")


TYPES = (banking77, arbanking77, clinc150)
SENTIMENTS = (airline, polish, malay, arabic_products, arabic_restaurants, bulgarian)
LANGUAGES: Mapping[str, tuple[Callable[[Path], Iterator[Labelled]], ...]] = {
    "en": (banking77, airline),
    "pl": (polish,),
    "ms": (malay,),
    "ar": (arbanking77,),
    "bg": (bulgarian,),
}


def _polar(path: Path) -> Iterator[Labelled]:
    for text, label in _columns(path, "text", "polarity"):
        yield text, POLARITY[label]


def _columns(path: Path, text: str, label: str) -> Iterator[Labelled]:
    content = path.read_bytes()
    told = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    for row in csv.DictReader(io.StringIO(told, newline="")):
        if row[text] and row[label]:
            yield row[text], row[label]


def thinned(labelled: Iterable[Labelled], most: int | None) -> list[Labelled]:
    """At most so many, spread over the whole and the labels."""
    found = sorted(labelled, key=lambda one: one[1])
    step = 1 if most is None else max(1, -(-len(found) // most))
    return found[::step]


# --- the scores ------------------------------------------------------------------------------


def score(name: str, labelled: list[Labelled], with_vectors: bool = True) -> Score:
    """What cross-validation says of a set; `oos` is not learnt, and should be abstained from."""
    known = [one for one in labelled if one[1] != OUT_OF_SCOPE]
    unknown = [text for text, label in labelled if label == OUT_OF_SCOPE]
    begun = perf_counter()
    lessons = prepare(Lesson(text, (label,)) for text, label in known)
    head = learn("type", lessons, compare=with_vectors)
    about = head.about
    tried = about["tried"]
    found = Score(
        name,
        about["lessons"],
        len(lessons.labels),
        max(lessons.counts.values()) / len(lessons.texts),
        about["right"] / tried,
        about["covered"] / tried,
        about["said_right"] / max(1, about["said"]),
        perf_counter() - begun,
        used=head.features,
    )
    if about["compared"]:
        told = about["compared"]
        shares = (told["ngrams_right"] / told["texts"], told["vectors_right"] / told["texts"])
        found = replace(found, tried=told["texts"], ngrams=shares[0], vectors=shares[1])
    if unknown:
        silent = sum(one.value is None for one in head.read_many(unknown))
        found = replace(found, out_of_scope=silent / len(unknown))
    return found


def shipped(labelled: list[Labelled]) -> tuple[float, float]:
    """Of how many texts the shipped sentiment says something, and how often it is right then."""
    known = [one for one in labelled if one[1] != "ambivalent"]
    read = text_readers()["sentiment"].read_many([text for text, _ in known])
    said = [(one.value, label) for one, (_, label) in zip(read, known, strict=True) if one.value]
    return len(said) / len(known), sum(one == label for one, label in said) / max(1, len(said))


def language_score(language: str, texts: list[str], letters: int = 25) -> tuple[float, float, int]:
    """Share of texts whose language is said, share of that which is right, and how many texts.

    Only texts with so many letters or more.
    """
    long = [text for text in texts if sum(sign.isalpha() for sign in text) >= letters]
    values = Counter(one.value for one in text_readers()["language"].read_many(long))
    said = len(long) - values[None]
    return said / len(long), values[language] / said, len(long)


def main(words: list[str]) -> int:
    """Print a table and a line of JSON."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    options.add_argument("--texts", type=int, default=None)
    options.add_argument("--no-vectors", action="store_true")
    said = options.parse_args(words)
    _line("set", "texts", "labels", "base", "right", "says", "of that", "on", "ngrams", "vectors")
    scores = []
    for one in (*TYPES, *SENTIMENTS):
        labelled = thinned(one(said.data), said.texts)
        found = score(one.__name__, labelled, not said.no_vectors)
        if one in SENTIMENTS:
            covered, precise = shipped(labelled)
            found = replace(found, shipped_covered=covered, shipped_precise=precise)
        scores.append(found)
        _line(
            *(found.name, found.texts, found.labels, found.base, found.right, found.covered),
            *(found.precise, found.tried, found.ngrams, found.vectors),
        )
        if found.out_of_scope is not None:
            _line("  out of scope, abstained", "", "", found.out_of_scope)
        if found.shipped_covered is not None:
            told = ("", "", "", "", found.shipped_covered, found.shipped_precise)
            _line("  shipped reader", *told)
    languages = []
    for language, sets in LANGUAGES.items():
        texts = [text for one in sets for text, _ in thinned(one(said.data), said.texts)]
        covered, right, count = language_score(language, texts)
        languages.append({"name": language, "texts": count, "covered": covered, "right": right})
        _line(f"language {language}", count, "", "", "", covered, right)
    whole = {"sets": [asdict(one) for one in scores], "languages": languages}
    sys.stdout.write(json.dumps(whole) + "\n")
    return 0


def _line(name: str, *cells: object) -> None:
    shown = (
        f"{one:.3f}" if isinstance(one, float) else "" if one is None else str(one) for one in cells
    )
    sys.stdout.write(f"{name:<26}" + "".join(f"{one:>9}" for one in shown) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

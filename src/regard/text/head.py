"""A head: what was learnt about a kind of reading, as numbers in a file, and how it reads."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from regard.core.errors import RegardError
from regard.text.features import COLUMNS, NGRAMS, Array, counted, plain, vectors, weighed
from regard.text.reading import Reading, TextReader

NEVER = 2.0
"""A threshold that no certainty reaches: the head always abstains."""
PARTED = ";"
"""Between several labels of one text."""


@dataclass(frozen=True)
class Head:
    """What a kind of reading was learnt to be. It holds numbers and labels, no words.

    kind: of the readings. features: `ngrams` or `vectors`. labels: what it can say. several:
    whether it may say more than one of a text. columns: of the n-grams looked at, ascending.
    scales: what each is worth (for vectors: mean and spread of each number, two rows). weights:
    features × labels. bias: a number a label. slope, offset: from a score to the certainty that
    the label is right. thresholds: the certainty from which on each label is said. about: what the
    learning found, plain JSON: texts, counts, checks. familiar: the share of a text's words and
    pairs of words that the head must know to speak, for n-grams.
    """

    kind: str
    features: str
    labels: tuple[str, ...]
    several: bool
    columns: Array
    scales: Array
    weights: Array
    bias: Array
    slope: float = 1.0
    offset: float = 0.0
    thresholds: Array = field(default_factory=lambda: np.zeros(0))
    about: Mapping[str, Any] = field(default_factory=dict)
    familiar: float = 0.0

    def speaking_from(self, thresholds: Array, about: Mapping[str, Any]) -> "Head":
        """The same head with the certainties from which it speaks, and what was found about it."""
        return replace(self, thresholds=thresholds, about=about)

    def scores(self, texts: Sequence[str]) -> Array:
        """What speaks for each label in each text: texts × labels; above 0 more than against."""
        if self.features == NGRAMS:
            rows = weighed(counted(tuple(texts)), self.columns, self.scales)
            return linear(rows.starts, rows.columns, rows.values, self.weights) + self.bias
        # Row by row, so that a text's bits do not depend on what is read with it.
        sense = centred(vectors(texts), self.scales)
        return np.stack([one @ self.weights for one in sense]) + self.bias

    def certainties(self, scores: Array) -> Array:
        """How sure each label is, 0 to 1."""
        sure: Array = 1 / (1 + np.exp(-np.clip(self.slope * scores + self.offset, -30, 30)))
        return sure

    def read_many(self, texts: Sequence[str]) -> list[Reading]:
        """A reading of each text; nothing is said of one without letters or of unknown words."""
        if not texts:
            return []
        sure = self.certainties(self.scores(texts))
        return [
            self._reading(one) if known else Reading(None, 0.0)
            for known, one in zip(self._knows(texts), sure, strict=True)
        ]

    def _knows(self, texts: Sequence[str]) -> list[bool]:
        """Whether a text has words, and enough of those that the head knows."""
        if self.features != NGRAMS:
            return [bool(plain(text).strip()) for text in texts]
        counts = counted(tuple(texts))
        row = np.repeat(np.arange(counts.texts), np.diff(counts.starts))
        words = counts.columns < COLUMNS
        known = words & np.isin(counts.columns, self.columns)
        every, some = (np.bincount(row[mask], minlength=counts.texts) for mask in (words, known))
        found: list[bool] = ((every > 0) & (some >= self.familiar * every)).tolist()
        return found

    def _reading(self, sure: Array) -> Reading:
        best = int(sure.argmax())
        said = np.flatnonzero(sure >= self.thresholds) if self.several else np.array([best])
        if not len(said) or (sure[said] < self.thresholds[said]).any():
            return Reading(None, float(sure[best]))
        value = PARTED.join(sorted(self.labels[one] for one in said))
        return Reading(value, float(sure[said].min()))


def linear(starts: Array, columns: Array, values: Array, weights: Array) -> Array:
    """Rows of few numbers times weights: rows × labels."""
    found = np.zeros((len(starts) - 1, weights.shape[1]), np.float32)
    full = np.flatnonzero(np.diff(starts))
    if len(full):
        products = weights[columns] * values[:, None]
        found[full] = np.add.reduceat(products, starts[:-1][full], axis=0)
    return found


def centred(sense: Array, scales: Array) -> Array:
    """Vectors around their mean, each number by its spread."""
    around: Array = (sense - scales[0]) / scales[1] / np.float32(np.sqrt(sense.shape[1]))
    return around


def head_reader(
    kind: str, version: str, head: Callable[[], Head], subjects: tuple[str, ...]
) -> TextReader:
    """A reader by a head, which is fetched when the first text is read."""

    def read(text: str) -> Reading:
        return head().read_many([text])[0]

    def read_many(texts: Sequence[str]) -> list[Reading]:
        return head().read_many(texts)

    return TextReader(kind, version, read, subjects, read_many)


def head_bytes(head: Head) -> bytes:
    """The head as an `npz` file: arrays only, nothing that can run. Same head, same bytes."""
    said = {
        "kind": head.kind,
        "features": head.features,
        "labels": head.labels,
        "several": head.several,
        "slope": head.slope,
        "offset": head.offset,
        "familiar": head.familiar,
        "thresholds": head.thresholds.tolist(),
        "about": head.about,
    }
    told = json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8")
    file = io.BytesIO()
    np.savez_compressed(
        file,
        head=np.frombuffer(told, np.uint8),
        columns=head.columns.astype(np.int32),
        scales=head.scales.astype(np.float32),
        weights=head.weights.astype(np.float16),
        bias=head.bias.astype(np.float32),
    )
    return file.getvalue()


def parse_head(content: bytes, place: str) -> Head:
    """The head that `head_bytes` wrote. RegardError, naming the place, for anything else."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            said = json.loads(file["head"].tobytes().decode("utf-8"))
            return Head(
                kind=said["kind"],
                features=said["features"],
                labels=tuple(said["labels"]),
                several=said["several"],
                columns=file["columns"],
                scales=file["scales"],
                weights=file["weights"].astype(np.float32),
                bias=file["bias"],
                slope=said["slope"],
                offset=said["offset"],
                thresholds=np.array(said["thresholds"]),
                about=said["about"],
                familiar=said["familiar"],
            )
    except (OSError, ValueError, LookupError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise RegardError(
            f"{place} is not a head that Regard wrote ({type(error).__name__}). "
            "Remove it and run `regard text train`."
        ) from None

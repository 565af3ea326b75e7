"""Whether matters that nobody has named are found among other texts, on CLINC150.

    python benchmarks/unnamed_matters.py [--mixes N] [--ngrams] [DATA]

Each mix hides 60 questions of each of five intents, chosen by its number, among the 200 that
belong to no intent and 300 of others, two of each or so. Prints a line a mix and one of JSON:
found: intents of which a cluster has an F1 of a half or more; rand: the adjusted Rand index of
clusters against the hidden intents, all other texts being one; rand_hidden: among hidden texts
alone; purity: the share of a cluster's commonest intent.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from regard.text.clusters import clusters
from regard.text.features import NGRAMS, VECTORS

HIDDEN, EACH, OTHERS = 5, 60, 300
NONE = "oos"


def mixed(by: dict[str, list[str]], number: int) -> tuple[list[str], list[str]]:
    """Texts and the intents hidden among them; an empty text where none is."""
    rng = np.random.default_rng(number)
    named = sorted(set(by) - {NONE})
    hidden = [named[place] for place in rng.choice(len(named), HIDDEN, replace=False)]
    rest = [name for name in named if name not in hidden]
    told = [
        (by[name][at], name) for name in hidden for at in rng.choice(len(by[name]), EACH, False)
    ]
    told += [(text, "") for text in by[NONE]]
    for name in rng.choice(rest, OTHERS):
        told.append((by[name][rng.integers(len(by[name]))], ""))
    order = rng.permutation(len(told))
    return [told[at][0] for at in order], [told[at][1] for at in order]


def scored(texts: list[str], intents: list[str], features: str) -> dict[str, Any]:
    """How well the clusters are the hidden intents."""
    place = np.full(len(texts), -1)
    for number, one in enumerate(clusters(texts, features)):
        place[list(one.places)] = number
    truth = np.array(intents)
    hidden = truth != ""
    best = []
    for name in sorted(set(intents) - {""}):
        own = truth == name
        both = [
            (2 * (own & (place == c)).sum(), (place == c).sum()) for c in range(place.max() + 1)
        ]
        best.append(max((hit / (size + own.sum()) for hit, size in both), default=0.0))
    pure = [
        Counter(truth[place == c].tolist()).most_common(1)[0][1] for c in range(place.max() + 1)
    ]
    return {
        "clusters": int(place.max()) + 1,
        "found": int(sum(one >= 0.5 for one in best)),
        "f1": [round(float(one), 2) for one in best],
        "rand": round(float(adjusted_rand_score(truth, np.where(place < 0, -1, place))), 3),
        "rand_hidden": round(float(adjusted_rand_score(truth[hidden], place[hidden])), 3),
        "purity": round(sum(pure) / max(1, int((place >= 0).sum())), 3),
    }


def main() -> int:
    """Read, mix, score, print."""
    shared = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", nargs="?", type=Path, default=shared)
    parser.add_argument("--mixes", type=int, default=5)
    parser.add_argument("--ngrams", action="store_true")
    given = parser.parse_args()
    path = given.data / "types" / "clinc150_train_val.json.gz"
    by: dict[str, list[str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for part in json.load(file).values():
            for text, intent in part:
                by.setdefault(intent, []).append(text)
    features = NGRAMS if given.ngrams else VECTORS
    found = []
    for number in range(1, given.mixes + 1):
        found.append(scored(*mixed(by, number), features))
        sys.stdout.write(f"{number} {found[-1]}\n")
        sys.stdout.flush()
    means = {
        name: round(float(np.mean([one[name] for one in found])), 3)
        for name in ("found", "rand", "rand_hidden", "purity")
    }
    sys.stdout.write(json.dumps({"features": features, "mixes": given.mixes, **means}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

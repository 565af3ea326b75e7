"""Coverage of shapes of rows: shares, means, ratios, scores, labels and their kin."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from coverage_worlds import (
    ALONE,
    CUSTOMERS,
    DAYS,
    FEW,
    LAWS,
    MANY,
    TWENTY,
    UNEVEN,
    Columns,
    Law,
    Random,
    Sample,
    Seen,
    asked,
    first,
    rows_of,
    table,
)
from scipy.stats import norm

from regard.metrics.across import Across
from regard.metrics.labels import Labelled
from regard.metrics.latest import Latest
from regard.metrics.picks import Column
from regard.metrics.scales import SCALE_HUNDRED, SCALE_MEAN, BestBoxes, Scores
from regard.metrics.shape import Shape
from regard.metrics.shapes import Distribution, Grouped, Mean, Net, Rate, Ratio, Share
from regard.metrics.strata import PostStratified

CUTS = (-1.2, -0.6, 0.1, 0.9)
SCALE = "1–5"


@dataclass(frozen=True)
class Case:
    """A question of known truth. asserted: whether 93 to 97 % are promised. part: of the cost."""

    shape: str
    world: str
    truth: float
    sample: Sample
    asserted: bool = True
    cost: float = 1.0


def _asked(shape: Shape, columns: Columns, **by: str) -> Seen:
    return first(asked(shape, table(columns)), **by)


def share_case(p: float, law: Law, asserted: bool = True) -> Case:
    """A share of rows whose z lies below its quantile p."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        held = rows.pop("z") < norm.ppf(p)
        return _asked(Share(Column("held")), rows | {"held": held})

    told = f"{100 * p:g} %, {law.name}"
    return Case("Share", told, p, sample, asserted and law.asserted)


def mean_case(spread: float, law: Law, asserted: bool = True) -> Case:
    """A mean of log-normal numbers; `spread` is the standard deviation of their logarithm."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        n = np.round(1000 * np.exp(spread * rows.pop("z"))).astype(np.int64)
        return _asked(Mean(Column("n")), rows | {"n": n})

    skew = (np.exp(spread**2) + 2) * np.sqrt(np.exp(spread**2) - 1)
    told = f"skew {skew:.1f}, {law.name}"
    truth = float(1000 * np.exp(spread**2 / 2))
    return Case("Mean", told, truth, sample, asserted and law.asserted)


def ratio_case(law: Law) -> Case:
    """A ratio of two log-normal numbers of a row that rise with one another."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        z = rows.pop("z")
        other = 0.6 * z + 0.8 * random.normal(size=len(z))
        top, bottom = (np.round(1000 * np.exp(0.5 * each)).astype(np.int64) for each in (z, other))
        return _asked(Ratio(Column("top"), Column("bottom")), rows | {"top": top, "bottom": bottom})

    return Case("Ratio", law.name, 1.0, sample, law.asserted)


def rate_case(each: float, law: Law, asserted: bool = True) -> Case:
    """Events of rows by their exposure; `each`: events of a row, on average."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        z = rows.pop("z")
        days = random.integers(10, 31, len(z))
        events = random.poisson(each * days / 20 * np.exp(0.5 * z - 0.125))
        shape = Rate(Column("events"), Column("days"), per=20.0)
        return _asked(shape, rows | {"events": events, "days": days})

    told = f"{each:g} events a row, {law.name}"
    return Case("Rate", told, each, sample, asserted and law.asserted)


def net_case(law: Law, cuts: tuple[float, float] = (-0.7, 0.4), asserted: bool = True) -> Case:
    """A net score: promoters above the second cut, detractors below the first."""
    low, high = cuts

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        shape = Net(lambda t: t.z > high, lambda t: t.z < low)
        return _asked(shape, rows)

    truth = float(100 * (norm.sf(high) - norm.cdf(low)))
    return Case("Net", f"{truth:.0f} points, {law.name}", truth, sample, asserted and law.asserted)


def distribution_case(law: Law) -> Case:
    """The middle one of three buckets."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        z = rows.pop("z")
        rows["name"] = np.array(["a", "b", "c"])[(z > -0.5).astype(int) + (z > 0.5)]
        return _asked(Distribution(Column("name"), ("a", "b", "c")), rows, bucket="b")

    truth = float(norm.cdf(0.5) - norm.cdf(-0.5))
    return Case("Distribution", law.name, truth, sample, law.asserted)


def _answers(random: Random, law: Law, worlds: int) -> Columns:
    rows = rows_of(random, law, worlds)
    score = 1 + np.searchsorted(CUTS, rows.pop("z"))
    n = len(score)
    when = np.datetime64("2026-03-01", "us") + random.integers(0, 10**6, n).astype(
        "timedelta64[us]"
    )
    return rows | {
        "scale": np.full(n, SCALE),
        "scale_min": np.ones(n, np.int64),
        "scale_max": np.full(n, 5),
        "score": score,
        "good": score,
        "top_box": score >= 4,
        "source": np.full(n, "s"),
        "response_id": np.arange(n).astype(str),
        "question_id": np.full(n, "q"),
        "person": rows["cluster"].astype(str),
        "asked_at": when,
        "answered_at": when,
    }


def answer_cases(law: Law) -> Iterator[Case]:
    """Shapes of scores on a scale of five."""
    chances = np.diff(norm.cdf([-np.inf, *CUTS, np.inf]))
    average = float(chances @ np.arange(1, 6))
    top = float(chances[3:].sum())
    ways: tuple[tuple[str, Shape, float, dict[str, str]], ...] = (
        ("BestBoxes", BestBoxes(Column("top_box")), top, {}),
        ("Scores", Scores(), float(chances[3]), {"score": "4"}),
        ("Across (mean of a scale)", SCALE_MEAN, average, {}),
        ("Across (0 to 100)", SCALE_HUNDRED, 25 * (average - 1), {}),
        ("Latest (share)", Latest(Share(Column("top_box"))), top, {}),
    )
    for name, shape, truth, by in ways:
        # The latest of a person is one row: what is alike is gone with the others.
        if name.startswith("Latest") and (law.tilt or law.clusters < 100 or law.uneven):
            continue

        def sample(
            random: Random, worlds: int, shape: Shape = shape, by: dict[str, str] = by
        ) -> Seen:
            return _asked(shape, _answers(random, law, worlds), **by)

        yield Case(name, law.name, truth, sample, law.asserted)


def labelled_case(law: Law) -> Case:
    """The share of things with a label, of things with none, one or two."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        z, n = rows.pop("z"), len(rows["world"])
        kinds = np.array(["", "billing/refund", "billing;login", "login"])
        kind = (z > 0).astype(int) + 2 * (random.random(n) < 0.5)
        rows |= {"types": kinds[kind], "source": np.full(n, "s"), "ticket_id": np.arange(n)}
        return _asked(Labelled("types"), rows, type="billing")

    return Case("Labelled", law.name, 0.5, sample, law.asserted)


def grouped_case(law: Law) -> Case:
    """The share of groups of three rows, in clusters, that hold one of a kind at least."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, law, worlds)
        z, n = rows.pop("z"), len(rows["world"])
        rows |= {"group": np.arange(n), "_day": rows["cluster"], "held": z > 0.3}
        thrice: dict[str, Any] = {name: np.repeat(each, 3) for name, each in rows.items()}
        shape = Grouped(
            {"who": Column("group")},
            {"all": lambda t: t.count(), "held": lambda t: t.held.cast("int64").sum()},
            Share(lambda t: t.held * 2 >= t["all"]),
        )
        return _asked(shape, thrice)

    return Case("Grouped (share)", law.name, float(norm.sf(0.3)), sample, law.asserted)


def across_case(law: Law) -> Case:
    """A share for each of two bands."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, replace(law, clusters=2 * law.clusters), worlds)
        rows["band"] = np.array(["a", "b"])[rows["cluster"] % 2]
        rows["held"] = rows.pop("z") < 0.5
        return _asked(Across("band", Column("band"), Share(Column("held"))), rows, band="b")

    return Case("Across (share)", law.name, float(norm.cdf(0.5)), sample, law.asserted)


def weighted_case(n: int) -> Case:
    """A share weighted to all who were asked, of whom the happier stratum answers more often."""

    def sample(random: Random, worlds: int) -> Seen:
        world = np.repeat(np.arange(worlds), n)
        kind = random.random(len(world)) < 0.5
        answers = random.random(len(world)) < np.where(kind, 0.5, 0.2)
        good = answers & (random.random(len(world)) < np.where(kind, 0.9, 0.6))
        rows = {"world": world, "cluster": np.arange(len(world)), "kind": kind}
        rows |= {"ratings": answers.astype(np.int64), "top_ratings": good.astype(np.int64)}
        return _asked(PostStratified(("kind",)), rows)

    return Case("PostStratified", f"{n} asked, a third answer", 0.75, sample)


def both_case(days: float) -> Case:
    """Rows alike by customer and by day: the larger of two design effects counts, not their sum."""

    def sample(random: Random, worlds: int) -> Seen:
        rows = rows_of(random, Law("", 60, 4, 0.3), worlds)
        day = random.integers(0, 30, len(rows["world"]))
        shared = random.normal(size=(worlds, 30))[rows["world"], day]
        z = (1 - days) ** 0.5 * rows.pop("z") + days**0.5 * shared
        told = table(rows | {"_day": day, "held": z < norm.ppf(0.7)})
        return first(asked(Share(Column("held")), told, ("cluster", "_day")))

    told = f"60 customers × 4, days alike {days:g} too"
    return Case("Share", told, 0.7, sample, asserted=not days)


def cases() -> Iterator[Case]:
    """All of them."""
    for law in LAWS:
        yield share_case(0.7, law)
        yield mean_case(0.5, law)
        yield ratio_case(law)
        yield net_case(law)
        yield rate_case(1.0, law)
    for p in (0.02, 0.98):
        for law in (ALONE, MANY, UNEVEN):
            yield share_case(p, law, asserted=False)
    for law in (ALONE, MANY, UNEVEN, DAYS):
        yield mean_case(1.0, law, asserted=False)
    for law in (MANY, UNEVEN, DAYS):
        yield rate_case(0.1, law, asserted=False)
    yield net_case(ALONE, (-2.0, -1.0), asserted=False)
    for law in (ALONE, CUSTOMERS, UNEVEN, DAYS, FEW):
        yield distribution_case(law)
        yield from answer_cases(law)
        yield labelled_case(law)
    for law in (MANY, DAYS, TWENTY):
        yield grouped_case(law)
        yield across_case(law)
    yield weighted_case(400)
    yield both_case(0.0)
    yield both_case(0.1)
    yield both_case(0.3)

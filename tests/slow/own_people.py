"""The slow paths of what people of ours answer: what may be published of it, by wave and unit."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from slow.answers import Answer, answers
from slow.curves import part
from slow.world import World

Cells = dict[tuple[str, str], list[Answer]]


def cells(world: World, kind: str) -> Cells:
    """The answers of each closed wave by unit: all, each unit, and each that it is a part of."""
    found: Cells = defaultdict(list)
    for one in answers(world, kind):
        closed = one.survey["closed_at"]
        if closed is None or closed > world.as_of:
            continue
        steps = (one.response["unit"] or "").split("/")
        names = {"all", *("/".join(steps[: n + 1]) for n in range(len(steps)))} - {""}
        for name in names:
            found[one.survey["wave"], name].append(one)
    return found


def satisfied(rows: Sequence[Answer]) -> float | None:
    """The share in the best boxes, in whole percents."""
    share = part(sum(one.top for one in rows), len(rows))
    return None if share is None else round(share, 2)


def recommending(rows: Sequence[Answer]) -> float | None:
    """The share of 9 and 10 less that of 0 to 6, in whole points."""
    good = sum(one.row["score"] >= 9 for one in rows)
    bad = sum(one.row["score"] <= 6 for one in rows)
    share = part(100 * (good - bad), len(rows))
    return None if share is None else round(share)


OWN: dict[str, tuple[str, Callable[[Sequence[Answer]], float | None]]] = {
    "agent_satisfaction": ("agent_csat", satisfied),
    "agent_nps": ("agent_nps", recommending),
}

"""The slow paths of what is measured of tickets: how many, how fast, how well kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from slow.curves import DONE, RIVAL, WAITS, Exit, average, middle, part, reached, served_by
from slow.telling import DAY, WEEK, Matter, Span, took
from slow.world import OUT, Slow, World

HOURS = {"1": DAY, "3": 3 * DAY, "7": 7 * DAY, "30": 30 * DAY}
AGES = (("< 1 d", DAY), ("1–3 d", 3 * DAY), ("3–7 d", 7 * DAY), ("7–30 d", 30 * DAY))
Clock = Callable[[Matter], tuple[datetime | None, datetime | None, datetime | None]]
"""When a clock of a ticket began, was served, and ended otherwise."""


def created(world: World) -> list[Matter]:
    """The tickets created in the days asked about."""
    return [one for one in world.matters if world.inside(one.created)]


def resolving(one: Matter) -> tuple[datetime | None, datetime | None, datetime | None]:
    """From creation to the solve that held."""
    return one.created, one.resolved, one.lapsed


def first_solving(one: Matter) -> tuple[datetime | None, datetime | None, datetime | None]:
    """From creation to the first solve."""
    return one.created, one.solves[0].start if one.solves else None, one.lapsed


def last_solving(one: Matter) -> tuple[datetime | None, datetime | None, datetime | None]:
    """From creation to the last solve."""
    return one.created, one.last_solved, one.lapsed


def answering(one: Matter) -> tuple[datetime | None, datetime | None, datetime | None]:
    """From the first question to the first answer; live channels are not among them."""
    return None if one.live else one.asked, one.replied, one.unanswered


def answering_by_team(one: Matter) -> tuple[datetime | None, datetime | None, datetime | None]:
    """The same from when a bot passed it to people."""
    start, done, rival = answering(one)
    passed = one.passed_by_bot
    if start is not None and passed is not None and (done is None or max(passed, start) <= done):
        start = max(passed, start)
    return start, done, rival


def exit_of(world: World, clock: tuple[Any, Any, Any]) -> Exit | None:
    """How a clock ended, seen at the as-of."""
    start, done, rival = clock
    if start is None:
        return None
    if done is not None and (rival is None or done <= rival):
        return 0, took(start, done), DONE
    if rival is not None:
        return 0, took(start, rival), RIVAL
    waited = took(start, world.as_of)
    return (0, waited, WAITS) if waited >= 0 else None


def exits(world: World, clock: Clock) -> list[Exit]:
    """The ends of the clocks that began in the days asked about."""
    told = [clock(one) for one in world.matters]
    found = [exit_of(world, each) for each in told if world.inside(each[0])]
    return [one for one in found if one is not None]


def in_period(world: World, clocks: Sequence[tuple[Any, Any, Any]]) -> float | None:
    """The time in the period: all whose clock ran in it, from the age they had by then."""
    found = []
    end = min(world.end, world.as_of)
    for start, done, rival in clocks:
        seen = exit_of(world, (start, done, rival))
        if seen is None or start >= end:
            continue
        age_in, age_out = took(start, world.start), took(start, end)
        _, age, kind = seen
        if age < age_in:
            continue
        found.append((max(0, age_in), min(age, age_out), kind if age < age_out else WAITS))
    return reached(found)


def timed(key: str, clock: Clock) -> dict[str, Slow]:
    """A time and its twins over those that have finished."""

    def finished(world: World) -> list[int]:
        told = [clock(one) for one in world.matters]
        return [took(a, b) for a, b, _ in told if a and b and world.inside(a)]

    return {
        key: lambda world: reached(exits(world, clock)),
        f"{key}_finished": lambda world: middle(finished(world)),
        f"{key}_finished_mean": lambda world: average(finished(world)),
    }


def waited(key: str, statuses: tuple[str, ...]) -> dict[str, Slow]:
    """Time in some statuses; what is open still has waited so far."""

    def ends(world: World) -> list[Exit]:
        found = []
        for one in created(world):
            spent = sum(
                took(span.start, span.end or world.as_of)
                for span in one.spans
                if span.status in statuses and (span.end is not None or one.is_open)
            )
            found.append((0, spent, WAITS if one.is_open else DONE))
        return found

    def done(world: World) -> list[int]:
        return [end for _, end, kind in ends(world) if kind == DONE]

    return {
        key: lambda world: reached(ends(world)),
        f"{key}_finished": lambda world: middle(done(world)),
        f"{key}_finished_mean": lambda world: average(done(world)),
    }


def spans(world: World, *what: str) -> Iterator[tuple[Matter, Span]]:
    """The happenings of some kinds in the days asked about."""
    for one in world.matters:
        for span in one.spans:
            if span.what in what and world.inside(span.start):
                yield one, span


def share(holds: Callable[[Matter], bool], among: Callable[[Matter], bool] | None = None) -> Slow:
    """The share of created tickets for which something holds."""

    def told(world: World) -> float | None:
        rows = [one for one in created(world) if among is None or among(one)]
        return part(sum(map(holds, rows)), len(rows))

    return told


def reopen_rate(world: World) -> float | None:
    """Solves undone within seven days, of those at least so old."""
    ripe = [s for _, s in spans(world, "solve") if took(s.start, world.as_of) >= WEEK]
    undone = [s for s in ripe if s.reopened and took(s.start, s.reopened) <= WEEK]
    return part(len(undone), len(ripe))


def open_at(world: World) -> list[tuple[Matter, datetime]]:
    """The tickets open at the end of the days, and since when they are."""
    at = min(world.end - timedelta(microseconds=1), world.as_of)
    found = []
    for one in world.matters:
        since = one.created
        for span in one.spans:
            if span.start > at:
                break
            since = span.start if span.what in ("created", "reopen") else since
            if span.end is None or span.end > at:
                if span.status in ("new", "open", "pending", "on_hold"):
                    found.append((one, since))
                break
    return found


def ages(world: World, since: Sequence[datetime]) -> dict[str, float] | None:
    """The share of each class of age at the end of the days."""
    at = min(world.end - timedelta(microseconds=1), world.as_of)
    counted: Counter[str] = Counter()
    for begun in since:
        age = took(begun, at)
        counted[next((name for name, most in AGES if age < most), "> 30 d")] += 1
    names = [name for name, _ in AGES] + ["> 30 d"]
    return {name: counted[name] / len(since) for name in names} if since else None


def active(world: World) -> int:
    """Tickets with anything said or done in the days asked about."""
    labels = _own_labels(world)
    ids = set()
    for name, at in (("ticket", "created_at"), ("ticket_change", "at"), ("message", "sent_at")):
        for row in world.tables[name]:
            if world.inside(row[at]) and labels[row["ticket_id"]] not in OUT:
                ids.add(row["ticket_id"])
    return len(ids)


def _own_labels(world: World) -> dict[str, str]:
    """What each ticket is labelled by its source: one merged into another keeps that label."""
    said = {row["ticket_id"]: row["demand"] or "real" for row in world.tables["ticket"]}
    for row in sorted(world.tables["ticket_change"], key=lambda c: (c["at"], c["ordinal"])):
        if row["field"] == "demand":
            said[row["ticket_id"]] = row["value"]
    return said


def messages(world: World, kind: str) -> int:
    """Public messages of people on one side, each once: with the matter it was said in."""
    return sum(
        world.inside(row["sent_at"])
        and row["public"] in (None, True)
        and not row["automatic"]
        and row["author_kind"] == kind
        for one in world.matters
        for row in one.messages
    )


def per_agent(world: World) -> float | None:
    """Different tickets that a person worked on, for each person and day."""
    worked: dict[tuple[Any, Any], set[int]] = defaultdict(set)
    for one in world.matters:
        for span in one.spans[1:]:
            if span.touched and world.inside(span.start):
                worked[span.by, world.local_day(span.start)].add(id(one))
    return average([len(tickets) for tickets in worked.values()])


def by_type(world: World) -> Mapping[str, float]:
    """The share of created tickets of each type, parts counting in their whole too."""
    rows = created(world)
    told: Counter[str] = Counter()
    for one in rows:
        names = set()
        for label in (one.row["type"] or "").split(";"):
            steps = [step.strip() for step in label.split("/") if step.strip()]
            names |= {"/".join(steps[: n + 1]) for n in range(len(steps))}
        told.update(names)
    return {name: n / len(rows) for name, n in told.items()}


def within_days(world: World) -> dict[str, float | None]:
    """The share resolved within some days."""
    ends = exits(world, resolving)
    return {label: served_by(ends, age) for label, age in HOURS.items()}


def one_touch(world: World) -> float | None:
    """Of those resolved in the days, the share that took one answer or one answered call."""
    rows = [one for one in world.matters if world.inside(one.resolved)]
    calls = [sum(call["outcome"] == "answered" for call in one.calls) for one in rows]
    return part(sum(o.touches + n == 1 for o, n in zip(rows, calls, strict=True)), len(rows))


def days_to_clear(world: World) -> float | None:
    """The open tickets over the tickets solved a day."""
    solved = len({id(one) for one, _ in spans(world, "solve")})
    days = round((min(world.end, world.as_of) - world.start).total_seconds() / DAY)
    return len(open_at(world)) * days / solved if solved else None


SLOW: dict[str, Slow] = {
    **timed("time_to_resolve", resolving),
    **timed("time_to_first_solve", first_solving),
    **timed("time_to_last_solve", last_solving),
    **timed("first_response_time", answering),
    **timed("team_first_response_time", answering_by_team),
    **waited("requester_wait", ("new", "open", "on_hold")),
    **waited("agent_wait", ("pending",)),
    **waited("on_hold_time", ("on_hold",)),
    "time_to_resolve_in_period": lambda w: in_period(w, [resolving(m) for m in w.matters]),
    "first_response_time_in_period": lambda w: in_period(w, [answering(m) for m in w.matters]),
    "resolved_within_days": within_days,
    "tickets_new": lambda w: len(created(w)),
    "tickets_solved": lambda w: len({id(one) for one, _ in spans(w, "solve")}),
    "tickets_active": active,
    "solve_events": lambda w: len(list(spans(w, "solve"))),
    "reopen_events": lambda w: len(list(spans(w, "reopen"))),
    "closed_without_solve": lambda w: len(list(spans(w, "lapse", "auto_solve"))),
    "closed_without_reply": lambda w: sum(w.inside(m.unanswered) for m in w.matters),
    "reopen_rate": reopen_rate,
    "backlog": lambda w: len(open_at(w)),
    "backlog_age": lambda w: ages(w, [since for _, since in open_at(w)]),
    "days_to_clear": days_to_clear,
    "tickets_by_type": by_type,
    "tickets_per_agent": per_agent,
    "messages_in": lambda w: messages(w, "customer"),
    "messages_out": lambda w: messages(w, "agent"),
    "answered_share": share(lambda m: m.replied is not None, lambda m: m.asked is not None),
    "never_answered_share": share(
        lambda m: m.unanswered is not None, lambda m: m.asked is not None
    ),
    "redirected_share": share(lambda m: m.redirects > 0 or m.demand == "redirected"),
    "escalation_rate": share(lambda m: m.escalations > 0),
    "handoffs": lambda w: average([m.handoffs for m in created(w)]),
    "agent_touches": lambda w: average([m.touches for m in created(w)]),
    "one_touch_share": one_touch,
}

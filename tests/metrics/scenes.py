"""Scenes with tickets in which others give wrong answers; `product` names the scene."""

from metrics.small import DAY, Row, change, later, message, ticket

Events = dict[str, list[Row]]


def hidden(events: Events) -> None:
    """Ten tickets: four answered in five minutes, six closed unanswered in the third."""
    for n in range(10):
        name = f"hidden {n}"
        events["ticket"].append(ticket(name, "2026-03-02 09:00", product="hidden"))
        events["message"].append(message(name, 0, "2026-03-02 09:00", "customer"))
        if n < 4:
            events["message"].append(message(name, 1, "2026-03-02 09:05", "agent"))
        else:
            closed = change(name, 1, "2026-03-02 09:03", "closed", actor_kind="system")
            events["ticket_change"].append(closed)


def reopened(events: Events) -> None:
    """A ticket solved in February, undone in March, solved again."""
    events["ticket"].append(ticket("undone", "2026-02-27 10:00", product="reopened"))
    events["ticket_change"] += [
        change("undone", 1, "2026-02-28 10:00", "solved"),
        change("undone", 2, "2026-03-03 10:00", "open", actor_kind="customer", actor="them"),
        change("undone", 3, "2026-03-20 10:00", "solved"),
    ]
    # Something else is still heard of on the first of March.
    events["ticket"].append(ticket("bystander", "2026-03-01 00:00", product="other"))


def labels(events: Events) -> None:
    """One real ticket, one duplicate, and four that are none; each solved, each written to."""
    told = {
        "real": {},
        "duplicate": {"demand": "duplicate"},
        "spam": {"demand": "spam"},
        "test": {"demand": "test"},
        "merged": {"merged_into": "label real"},
        "internal": {"demand": "internal"},
    }
    for name, said in told.items():
        events["ticket"].append(
            ticket(f"label {name}", "2026-03-04 09:00", product="labels", **said)
        )
        events["ticket_change"].append(change(f"label {name}", 1, "2026-03-04 10:00", "solved"))
        events["message"].append(message(f"label {name}", 1, "2026-03-04 09:00", "customer"))


def silent(events: Events) -> None:
    """A bot closes a customer who did not answer for a week."""
    events["ticket"].append(ticket("silent", "2026-03-05 09:00", product="silent"))
    events["ticket_change"] += [
        change("silent", 1, "2026-03-05 11:00", "pending"),
        change("silent", 2, "2026-03-12 11:00", "solved", actor="robot", reason="inactivity"),
    ]
    events["agent"].append({"agent_id": "robot", "bot": True})


def clicks(events: Events) -> None:
    """Status clicks, a note and an automatic message, but nobody answers."""
    events["ticket"].append(ticket("clicks", "2026-03-06 09:00", product="clicks"))
    events["message"] += [
        message("clicks", 0, "2026-03-06 09:00", "customer"),
        message("clicks", 1, "2026-03-06 09:01", "agent", automatic=True),
        message("clicks", 2, "2026-03-06 09:02", "agent", public=False),
        message("clicks", 3, "2026-03-06 09:03", "agent", author="robot"),
    ]
    events["ticket_change"] += [
        change("clicks", 1, "2026-03-06 09:05", "open"),
        change("clicks", 2, "2026-03-06 09:06", "pending"),
    ]


def leavers(events: Events) -> None:
    """A ticket of nobody known, solved by somebody of whom no row is left."""
    born = ticket("leaver", "2026-03-07 09:00", product="leavers", customer_id=None)
    events["ticket"].append(born)
    events["ticket_change"].append(change("leaver", 1, "2026-03-07 10:00", "solved", actor="gone"))
    events["message"].append(message("leaver", 0, "2026-03-07 09:00", "customer", author=None))


def weekend(events: Events) -> None:
    """Three asked on Saturday and answered on Sunday; one waited two open hours on Monday."""
    for n in range(4):
        name = f"weekend {n}"
        asked, said = (
            ("2026-03-09 10:00", "2026-03-09 12:00")
            if n == 3
            else ("2026-03-07 10:00", "2026-03-08 10:00")
        )
        events["ticket"].append(ticket(name, asked, product="weekend"))
        events["message"] += [message(name, 0, asked, "customer"), message(name, 1, said, "agent")]


def no_hours(events: Events) -> None:
    """A ticket under opening hours that nobody set, answered and solved; and one still open."""
    for name in ("hourless 1", "hourless 2"):
        events["ticket"].append(
            ticket(name, "2026-03-10 09:00", product="hourless", calendar_id="nobody's")
        )
        events["message"].append(message(name, 0, "2026-03-10 09:00", "customer"))
    events["message"].append(message("hourless 1", 1, "2026-03-10 11:00", "agent"))
    events["ticket_change"].append(change("hourless 1", 1, "2026-03-10 12:00", "solved"))


def long(events: Events) -> None:
    """Three tickets that took well over a year."""
    for n in range(3):
        events["ticket"].append(ticket(f"long {n}", "2025-01-10 09:00", product="long"))
        solved = change(f"long {n}", 1, later("2025-01-10 09:00", 400 * DAY), "solved")
        events["ticket_change"].append(solved)


def quick(events: Events) -> None:
    """Closed within ten minutes, and opened again by the customer an hour later."""
    events["ticket"].append(ticket("quick", "2026-03-11 09:00", product="quick"))
    events["ticket_change"] += [
        change("quick", 1, "2026-03-11 09:10", "solved"),
        change("quick", 2, "2026-03-11 10:10", "open", actor_kind="customer"),
    ]


def ties(events: Events) -> None:
    """Solved, reopened and solved at one instant, told in that order."""
    events["ticket"].append(ticket("tie", "2026-03-12 09:00", product="ties"))
    for n, to in enumerate(("solved", "open", "solved")):
        events["ticket_change"].append(change("tie", n, "2026-03-12 10:00", to))


SCENES = (hidden, reopened, labels, silent, clicks, leavers, weekend, no_hours, long, quick, ties)


def everything() -> Events:
    """All scenes at once; the data end on Friday, 5 June 2026, at five."""
    events: Events = {name: [] for name in ("ticket", "ticket_change", "message", "agent")}
    for scene in SCENES:
        scene(events)
    events["ticket"].append(ticket("last", "2026-06-05 17:00", product="last"))
    return events

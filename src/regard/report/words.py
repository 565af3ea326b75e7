"""Words for names that declarations use: units, directions, clocks, ways to split."""

from collections.abc import Mapping

from regard.core.i18n import N_, translate

BETTER: Mapping[str, str] = {
    "high": N_("Higher is better"),
    "low": N_("Lower is better"),
    "none": N_("Neither direction is good in itself"),
}
CLOCKS: Mapping[str, str] = {
    "calendar": N_("Calendar time"),
    "opening": N_("Opening hours"),
}
UNITS: Mapping[str, str] = {
    "seconds": N_("a time"),
    "share": N_("a share"),
    "count": N_("a number"),
    "per_agent": N_("a number per agent"),
    "points": N_("points"),
    "days": N_("a number of days"),
    "number": N_("a number"),
}
SPLITS: Mapping[str, str] = {
    "about": N_("About whom"),
    "account": N_("Account"),
    "activity": N_("Activity"),
    "agent": N_("Agent"),
    "answer_state": N_("Answered or not"),
    "answered_by": N_("Answered by"),
    "answered_team": N_("Team that answered"),
    "article": N_("Article"),
    "brand": N_("Brand"),
    "by_kind": N_("By people or machines"),
    "carrier": N_("Carried by"),
    "cause": N_("Cause"),
    "channel": N_("Channel"),
    "close_reason": N_("Reason of closing"),
    "contact_kind": N_("Kind of contact"),
    "country": N_("Country"),
    "currency": N_("Currency"),
    "demand": N_("Demand"),
    "dismissed": N_("Dismissed"),
    "done_by": N_("Kept by"),
    "done_team": N_("Team that kept it"),
    "end_kind": N_("How it ended"),
    "first": N_("First turn"),
    "first_reply_by": N_("First answered by"),
    "first_reply_team": N_("Team that answered first"),
    "has_article": N_("With an article"),
    "has_results": N_("Found something"),
    "helpful": N_("Helpful or not"),
    "invited": N_("Asked for by us"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "network": N_("Network"),
    "outcome": N_("Outcome"),
    "owner": N_("Owner"),
    "plan": N_("Plan"),
    "policy": N_("Policy"),
    "priority": N_("Priority"),
    "product": N_("Product"),
    "query": N_("Words searched"),
    "queue": N_("Queue"),
    "read": N_("Read or not"),
    "recorded": N_("Recorded or read"),
    "remedy": N_("Remedy"),
    "resolved": N_("Solved"),
    "role": N_("Role"),
    "scale": N_("Scale"),
    "score": N_("Score"),
    "sentiment": N_("Sentiment"),
    "side": N_("Whose"),
    "site": N_("Site"),
    "solved_by": N_("Solved by"),
    "solved_team": N_("Team that solved"),
    "source": N_("Source"),
    "stars": N_("Stars"),
    "state": N_("State"),
    "status": N_("Status"),
    "subject": N_("Subject"),
    "suppressed_reason": N_("Reason not to ask"),
    "survey": N_("Survey"),
    "target": N_("Promise"),
    "team": N_("Team"),
    "tier": N_("Tier"),
    "title": N_("Article's title"),
    "topic": N_("Topic"),
    "transactional": N_("About one contact"),
    "type": N_("Type"),
    "unit": N_("Unit"),
    "upheld": N_("Upheld"),
    "wait_band": N_("Wait"),
    "wave": N_("Wave"),
    "weekday": N_("Weekday"),
    "hour": N_("Hour of the day"),
    "date_hour": N_("Hour"),
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
    "age": N_("Age"),
    "within": N_("Within days"),
    "months": N_("After months"),
}


VALUES: Mapping[str, Mapping[str, str]] = {
    "dismissed": {"true": N_("dismissed"), "false": N_("answered")},
    "resolved": {"true": N_("solved"), "false": N_("not solved")},
    "suppressed_reason": {
        "quiet_time": N_("asked a short time before"),
        "opt_out": N_("wants not to be asked"),
        "bounced": N_("mail came back"),
    },
    "transactional": {"true": N_("one contact"), "false": N_("us as a whole")},
    "unit": {"all": N_("all units")},
    "answer_state": {
        "answered": N_("answered"),
        "waiting": N_("waiting for us"),
        "never_answered": N_("never answered"),
        "unknown": N_("not known"),
    },
    "carrier": {
        "ticket": N_("ticket"),
        "call": N_("call"),
        "review": N_("review"),
        "post": N_("post"),
        "response": N_("answer to a survey"),
    },
    "recorded": {"true": N_("recorded"), "false": N_("read in what customers wrote")},
    "upheld": {"true": N_("upheld"), "false": N_("not upheld")},
    "read": {"true": N_("read"), "false": N_("left unread")},
    "helpful": {"true": N_("found helpful"), "false": N_("found unhelpful")},
    "has_results": {"true": N_("something found"), "false": N_("nothing found")},
    "has_article": {"true": N_("with an article"), "false": N_("without an article")},
    "invited": {"true": N_("asked for by us"), "false": N_("unasked")},
    "role": {
        "mention": N_("mention"),
        "more": N_("added to a mention"),
        "answer": N_("answer to us"),
        "reply": N_("answer by us"),
        "post": N_("our own post"),
        "rival": N_("about a competitor"),
        "rival_post": N_("a competitor's own post"),
    },
    "sentiment": {
        "positive": N_("positive"),
        "neutral": N_("neutral"),
        "negative": N_("negative"),
    },
    "side": {
        "ours": N_("ours"),
        "customer": N_("customer"),
        "competitor": N_("competitor"),
    },
    "end_kind": {
        "reply": N_("answered"),
        "solve": N_("solved without an answer"),
        "lapse": N_("ended otherwise"),
        "thanks": N_("a mere thanks"),
    },
    "first": {"true": N_("first turn"), "false": N_("later turns")},
    "state": {
        "met": N_("kept"),
        "missed": N_("missed"),
        "running": N_("running"),
        "paused": N_("paused"),
        "withdrawn": N_("taken back"),
        "unknown": N_("not known"),
    },
    "target": {
        "first": N_("first answer"),
        "next": N_("later answers"),
        "periodic": N_("regular updates"),
        "pausable": N_("regular updates, paused while the customer is asked"),
        "requester_wait": N_("customer's wait in all"),
        "agent_work": N_("our work in all"),
        "resolution": N_("solution"),
    },
}
"""Words for values that are ours, by way to split; the sources' own values stay as they are."""


def value_name(name: str, value: object, language: str) -> str:
    """A value of a way to split, in words where it is one of ours."""
    said = VALUES.get(name, {}).get(str(value).lower())
    return translate(said, language) if said else str(value)


def split_name(name: str, language: str) -> str:
    """The name of a way to split; an unknown one is shown by its key."""
    return translate(SPLITS.get(name, name.replace("_", " ").capitalize()), language)

"""What is planted in the running desk, and what must come out of it, ticket by ticket.

An act is (hour, kind, what is said with it). A line that must come out is
`hour who what`: `says` in public, `notes` in private, `sends` by a machine; else the field that
changes and its value. The first line says how the ticket began: by and for whom, and its first
status, queue, owner, priority and channel. All of it was written by hand from the acts. RT opens
a ticket that is new or resolved by itself when anybody answers in it, and leaves stalled ones.
"""

from dataclasses import dataclass, field
from typing import Any

Act = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Story:
    """One ticket. day: the day of all its acts. later: further acts, told after a first import."""

    name: str
    day: str
    acts: tuple[Act, ...]
    tells: tuple[str, ...]
    later: tuple[Act, ...] = ()
    tells_later: tuple[str, ...] = field(default=())


def mail(at: str, who: str, text: str, **said: Any) -> Act:
    """A mail of a customer's to the desk; without `reply_to` it opens a ticket."""
    sender = f"{who.title()} <{who}@customer.test>"
    return at, "mail", {"from": sender, "text": text, "subject": text[:20], **said}


def do(at: str, by: str, act: str, **said: Any) -> Act:
    """An act of somebody of the house in the web interface."""
    return at, act, {"by": by, **said}


LOGIN = Story(
    "login",
    "2026-03-02",
    (
        mail("09:00", "anna", "Nie mogę się zalogować: żółw"),
        do("09:30", "ola", "reply", text="Proszę zmienić hasło"),
        do("10:00", "ola", "status", to="resolved"),
    ),
    (
        "09:00 by anna (customer) for anna: new General nobody low email",
        "09:00 anna says Nie mogę się zalogować: żółw",
        "09:00 rt sends AutoReply",
        "09:30 ola says Proszę zmienić hasło",
        "09:30 rt status open",
        "10:00 ola status solved",
        "10:00 rt sends Resolved",
    ),
)
CHARGED = Story(
    "charged",
    "2026-03-03",
    (
        mail("09:10", "ben", "My card was charged twice"),
        do("09:20", "ola", "owner", to="ola", how="Take"),
        do("09:30", "ola", "reply", text="Which card?"),
        do("09:31", "ola", "comment", text="Looks like the gateway again"),
        do("09:32", "ola", "status", to="stalled"),
        mail("10:00", "ben", "The blue one", reply_to="charged"),
        do("10:05", "ola", "status", to="open"),
        do("10:10", "ola", "move", to="Refunds"),
        do("10:20", "jan", "owner", to="jan", how="Steal"),
        do("10:30", "jan", "reply", text="Refunded."),
        do("10:30", "jan", "status", to="resolved"),
    ),
    (
        "09:10 by ben (customer) for ben: new General nobody low email",
        "09:10 ben says My card was charged twice",
        "09:10 rt sends AutoReply",
        "09:20 ola agent ola",
        "09:30 ola says Which card?",
        "09:30 rt status open",
        "09:31 ola notes Looks like the gateway again",
        "09:32 ola status pending",
        "10:00 ben says The blue one",
        "10:05 ola status open",
        "10:10 ola team Refunds",
        "10:20 jan agent jan",
        "10:30 jan says Refunded.",
        "10:30 jan status solved",
        "10:30 rt sends Resolved",
    ),
)
PHONED = Story(
    "phoned",
    "2026-03-04",
    (
        do(
            "12:00",
            "ola",
            "create",
            subject="Phoned in",
            text="Cyd phoned about a parcel",
            **{"with": {"Queue": "Refunds", "Requestor": "cyd@customer.test", "Owner": "jan"}},
        ),
        mail("12:30", "cyd", "As I said on the phone", reply_to="phoned"),
        do("13:00", "jan", "reply", text="It is on its way"),
    ),
    (
        "12:00 by ola (agent) for cyd: new Refunds jan low web",
        "12:00 ola says Cyd phoned about a parcel",
        "12:00 rt sends AutoReply",
        "12:30 cyd says As I said on the phone",
        "12:30 rt status open",
        "13:00 jan says It is on its way",
    ),
)
SPAM = Story(
    "spam",
    "2026-03-05",
    (
        mail("12:40", "pills", "Cheap pills"),
        do("12:50", "ola", "status", to="deleted"),
    ),
    (
        "12:40 by pills (customer) for pills: new General nobody low email",
        "12:40 pills says Cheap pills",
        "12:40 rt sends AutoReply",
        "12:50 ola status closed cancelled",
    ),
    later=(("14:00", "status", {"by": "jan", "to": "open"}),),
    tells_later=("14:00 jan status open",),
)
REJECTED = Story(
    "rejected",
    "2026-03-06",
    (
        mail("08:00", "dora", "Do my homework"),
        do("08:20", "jan", "status", to="rejected"),
    ),
    (
        "08:00 by dora (customer) for dora: new General nobody low email",
        "08:00 dora says Do my homework",
        "08:00 rt sends AutoReply",
        "08:20 jan status closed unsolved",
    ),
)
REOPENED = Story(
    "reopened",
    "2026-03-09",
    (
        mail("09:00", "eve", "The invoice is wrong"),
        do("09:15", "jan", "reply", text="Here is a new one"),
        do("09:15", "jan", "status", to="resolved"),
        mail("11:00", "eve", "Still wrong", reply_to="reopened"),
    ),
    (
        "09:00 by eve (customer) for eve: new General nobody low email",
        "09:00 eve says The invoice is wrong",
        "09:00 rt sends AutoReply",
        "09:15 jan says Here is a new one",
        "09:15 rt status open",
        "09:15 jan status solved",
        "09:15 rt sends Resolved",
        "11:00 eve says Still wrong",
        "11:00 rt status open",
    ),
    later=(
        do("15:00", "jan", "reply", text="Now it is right"),
        do("15:00", "jan", "status", to="resolved"),
    ),
    tells_later=(
        "15:00 jan says Now it is right",
        "15:00 jan status solved",
        "15:00 rt sends Resolved",
    ),
)
MERGED = Story(
    "merged",
    "2026-03-10",
    (
        mail("12:10", "ben", "Charged again"),
        do("12:20", "ola", "merge", to="survivor"),
    ),
    (
        "12:10 by ben (customer) for ben: new General nobody low email",
        "12:10 ben says Charged again",
        "12:10 rt sends AutoReply",
        "12:20 ola merged_into survivor",
    ),
)
SURVIVOR = Story(
    "survivor",
    "2026-03-10",
    (
        mail("12:00", "ben", "Charged once more"),
        do("12:30", "ola", "reply", text="Both are refunded", ticket="merged"),
    ),
    (
        "12:00 by ben (customer) for ben: new General nobody low email",
        "12:00 ben says Charged once more",
        "12:00 rt sends AutoReply",
        "12:30 ola says Both are refunded",
        "12:30 rt status open",
    ),
)
PRIORITY = Story(
    "priority",
    "2026-03-11",
    (
        mail("07:00", "fred", "The site is down"),
        do("07:05", "ola", "priority", to="60"),
        do("07:10", "ola", "priority", to="100"),
        do("07:20", "ola", "subject", to="Site down"),
    ),
    (
        "07:00 by fred (customer) for fred: new General nobody low email",
        "07:00 fred says The site is down",
        "07:00 rt sends AutoReply",
        "07:05 ola priority normal",
        "07:10 ola priority high",
    ),
)
AWAY = Story(
    "away",
    "2026-03-12",
    (
        mail("09:00", "gina", "Where is my order?"),
        do("09:20", "jan", "reply", text="On its way"),
        mail(
            "09:21",
            "gina",
            "I am on holiday",
            reply_to="away",
            headers={"Auto-Submitted:": "auto-replied"},
        ),
    ),
    (
        "09:00 by gina (customer) for gina: new General nobody low email",
        "09:00 gina says Where is my order?",
        "09:00 rt sends AutoReply",
        "09:20 jan says On its way",
        "09:20 rt status open",
        "09:21 gina sends I am on holiday",
    ),
)
WAITING = Story(
    "waiting",
    "2026-03-13",
    (mail("16:00", "hugo", "Anybody there?"),),
    (
        "16:00 by hugo (customer) for hugo: new General nobody low email",
        "16:00 hugo says Anybody there?",
        "16:00 rt sends AutoReply",
    ),
    later=(mail("18:00", "hugo", "Hello?", reply_to="waiting"),),
    tells_later=("18:00 hugo says Hello?", "18:00 rt status open"),
)
SILENT = Story(
    "silent",
    "2026-03-16",
    (
        mail("10:00", "iris", "Please delete my account"),
        do("10:10", "ola", "comment", text="Done by hand"),
        do("10:11", "ola", "status", to="resolved"),
    ),
    (
        "10:00 by iris (customer) for iris: new General nobody low email",
        "10:00 iris says Please delete my account",
        "10:00 rt sends AutoReply",
        "10:10 ola notes Done by hand",
        "10:11 ola status solved",
        "10:11 rt sends Resolved",
    ),
)
GIVEN_BACK = Story(
    "given_back",
    "2026-03-17",
    (
        mail("10:00", "kurt", "A question of law"),
        do("10:10", "ola", "owner", to="ola", how="Take"),
        do("10:20", "ola", "owner", to="jan", how="Give"),
        do("10:30", "jan", "owner", to="Nobody", how="Untake"),
    ),
    (
        "10:00 by kurt (customer) for kurt: new General nobody low email",
        "10:00 kurt says A question of law",
        "10:00 rt sends AutoReply",
        "10:10 ola agent ola",
        "10:20 ola agent jan",
        "10:30 jan agent nobody",
    ),
)
BY_RULE = Story(
    "by_rule",
    "2026-03-18",
    (
        mail("10:00", "lena", "It blinks"),
        do("10:30", "ola", "reply", text="Does it blink red?"),
        do("23:00", "", "status", to="resolved"),
    ),
    (
        "10:00 by lena (customer) for lena: new General nobody low email",
        "10:00 lena says It blinks",
        "10:00 rt sends AutoReply",
        "10:30 ola says Does it blink red?",
        "10:30 rt status open",
        "23:00 rt status solved rule",
        "23:00 rt sends Resolved",
    ),
)
COLLEAGUE = Story(
    "colleague",
    "2026-03-19",
    (
        ("10:00", "mail", {"from": "jan@desk.test", "subject": "My mouse", "text": "It is dead"}),
        do("10:30", "ola", "reply", text="Take mine", type="text/html"),
    ),
    (
        "10:00 by jan (agent) for jan: new General nobody low email",
        "10:00 jan says It is dead",
        "10:00 rt sends AutoReply",
        "10:30 ola says Take mine",
        "10:30 rt status open",
    ),
)
HTML = Story(
    "html",
    "2026-03-20",
    (
        mail("10:00", "mona", "<p>One &amp; <b>two</b></p>", type="text/html", subject="HTML"),
        do("10:30", "ola", "reply", text="a < b"),
        do("10:30", "ola", "reply", text="and b > c"),
    ),
    (
        "10:00 by mona (customer) for mona: new General nobody low email",
        "10:00 mona says One & two",
        "10:00 rt sends AutoReply",
        "10:30 ola says a < b",
        "10:30 rt status open",
        "10:30 ola says and b > c",
    ),
)
SECOND_MERGE = Story(
    "second_merge",
    "2026-03-23",
    (mail("10:00", "nora", "Cannot pay"),),
    (
        "10:00 by nora (customer) for nora: new General nobody low email",
        "10:00 nora says Cannot pay",
        "10:00 rt sends AutoReply",
    ),
    later=(do("16:00", "ola", "merge", to="waiting"),),
    tells_later=("16:00 ola merged_into waiting",),
)
LATE = Story(
    "late",
    "2026-04-01",
    (),
    (),
    later=(mail("20:00", "otto", "A new matter", queue="Refunds"),),
    tells_later=(
        "20:00 by otto (customer) for otto: new Refunds nobody low email",
        "20:00 otto says A new matter",
        "20:00 rt sends AutoReply",
    ),
)
STORIES = (
    *(LOGIN, CHARGED, PHONED, SPAM, REJECTED, REOPENED, MERGED, SURVIVOR, PRIORITY, AWAY, WAITING),
    *(SILENT, GIVEN_BACK, BY_RULE, COLLEAGUE, HTML, SECOND_MERGE, LATE),
)
LATER = "2026-04-01"
"""The day of all later acts."""

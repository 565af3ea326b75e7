"""What must be known of who asked and who answered in the world of tests/samples/zendesk_world.

Worked out by hand from the rows and the definitions. Instants are UTC of 2026; New York
keeps 09:00-17:00 (14:00-22:00 UTC in winter, 13:00-21:00 from 8 March to 1 November), London
09:00-17:30, Sydney 09:00-17:00, Monday to Friday.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ANN, BOB, KIM, DAN, HELPER = "100", "101", "102", "103", "190"
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Turn:
    """A turn: from, until, how it ended, seconds, open seconds, messages, the first chaser."""

    start: str
    end: str | None
    kind: str | None
    seconds: int | None
    open_seconds: int | None
    messages: int = 1
    chasers: int = 0
    chased: str | None = None


@dataclass(frozen=True)
class Said:
    """A ticket's first answer (instant, by whom, seconds, open seconds), its turns and counts."""

    reply: str | None
    by: str | None
    seconds: int | None
    open_seconds: int | None
    turns: Sequence[Turn]
    customer: int = 1
    touches: int = 1
    chasers: int = 0
    auto: str | None = None


def one(start: str, end: str, by: str, seconds: int, open_seconds: int) -> Said:
    """One question and one answer."""
    end = end if "-" in end else f"{start[:5]} {end}"
    turn = Turn(start, end, "reply", seconds, open_seconds)
    return Said(end, by, seconds, open_seconds, [turn])


def unanswered(*turns: Turn, touches: int = 0) -> Said:
    """No answer by a person to the first question."""
    return Said(None, None, None, None, turns, sum(turn.messages for turn in turns), touches)


def and_then(first: Said, *more: Turn, touches: int = 2) -> Said:
    """The same with later turns."""
    turns = [*first.turns, *more]
    asked = sum(turn.messages for turn in turns)
    return Said(
        first.reply, first.by, first.seconds, first.open_seconds, turns, asked, touches,
        sum(turn.chasers for turn in turns),
    )  # fmt: skip


def merged(start: str, end: str, seconds: int) -> Said:
    """Two questions of one customer, within opening hours, answered by Ann."""
    turn = Turn(start, end, "reply", seconds, seconds, messages=2)
    return Said(end, ANN, seconds, seconds, [turn], customer=2)


SAID: dict[str, Said] = {
    # Mon 10:00 → 10:30 New York; solved in the act of the reply, so the turn ends by the reply,
    # and its closure by the system four days later ends nothing.
    "1": one("03-02 15:00", "15:30", ANN, 30 * MINUTE, 30 * MINUTE),
    # Fri 16:40 EST → Mon 09:10 EDT: 20 min Friday + 10 min Monday. By the wall 64 h 30, but the
    # clock jumped on Sunday: 63 h 30.
    "2": one("03-06 21:40", "03-09 13:10", ANN, 63 * HOUR + 1800, 1800),
    # A second later, a second earlier.
    "3": one("03-06 21:40", "03-09 13:10:01", ANN, 63 * HOUR + 1801, 1801),
    "4": one("03-06 21:40", "03-09 13:09:59", ANN, 63 * HOUR + 1799, 1799),
    # Fri 30 Oct 16:40 EDT → Mon 2 Nov 09:10 EST: the same walls, 64 h 30 + 1 h.
    "5": one("10-30 20:40", "11-02 14:10", ANN, 65 * HOUR + 1800, 1800),
    # London, Fri 17:00 GMT → Mon 09:20 BST: 30 min + 20 min; 64 h 20 - 1 h.
    "6": one("03-27 17:00", "03-30 08:20", BOB, 63 * HOUR + 1200, 50 * MINUTE),
    # Fri 17:00 BST → Mon 09:20 GMT: 30 min + 20 min; 64 h 20 + 1 h.
    "7": one("10-23 16:00", "10-26 09:20", BOB, 65 * HOUR + 1200, 50 * MINUTE),
    # Sydney, Fri 16:30 AEDT → Mon 09:30 AEST (Sunday in UTC): 30 + 30 min; 65 h + 1 h.
    "8": one("04-03 05:30", "04-05 23:30", KIM, 66 * HOUR, HOUR),
    # Fri 16:30 AEST → Mon 09:30 AEDT: 30 + 30 min; 65 h - 1 h.
    "9": one("10-02 06:30", "10-04 22:30", KIM, 64 * HOUR, HOUR),
    # Around the clock, London, Sat 23:30 GMT → Sun 02:30 BST: 01:00 to 02:00 never was, 2 h.
    "10": one("03-28 23:30", "03-29 01:30", BOB, 2 * HOUR, 2 * HOUR),
    # Tue 20:00 → Wed 08:00 New York: closed at both ends and between.
    "11": one("03-11 00:00", "12:00", ANN, 12 * HOUR, 0),
    # Sat 10:00 → Sun 12:00 New York.
    "12": one("03-14 14:00", "03-15 16:00", ANN, 26 * HOUR, 0),
    # Nights of Warsaw, 21:00-05:00 CEST: Wed 23:30 → Thu 00:30, 1 h; Thu 04:30 → 21:15,
    # 30 min + 15 min; Sat 23:30 → Sun 01:00, over the week's end, 1 h 30.
    "13": and_then(
        one("04-15 21:30", "22:30", ANN, HOUR, HOUR),
        Turn("04-16 02:30", "04-16 19:15", "reply", 16 * HOUR + 2700, 2700),
        Turn("04-18 21:30", "04-18 23:00", "reply", 5400, 5400),
        touches=3,
    ),
    # Warsaw with a lunch from 12:00 to 13:30: 11:45 → 13:40, 15 min + 10 min.
    "14": one("04-20 09:45", "11:40", ANN, 6900, 25 * MINUTE),
    # Fri 16:00 → Tue 10:00 New York, Monday is Memorial Day: 1 h + 1 h; 3 d 18 h.
    "15": one("05-22 20:00", "05-26 14:00", ANN, 90 * HOUR, 2 * HOUR),
    # Wed 15:00 → 17:00 New York, then London from Thu 07:00 BST: 09:00 → 10:00 BST; 2 h + 1 h.
    "16": one("04-15 19:00", "04-16 09:00", BOB, 14 * HOUR, 3 * HOUR),
    # Two letters of one customer, merged: both are of the survivor, whose clock starts with the
    # first of them, in 17 that of the survivor itself, in 19 that of 20, at 13:00.
    "17": merged("04-27 14:00", "04-27 15:00", HOUR),
    "18": Said(None, None, None, None, [], customer=0, touches=0),
    "19": merged("04-28 13:00", "04-28 15:00", 2 * HOUR),
    "20": Said(None, None, None, None, [], customer=0, touches=0),
    # Two customers: a merge is a link, each keeps the own clock.
    "21": one("04-29 15:00", "15:30", ANN, 1800, 1800),
    "22": one("04-29 14:00", "14:30", ANN, 1800, 1800),
    # Ann wrote first, on Tuesday; the customer on Wed 10:00 New York; answered 10:45.
    "23": Said(
        "05-06 14:45", ANN, 2700, 2700,
        [Turn("05-06 14:00", "05-06 14:45", "reply", 2700, 2700)], touches=2,
    ),
    # The customer never wrote: no turn, no first answer.
    "24": Said(None, None, None, None, [], customer=0),
    # 10:00 → 10:33 New York; what the machine said at 10:00:05 and 10:03 ends no turn.
    "25": Said(
        "05-11 14:33", ANN, 33 * MINUTE, 33 * MINUTE,
        [Turn("05-11 14:00", "05-11 14:33", "reply", 1980, 1980, messages=2)], customer=2,
    ),
    # The acknowledgement after one second is no answer.
    "26": Said(
        "05-12 15:00", ANN, HOUR, HOUR,
        [Turn("05-12 14:00", "05-12 15:00", "reply", HOUR, HOUR)], auto="05-12 14:00:01",
    ),
    "27": one("05-18 13:00", "15:30", ANN, 9000, 9000),
    "28": one("05-18 13:00", "15:20", ANN, 8400, 8400),
    "29": one("05-19 13:00", "14:30", ANN, 5400, 5400),
    "30": one("05-20 13:00", "15:00", ANN, 7200, 7200),
    # Fri 16:00 → Mon 15:00 New York: 1 h + 6 h; 71 h by the clock.
    "31": one("05-29 20:00", "06-01 19:00", ANN, 71 * HOUR, 7 * HOUR),
    "32": one("06-02 13:00", "17:30", ANN, 16200, 16200),
    # Solved with the reply at 13:30; written and reopened in one act the next day at 14:00.
    "33": and_then(
        one("06-08 13:00", "13:30", ANN, 1800, 1800),
        Turn("06-09 14:00", "06-09 15:00", "reply", HOUR, HOUR),
    ),
    # "Thank you!" waits for nothing, though Ann solves again two hours later.
    "34": and_then(
        one("06-10 13:00", "13:30", ANN, 1800, 1800),
        Turn("06-11 14:00", "06-11 14:00", "thanks", 0, 0),
        touches=1,
    ),
    "35": unanswered(Turn("06-15 13:00", "06-15 15:00", "lapse", 7200, 7200)),
    # Tue 09:00 → Wed 10:00 New York: 8 h + 1 h.
    "36": unanswered(Turn("06-16 13:00", "06-17 14:00", "lapse", 25 * HOUR, 9 * HOUR)),
    # A status click at 13:10 and a note at 13:30 are no reply.
    "37": unanswered(Turn("06-18 13:00", "06-18 14:00", "solve", 3600, 3600)),
    "38": unanswered(Turn("06-22 13:00", "06-22 18:00", "solve", 18000, 18000)),
    # Tue 16:30 → 22:00 New York: 30 min until the close.
    "39": one("06-23 20:30", "06-24 02:00", ANN, 19800, 1800),
    "40": and_then(
        one("06-29 13:00", "14:00", ANN, 3600, 3600),
        Turn("06-29 16:00", "06-29 19:00", "reply", 10800, 10800),
    ),
    # The second at 16:30 → 17:15 New York: 30 min until the close.
    "41": and_then(
        one("06-30 13:00", "13:30", ANN, 1800, 1800),
        Turn("06-30 20:30", "06-30 21:15", "reply", 2700, 1800),
    ),
    # The second message of ours answers nothing: no turn.
    "42": and_then(one("07-01 13:00", "14:00", ANN, 3600, 3600)),
    "43": unanswered(Turn("11-06 19:00", None, None, None, None)),
    # Asked again exactly 24 h later, while it is ours: a chaser. The note is no reply.
    "44": Said(
        None, None, None, None,
        [Turn("11-05 14:00", None, None, None, None, 2, 1, "11-06 14:00")],
        customer=2, touches=0, chasers=1,
    ),
    "45": one("11-04 14:00", "15:00", ANN, 3600, 3600),
    # 15:00 is 2 h after the last: none. Tue 15:00 is 24 h after that: a chaser. 16:00 is none.
    # Mon 09:00 → Tue 13:00 New York: 8 h + 4 h. Thursday's comes after our reply: a new turn.
    "46": and_then(
        Said(
            "07-07 17:00", ANN, 28 * HOUR, 12 * HOUR,
            [
                Turn(
                    "07-06 13:00", "07-07 17:00", "reply", 28 * HOUR, 12 * HOUR, 4, 1,
                    "07-07 15:00",
                )
            ],
        ),
        Turn("07-09 18:00", "07-09 18:30", "reply", 1800, 1800),
    ),
    # There is no row of user 777: one of ours all the same. Nor of 888, who is the requester.
    "47": one("07-13 13:00", "14:00", "777", 3600, 3600),
    "48": one("07-14 13:00", "13:10", ANN, 600, 600),
    # Dan is an end user today; on 4 March the ticket was his.
    "49": one("03-04 15:00", "15:20", DAN, 1200, 1200),
    # Cora is an agent today; on 5 March she asked, twice.
    "50": Said(
        "03-05 16:00", ANN, 3600, 3600,
        [Turn("03-05 15:00", "03-05 16:00", "reply", 3600, 3600, messages=2)], customer=2,
    ),
    # Question and answer in the same second, in this order: 0 s, kept.
    "51": one("07-15 13:00", "13:00", ANN, 0, 0),
    # The mother, in copy, is a customer as well.
    "54": Said(
        "07-20 15:00", ANN, 7200, 7200,
        [Turn("07-20 13:00", "07-20 15:00", "reply", 7200, 7200, messages=2)], customer=2,
    ),
    "55": one("07-21 13:00", "14:30", ANN, 5400, 5400),
    # London, Fri 17:00 → Wed 09:30 BST; Monday and Tuesday, both ends of the holiday, are closed:
    # 30 + 30 min; 4 d 16 h 30.
    "58": one("08-28 16:00", "09-02 08:30", BOB, 112 * HOUR + 1800, HOUR),
    "59": one("07-27 13:00", "14:00", ANN, 3600, 3600),
    # The second: Thu 22:00 → Fri 10:00 New York, 1 h after opening.
    "60": and_then(
        one("07-30 20:00", "20:30", ANN, 1800, 1800),
        Turn("07-31 02:00", "07-31 14:00", "reply", 12 * HOUR, HOUR),
    ),
    "62": one("08-04 13:00", "13:30", ANN, 1800, 1800),
    "61": one("08-03 13:00", "18:00", ANN, 18000, 18000),
}  # fmt: skip
"""By ticket. Of 52 (spam), 53 (deleted) and 57 (below) the answers are not in this table."""
CLICKED_AWAY = (
    # Solved by a click at 14:00; asked again the next day, answered after 45 min.
    Turn("07-22 13:00", "07-22 14:00", "solve", 3600, 3600),
    Turn("07-23 13:00", "07-23 13:45", "reply", 2700, 2700),
)
"""The turns of 57."""

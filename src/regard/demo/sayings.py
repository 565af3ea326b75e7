"""What a message of the demo says, by its part in the matter; its words are chosen by that."""

from enum import IntEnum


class Saying(IntEnum):
    """A part in the matter: of customers to RETURN, then of people and machines.

    Openings of spam, tests and internal matters are nobody's question.
    """

    OPENING = 0
    ADDITION = 1
    ANSWER = 2
    CHASER = 3
    THANKS = 4
    RETURN = 5
    QUESTION = 6
    SOLUTION = 7
    NOTE = 8
    RECEIPT = 9
    BOT = 10
    NOTICE = 11
    SPAM = 12
    TEST = 13
    INTERNAL = 14

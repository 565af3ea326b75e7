"""Reviews and networks: scales apart, competitors beside us, stocks that are never summed."""

from pathlib import Path
from typing import Any

import pytest

from facts.test_reviews import post, read, reply, review
from metrics.small import DAY, HOUR, MARCH, parts
from regard.facts.reader import open_reader
from regard.insight.ask import ask
from regard.metrics.engine import Part
from regard.metrics.query import Query
from worlds import Told, at, built, thing


def asked(folder: Path, key: str, **said: str) -> tuple[Part, ...]:
    """The parts of an answer."""
    with open_reader(folder) as reader:
        return ask(Query.parse(key, said), reader).parts


def told(folder: Path, key: str, by: str, **said: str) -> dict[Any, float | None]:
    """The values of a split."""
    return {part.by[by]: part.estimate.value for part in asked(folder, key, by=by, **said)}


@pytest.fixture(scope="module", name="stars")
def _stars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight reviews in March on two scales, some asked for, one of a competitor."""
    return built(
        tmp_path_factory.mktemp("stars") / "w",
        review("1", "2026-03-02 10:00", stars=5),
        review("2", "2026-03-03 10:00", stars=2),
        review("3", "2026-03-04 10:00", stars=9, scale_max=10),
        review("4", "2026-03-05 10:00", stars=8, scale_max=10, invited=False),
        review("5", "2026-03-06 10:00", stars=5, invited=True),
        review("6", "2026-03-07 10:00", stars=1, side="competitor", subject="them"),
        review("7", "2026-03-08 10:00", stars=None, scale_max=None),
        review("8", "2026-04-20 10:00", stars=3),
        read("review", "7", "sentiment", "negative"),
        reply("1", "2026-04-02 10:00"),
        reply("2", "2026-03-03 12:00"),
        reply("6", "2026-03-10 10:00"),
    )


def test_ratings_on_two_scales_are_never_one_mean(stars: Path) -> None:
    rated = told(stars, "review_rating", "scale", **MARCH)
    assert rated == {"1–5": 3.5, "1–10": 8.5, None: None}
    found = asked(stars, "review_rating", **MARCH)
    assert [(part.by, part.estimate.value) for part in found] == [
        ({"scale": "1–10"}, 8.5),
        ({"scale": "1–5"}, 3.5),
    ]


def test_invited_reviews_stand_apart(stars: Path) -> None:
    assert told(stars, "five_star_share", "invited", **MARCH) == {
        "true": 1.0,
        "false": 0.0,
        None: pytest.approx(1 / 3),
    }
    (organic,) = asked(stars, "five_star_share", **MARCH)
    assert organic.estimate.value == 0.25
    assert organic.coverage["excluded"] == {
        "about a competitor: split by side": 1,
        "asked for by us: split by invited": 1,
        "no rating": 1,
    }
    (invited,) = asked(stars, "five_star_share_invited", **MARCH)
    assert (invited.estimate.value, invited.estimate.n) == (1.0, 1)


def test_competitors_are_counted_only_where_they_are_asked_for(stars: Path) -> None:
    (ours,) = asked(stars, "reviews", **MARCH)
    assert ours.estimate.value == 5
    assert told(stars, "reviews", "side", **MARCH) == {"ours": 5, "competitor": 1}
    assert told(stars, "reviews", "subject", **MARCH) == {None: 5, "them": 1}


def test_words_speak_where_no_stars_were_given(stars: Path) -> None:
    (part,) = asked(stars, "review_positive_share", **MARCH)
    # 5 of 5 and 9 of 10; not 2 of 5, 8 of 10, nor the one read as negative.
    assert (part.estimate.value, part.estimate.n) == (0.4, 5)


def test_the_reply_rate_is_of_the_reviews_month_and_replies_of_their_own(stars: Path) -> None:
    rate = told(stars, "review_reply_rate", "month", **{"from": "2026-03-01", "to": "2026-05-01"})
    assert rate == {"2026-03": pytest.approx(2 / 6), "2026-04": None}
    replies = told(stars, "review_replies", "month", **{"from": "2026-03-01", "to": "2026-05-01"})
    assert replies == {"2026-03": 1, "2026-04": 1}


def test_reviews_without_a_reply_are_in_the_time_to_reply(stars: Path) -> None:
    (honest,) = asked(stars, "review_reply_time", **MARCH)
    (naive,) = asked(stars, "review_reply_time_finished", **MARCH)
    assert honest.estimate.value is None
    assert honest.coverage["open"] == 4
    assert naive.estimate.value == (2 * HOUR + 31 * DAY) / 2


@pytest.fixture(scope="module", name="voices")
def _voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mentions, answers and a competitor's over two months; followers counted now and then."""

    def counted(account: str, day: str, followers: int | None, **more: Any) -> Told:
        return thing(
            "account_snapshot", account=account, network="net", at=at(day), followers=followers,
            **more,
        )  # fmt: skip

    return built(
        tmp_path_factory.mktemp("voices") / "w",
        post("1", "2026-03-02 10:00", customer_id="a"),
        post("2", "2026-03-02 11:00", "ours", "1", agent="ann"),
        post("3", "2026-03-02 12:00", to="2", customer_id="a"),
        post("4", "2026-03-10 10:00", customer_id="b"),
        post("5", "2026-03-11 10:00", "competitor"),
        post("6", "2026-04-01 10:00", customer_id="c"),
        post("7", "2026-04-02 10:00", "competitor"),
        post("8", "2026-04-03 10:00", "competitor"),
        post("9", "2026-04-03 11:00", "ours"),
        *(read("post", name, "sentiment", said) for name, said in
          (("1", "positive"), ("4", "negative"), ("3", "positive"), ("6", None))),
        counted("us", "2026-02-20", 100),
        counted("us", "2026-03-20", 130),
        counted("us too", "2026-03-25", 50),
        counted("us too", "2026-03-30", None),
        counted("them", "2026-03-01", 900, side="competitor"),
    )  # fmt: skip


def test_an_answer_to_us_is_no_further_mention(voices: Path) -> None:
    assert told(voices, "mentions", "month") == {"2026-03": 2, "2026-04": 1}
    assert told(voices, "social_replies", "agent") == {"ann": 1}


def test_mentions_nobody_answered_are_in_the_response_time(voices: Path) -> None:
    (part,) = asked(voices, "social_response_time")
    # At the second at which one of three is answered all three are watched.
    assert (part.estimate.value, part.coverage["open"]) == (None, 2)
    assert part.coverage["served"] == pytest.approx(1 / 3)
    (naive,) = asked(voices, "social_response_time_finished")
    assert naive.estimate.value == HOUR


def test_unsure_is_unknown_and_not_neutral(voices: Path) -> None:
    (part,) = asked(voices, "sentiment")
    assert (part.estimate.value, part.estimate.n) == (0.0, 2)
    assert part.coverage["excluded"] == {"not read, or unsure": 1}


def test_our_share_of_voice_falls_when_competitors_are_louder(voices: Path) -> None:
    assert told(voices, "share_of_voice", "month") == {
        "2026-03": pytest.approx(2 / 3),
        "2026-04": pytest.approx(1 / 3),
    }


def test_followers_are_those_of_the_last_count_and_never_summed(voices: Path) -> None:
    spring = {"from": "2026-01-01", "to": "2026-04-01"}
    months = told(voices, "followers", "month", **spring)
    # Nobody had counted in January; the account of which a count is missing keeps its last one.
    assert months == {"2026-01": None, "2026-02": 100, "2026-03": 130}
    (now,) = asked(voices, "followers", **{"from": "2026-03-26", "to": "2026-03-28"})
    assert (now.estimate.value, now.estimate.low, now.estimate.n) == (180, 180, 2)
    assert told(voices, "followers", "side")["competitor"] == 900


def test_a_rating_beyond_eleven_points_has_no_top_box() -> None:
    rows = [
        {
            "review_id": str(n),
            "posted_at": at("2026-03-02 10:00"),
            "stars": stars,
            "scale_max": high,
        }
        | {"source": "s", "side": "ours", "sentiment": "positive", "scale": str(high)}
        for n, (stars, high) in enumerate([(1, 5), (3, 3), (2, 3), (3, 4), (6, 7), (80, 100)])
    ]
    (part,) = parts("review_positive_share", rows, MARCH)
    # 3 of 3, 3 of 4, 6 of 7; of 100 points the words are read.
    assert part.estimate.value == pytest.approx(4 / 6)

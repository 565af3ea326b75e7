"""What articles stood when: the version that a reader saw, and topics with an article on them."""

import ibis
from ibis.expr.types import IntegerValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import whole_second

ARTICLE = ("source", "article_id")
EVER = -(2**62)
WORDS_PER_MINUTE, PICTURE_SECONDS = 200, 5
"""How fast people read (METRICS §7), and how long they look at a picture: our own assumption."""
TOLD = ("title", "topic", "language", "words", "pictures", "number")


def versions(article: Relation) -> Relation:
    """Each version with the seconds since 1970 [since, until) in which it stood; until is empty
    for the last. What is first known of an article counts since ever.
    """
    since = whole_second(article.valid_from).fill_null(EVER)
    rows = article.select(*ARTICLE, *TOLD, begins=since)
    order = ibis.window(group_by=ARTICLE, order_by=rows.begins)
    rows = rows.mutate(place=ibis.row_number().over(order), until=rows.begins.lead().over(order))
    first = rows.place == 0
    return rows.mutate(since=ibis.ifelse(first, EVER, rows.begins)).drop("begins", "place")


def as_it_stood(rows: Relation, article: Relation) -> Relation:
    """The rows with what their article was at the instant `at`, and how long it takes to read."""
    told = versions(article)
    second = whole_second(rows["at"])
    both = rows.left_join(
        told,
        [
            rows.source == told.source,
            rows.article_id == told.article_id,
            second >= told.since,
            told.until.isnull() | (second < told.until),
        ],
    )
    both = both.drop("source_right", "article_id_right", "since", "until")
    return both.mutate(expected_seconds=expected(both.words, both.pictures))


def expected(words: IntegerValue, pictures: IntegerValue) -> IntegerValue:
    """How many seconds it takes to read so many words and see so many pictures, rounded up.

    Half of it is reached by whole seconds exactly where half of the unrounded time is.
    """
    minute = 60
    shown = pictures.fill_null(0) * (PICTURE_SECONDS * WORDS_PER_MINUTE)
    parts = words * minute + shown + (WORDS_PER_MINUTE - 1)
    return (parts // WORDS_PER_MINUTE).cast("int64")


def with_has_article(rows: Relation, article: Relation, topic: str = "topic") -> Relation:
    """The rows with `has_article`: whether an article on their topic, or on what it is a part of,
    stood at `at` in any help centre. Empty where there is no topic, or no article on any.
    """
    known = versions(article)
    known = known.filter(known.topic.notnull())
    begun = known.group_by("topic").aggregate(since=known.since.min())
    begun = begun.select(about="topic", since="since")
    every = begun.aggregate(articles=begun.count())
    named = rows.filter(rows[topic].notnull()).select(_named=rows[topic]).distinct()
    both = named.cross_join(begun)
    part = both["_named"].startswith(both.about + ibis.literal("/"))
    both = both.filter((both["_named"] == both.about) | part)
    covered = both.group_by("_named").aggregate(_since=both.since.min())
    told = rows.left_join(covered, rows[topic] == covered["_named"]).cross_join(every)
    stands = (whole_second(told["at"]) >= told["_since"]).fill_null(False)
    known_at_all = told[topic].notnull() & (told.articles > 0)
    return told.mutate(has_article=ibis.ifelse(known_at_all, stands, None)).drop(
        "_named", "_since", "articles"
    )

"""Whether people find their answer in the help centre, or come to us after it."""

from dataclasses import replace
from typing import Any

from regard.core.i18n import N_
from regard.metrics.catalogue.contacts import APPROACHES, COUNTED, contact
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Example, Exclusion, Metric
from regard.metrics.needing import NeedingWork
from regard.metrics.picks import Column
from regard.metrics.quotient import Quotient
from regard.metrics.shapes import Count, Distinct, Share

HELP = N_("Help centre")
DAY = 86_400
UNTRACKED = Exclusion(
    N_("nobody knows whether this reader came to us"), lambda t: t.escaped_24h.isnull()
)


def _view(name: str, **said: Any) -> dict[str, object]:
    return {
        "source": "s",
        "view_id": name,
        "article_id": "a",
        "at": "2026-03-02T10:00:00Z",
        "reader": name,
        "tracked": True,
        **said,
    }


VIEWS = Metric(
    key="article_views",
    theme=HELP,
    label=N_("Looks at articles"),
    says=N_("How often articles were looked at."),
    raises=N_("What do they come to read, and why so often?"),
    fact="article_view_fact",
    at="at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("looks at articles"),
    denominator=N_("none: a count"),
    requires=("article_view",),
    beside=("read_share", "escaped_contacts"),
    cited=N_("Regard's own definition"),
    example=Example(rows=(_view("1"), _view("2"), _view("3", reader="1")), value=3),
)

READERS = replace(
    VIEWS,
    key="article_readers",
    label=N_("Readers of articles"),
    says=N_(
        "Different persons, or visitors where nobody knows the person, who looked at an article. "
        "It does not add over days."
    ),
    raises=N_("Do many come once, or few again and again because they find nothing?"),
    shape=Distinct(("reader",)),
    numerator=N_("different readers"),
    denominator=N_("none: a count of different readers; it does not add over days"),
    excludes=(Exclusion(N_("visitor not known"), lambda t: t.reader.isnull()),),
    beside=("article_views",),
    example=Example(
        rows=(_view("1"), _view("2"), _view("3", reader="1"), _view("4", reader=None)), value=2
    ),
)

READ_TIME = replace(
    VIEWS,
    key="article_read_time",
    label=N_("Reading time"),
    says=N_(
        "The time that half of all looks at articles stayed below, visible and active: after 30 "
        "seconds without a movement it stands still."
    ),
    raises=N_("Do they read it, or leave it after a glance?"),
    shape=Incidence(Column("active_seconds")),
    unit="seconds",
    numerator=N_("looks that had ended by that time"),
    denominator=N_("looks of which the time is known"),
    unknown=lambda t: t.active_seconds.isnull(),
    beside=("read_share",),
    example=Example(
        rows=(
            _view("1", active_seconds=5),
            _view("2", active_seconds=60),
            _view("3", active_seconds=90),
            _view("4"),
        ),
        value=60,
    ),
)

READ = replace(
    VIEWS,
    key="read_share",
    label=N_("Read articles"),
    says=N_(
        "The share of looks at articles that were reads: at least half of the time that reading "
        "takes (200 words a minute, 5 seconds a picture), and half of the page seen."
    ),
    raises=N_("Which article is found by many and read by none?"),
    shape=Share(lambda t: t.read),
    unit="share",
    better="high",
    numerator=N_("looks that were reads"),
    denominator=N_("looks of which time, page seen and length of the article are known"),
    excludes=(Exclusion(N_("time, page seen or length not known"), lambda t: t.read.isnull()),),
    beside=("article_read_time", "escaped_contacts"),
    example=Example(
        rows=(_view("1", read=True), _view("2", read=False), _view("3", read=False), _view("4")),
        value=1 / 3,
    ),
)

HELPFUL = replace(
    VIEWS,
    key="helpful_share",
    label=N_("Helpful articles"),
    says=N_("The share of votes on articles that say that they helped. Few readers vote."),
    raises=N_("What were the others looking for?"),
    shape=Share(lambda t: t.helpful),
    unit="share",
    better="high",
    numerator=N_("votes for helpful"),
    denominator=N_("votes"),
    excludes=(Exclusion(N_("no vote"), lambda t: t.helpful.isnull()),),
    beside=("read_share",),
    example=Example(
        rows=(_view("1", helpful=True), _view("2", helpful=False), _view("3")), value=0.5
    ),
)

ESCAPED = replace(
    VIEWS,
    key="escaped_contacts",
    label=N_("Came to us after reading, within 24 hours"),
    says=N_(
        "The share of looks at articles after which the same person came to us within 24 hours, "
        "by any channel and on any matter. Judged a day after."
    ),
    raises=N_("Which article leaves people with their question?"),
    shape=Share(lambda t: t.escaped_24h),
    unit="share",
    better="low",
    numerator=N_("looks followed by a contact of the same person within 24 hours"),
    denominator=N_("looks by known persons, at least 24 hours old"),
    excludes=(UNTRACKED,),
    ripe_seconds=DAY,
    beside=("escaped_contacts_7d", "read_share"),
    example=Example(
        rows=(
            _view("1", escaped_24h=True),
            _view("2", escaped_24h=False),
            _view("3"),
            _view("4", at="2026-03-30T12:00:00Z", escaped_24h=True),
        ),
        value=0.5,
    ),
)

ESCAPED_WEEK = replace(
    ESCAPED,
    key="escaped_contacts_7d",
    variant_of="escaped_contacts",
    label=N_("Came to us after reading, within 7 days"),
    says=N_(
        "The share of looks at articles after which the same person came to us within 7 days, by "
        "any channel and on any matter. Judged a week after."
    ),
    shape=Share(lambda t: t.escaped_7d),
    numerator=N_("looks followed by a contact of the same person within 7 days"),
    denominator=N_("looks by known persons, at least 7 days old"),
    ripe_seconds=7 * DAY,
    beside=("escaped_contacts",),
    example=Example(
        rows=(
            _view("1", escaped_24h=False, escaped_7d=True),
            _view("2", escaped_24h=False, escaped_7d=False),
        ),
        value=0.5,
    ),
)

NEEDING = replace(
    ESCAPED,
    key="articles_needing_work",
    label=N_("Articles that need work"),
    says=N_(
        "The share of articles that are looked at as often as the one in the middle or more, of "
        "whose looks less than half are reads, and after which more people come to us than after "
        "articles in all, beyond chance. Split by article, it says which."
    ),
    raises=N_("Which page shall we write anew first?"),
    shape=NeedingWork(),
    numerator=N_("articles to which all three apply"),
    denominator=N_("articles looked at"),
    excludes=(),
    cluster=("day",),
    beside=("read_share", "escaped_contacts"),
    example=Example(
        rows=(
            *(_view(f"a{n}", article_id="a", read=False, escaped_24h=n < 15) for n in range(20)),
            *(_view(f"b{n}", article_id="b", read=True, escaped_24h=n < 2) for n in range(20)),
            _view("c", article_id="c", read=False, escaped_24h=True),
        ),
        value=1 / 3,
        note=N_("The third is left unread too, but hardly looked at"),
    ),
)


def _started(name: str, **said: Any) -> dict[str, object]:
    return {
        "source": "s",
        "contact_kind": "chat",
        "contact_id": name,
        "at": "2026-03-02T10:00:00Z",
        "article_id": "a",
        **said,
    }


FROM_ARTICLES = replace(
    VIEWS,
    key="article_contacts",
    label=N_("Contacts from articles"),
    says=N_(
        "Contacts that began at an article: a chat or message opened there, or a call to the "
        "number that stands on it alone."
    ),
    raises=N_("What did the article not say that they had to ask?"),
    fact="article_contact_fact",
    numerator=N_("contacts that began at an article"),
    requires=("article|article_view",),
    beside=("article_views", "escaped_contacts"),
    example=Example(rows=(_started("1"), _started("2", contact_kind="call")), value=2),
)


def _search(name: str, results: int | None) -> dict[str, object]:
    return {
        "source": "s",
        "search_id": name,
        "at": "2026-03-02T10:00:00Z",
        "results": results,
        "has_results": None if results is None else results > 0,
    }


SEARCHES = replace(
    VIEWS,
    key="searches",
    label=N_("Searches"),
    says=N_("Searches in the help centre."),
    raises=N_("Why do they have to search?"),
    fact="help_search_fact",
    numerator=N_("searches"),
    requires=("help_search",),
    cluster=("day",),
    beside=("searches_without_result",),
    example=Example(rows=(_search("1", 0), _search("2", 3)), value=2),
)

IN_VAIN = replace(
    SEARCHES,
    key="searches_without_result",
    label=N_("Searches that found nothing"),
    says=N_("The share of searches in the help centre without any result."),
    raises=N_("Which words of theirs are not ours?"),
    shape=Share(lambda t: ~t.has_results),
    unit="share",
    better="low",
    numerator=N_("searches without a result"),
    denominator=N_("searches of which the number of results is known"),
    excludes=(Exclusion(N_("results not known"), lambda t: t.has_results.isnull()),),
    beside=("searches", "topics_without_article"),
    example=Example(
        rows=(_search("1", 0), _search("2", 3), _search("3", None), _search("4", 1)), value=1 / 3
    ),
)

IN_CONTACT = replace(
    COUNTED,
    key="customers_in_contact",
    label=N_("Customers who came to us"),
    says=N_("Different persons who came to us, of those known. It does not add over days."),
    raises=N_("Do many need us, or the same few?"),
    shape=Distinct(("person",)),
    numerator=N_("different persons with a contact"),
    denominator=N_("none: a count of different persons; it does not add over days"),
    excludes=(Exclusion(N_("nobody knows who came"), lambda t: t.person.isnull()),),
    beside=("contacts",),
    example=Example(
        rows=(
            contact("1", person="s/a"),
            contact("2", person="s/a"),
            contact("3", person="s/b"),
            contact("4", identified=False),
        ),
        value=2,
    ),
)

SELF_SERVICE = replace(
    READERS,
    key="self_service_ratio",
    label=N_("Readers for each customer who came to us"),
    says=N_(
        "Readers of the help centre for each customer who came to us. It sets use against volume: "
        "nobody knows how many of the readers would have come otherwise."
    ),
    raises=N_("Do people help themselves, or do they read and come all the same?"),
    shape=Quotient("article_readers", "customers_in_contact"),
    unit="number",
    better="none",
    denominator=N_("different persons with a contact"),
    excludes=(),
    requires=("article_view", *APPROACHES),
    beside=("article_readers", "escaped_contacts"),
    example=Example(
        rows=(_view("1"), _view("2"), _view("3"), _view("4", reader="1")),
        others={"contact_fact": (contact("1", person="s/a"), contact("2", person="s/b"))},
        value=1.5,
    ),
)

TO_CONTACTS = replace(
    SELF_SERVICE,
    key="articles_to_contacts",
    variant_of="self_service_ratio",
    label=N_("Looks at articles for each contact"),
    says=N_(
        "Looks at articles for each contact. It sets use against volume: nobody knows how many of "
        "the looks spared a contact."
    ),
    shape=Quotient("article_views", "contacts"),
    numerator=N_("looks at articles"),
    denominator=N_("contacts"),
    beside=("article_views", "contacts"),
    example=Example(
        rows=(_view("1"), _view("2"), _view("3")),
        others={"contact_fact": (contact("1"), contact("2"))},
        value=1.5,
    ),
)

UNCOVERED = replace(
    COUNTED,
    key="topics_without_article",
    theme=HELP,
    label=N_("Contacts on topics without an article"),
    says=N_(
        "The share of contacts whose topic no article was about at the time, nor about what it is "
        "a part of. Split by topic, it says which."
    ),
    raises=N_("About what do we write nothing, though it is asked most?"),
    shape=Share(lambda t: ~t.has_article),
    unit="share",
    better="low",
    numerator=N_("contacts on topics without an article"),
    denominator=N_("contacts of which the topic is known"),
    excludes=(
        Exclusion(N_("no topic, or no article on any topic"), lambda t: t.has_article.isnull()),
    ),
    beside=("searches_without_result", "contacts"),
    example=Example(
        rows=(
            contact("1", topic="login", has_article=True),
            contact("2", topic="price", has_article=False),
            contact("3"),
        ),
        value=0.5,
    ),
)

METRICS = [
    VIEWS,
    READERS,
    READ_TIME,
    READ,
    HELPFUL,
    ESCAPED,
    ESCAPED_WEEK,
    NEEDING,
    FROM_ARTICLES,
    SEARCHES,
    IN_VAIN,
    IN_CONTACT,
    SELF_SERVICE,
    TO_CONTACTS,
    UNCOVERED,
]

"""One row a look at an article, a contact that began at one, and a search in the help centre."""

import ibis
from ibis.expr.types import StringValue, Value
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import DAY, joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.persons import CUSTOMER, with_person
from regard.facts.shelves import as_it_stood, versions
from regard.store.engine import MOMENT

VIEW = ("source", "view_id")
VISITOR = ("source", "visitor")
CONTACT = ("source", "contact_kind", "contact_id")
HALF_SCROLLED = 50
SHORT, LONG = DAY, 7 * DAY
"""How long after a look a contact says that it did not help: 24 hours, and 7 days."""


def article_view_fact(
    article_view: Relation,
    article: Relation,
    contact_fact: Relation,
    customer: Relation,
    person: Relation,
) -> Relation:
    """Every look at an article: whether it was read, and whether its reader came to us after it."""
    rows = as_it_stood(_known(article_view), article)
    rows = with_person(rows, person)
    rows = _with_contacts(rows, contact_fact)
    half = rows.active_seconds * 2 >= rows.expected_seconds
    told = customer.select(*CUSTOMER, "country", "plan", "kind")
    after = rows.contact_seconds
    return joined(rows, told, CUSTOMER).mutate(
        read=half & (rows.scroll_percent >= HALF_SCROLLED),
        reader=ibis.coalesce(rows.person, rows.source + ibis.literal("//") + rows.visitor),
        escaped_24h=ibis.ifelse(rows.tracked, (after <= SHORT).fill_null(False), None),
        escaped_7d=ibis.ifelse(rows.tracked, (after <= LONG).fill_null(False), None),
    )


def _known(view: Relation) -> Relation:
    """The views that say when and of what, with their customer: also of a visitor who was known at
    another time, if always as the same one.
    """
    rows = view.filter(view["at"].notnull(), view.article_id.notnull())
    named = rows.filter(rows.visitor.notnull(), rows.customer_id.notnull())
    told = named.group_by(*VISITOR).aggregate(
        first_customer=named.customer_id.min(), last_customer=named.customer_id.max()
    )
    told = told.filter(told.first_customer == told.last_customer).drop("last_customer")
    rows = joined(rows, told, VISITOR)
    return rows.mutate(customer_id=ibis.coalesce(rows.customer_id, rows.first_customer))


def _with_contacts(rows: Relation, contact: Relation) -> Relation:
    """The rows with the person's next contact. It is `tracked` where a contact would be known: of a
    person who is one, and not before anything is known of contacts.
    """
    came = contact.filter(contact.person.notnull(), contact["at"].notnull())
    events = ibis.union(
        rows.filter(rows.person.notnull()).select("person", *VIEW, at=rows["at"], came=_never()),
        came.select(
            "person",
            "source",
            view_id=came.contact_kind + ibis.literal("/") + came.contact_id,
            at=came["at"],
            came=came["at"],
        ),
    )
    order = [events["at"], events.came.notnull(), events.source, events.view_id]
    ahead = ibis.window(group_by="person", order_by=order, following=(1, None))
    told = events.mutate(contact_at=events.came.min().over(ahead))
    told = told.filter(told.came.isnull()).select(*VIEW, "contact_at")
    rows = joined(rows, told, VIEW)
    shared = came.filter(came.shared).select("person").distinct()
    shared = shared.mutate(is_shared=ibis.literal(True))
    rows = joined(rows, shared, ("person",))
    rows = rows.cross_join(contact.aggregate(first_contact_at=contact["at"].min()))
    # A look counts from a week before the first contact on: the contact may be due to it.
    begun = (seconds_between(rows["at"], rows.first_contact_at) <= LONG).fill_null(False)
    return rows.mutate(
        contact_seconds=seconds_between(rows["at"], rows.contact_at),
        tracked=rows.person.notnull() & begun & ~rows.is_shared.fill_null(False),
    )


def _never() -> Value:
    return ibis.null(MOMENT)


def article_contact_fact(
    contact_fact: Relation, call_fact: Relation, article: Relation, article_view: Relation
) -> Relation:
    """Every contact that began at an article, once: by what the contact says, by the number that
    stands on that article alone, or by what was noted when it was looked at.
    """
    rows = joined(contact_fact, _by_number(call_fact, article), ("source", "call_id"))
    started = _started(contact_fact, article_view)
    rows = joined(rows, started, CONTACT)
    rows = rows.mutate(
        article_id=ibis.coalesce(rows.article_id, rows.numbered_id, rows.viewed_id),
        view_id=rows.from_view,
    )
    names = (*CONTACT, "at", "article_id", "view_id", "customer_id", "person", "channel")
    known = rows.filter(rows.article_id.notnull()).select(*names)
    lost = article_view.filter(article_view.contact_started.notnull())
    lost = lost.anti_join(_named_contacts(contact_fact), ["source", "contact_started"])
    alone = lost.select(
        "source",
        contact_kind=ibis.literal("started"),
        contact_id=lost.view_id,
        at=lost["at"],
        article_id="article_id",
        view_id="view_id",
        customer_id="customer_id",
        person=ibis.null("string"),
        channel=ibis.null("string"),
    )
    told = ibis.union(known, alone.filter(alone.article_id.notnull(), alone["at"].notnull()))
    return as_it_stood(told, article)


def _by_number(call: Relation, article: Relation) -> Relation:
    """By call: the article on which alone the number stood that was dialled."""
    stood = versions(article)
    stood = stood.filter(stood.number.notnull())
    dialled = call.filter(call.number_called.notnull())
    dialled = dialled.select("source", "call_id", number="number_called")
    both = dialled.inner_join(stood.select("source", "article_id", "number"), ["source", "number"])
    found = both.group_by("source", "call_id").aggregate(
        numbered_id=both.article_id.min(), last_id=both.article_id.max()
    )
    # The same number on two articles is the number of neither.
    return found.filter(found.numbered_id == found.last_id).drop("last_id")


def _named_contacts(contact: Relation) -> Relation:
    """The names by which a view may say which contact began at it: contact, ticket or call."""
    names = ("contact_id", "ticket_id", "call_id")
    each = [contact.select(*CONTACT, contact_started=contact[name]) for name in names]
    every = ibis.union(*each)
    return every.filter(every.contact_started.notnull()).distinct()


def _started(contact: Relation, view: Relation) -> Relation:
    """By contact: the first view at which it was noted to have begun, and of which article."""
    noted = view.filter(view.contact_started.notnull(), view.article_id.notnull())
    noted = noted.select("source", "contact_started", "view_id", "article_id", seen_at="at")
    both = _named_contacts(contact).inner_join(noted, ["source", "contact_started"])
    order = ibis.window(group_by=CONTACT, order_by=[both.seen_at, both.view_id])
    placed = both.mutate(place=ibis.row_number().over(order))
    first = placed.filter(placed.place == 0)
    return first.select(*CONTACT, viewed_id=first.article_id, from_view=first.view_id)


def help_search_fact(help_search: Relation) -> Relation:
    """Every search, and whether it found anything."""
    rows = help_search.filter(help_search["at"].notnull())
    return rows.mutate(
        query=rows.query.strip(), has_results=rows.results > 0, article_id=rows.clicked
    )


def searched(rows: Relation) -> StringValue:
    """The words searched, in small letters: who writes them otherwise looks for the same."""
    words: StringValue = rows.query.lower()
    return words


VIEW_COLUMNS = columns(
    source="text: The system.",
    view_id="text: The look.",
    article_id="text: The article.",
    title="text: Its title then.",
    topic="text: What it is about.",
    language="text: Its language.",
    words="whole: How many words it had then.",
    pictures="whole: How many pictures.",
    at="instant: When it began.",
    customer_id="text: Who, where known: then, or the same visitor at another time.",
    person="text: Who, over all systems; empty where nobody knows.",
    reader="text: The person, else the visitor's pseudonym.",
    active_seconds="whole: Visible and active time; empty where unknown.",
    expected_seconds="whole: How long reading it takes: 200 words a minute, 5 seconds a picture.",
    scroll_percent="whole: How far, 0–100.",
    read="flag: Whether it was read: at least half of that time, and half scrolled.",
    helpful="flag: The vote.",
    contact_started="text: The contact started from it.",
    contact_at="instant: The reader's next contact with us.",
    contact_seconds="whole: From the look to that contact.",
    tracked="flag: Whether a contact by this reader would be known.",
    escaped_24h="flag: Whether the reader came to us within 24 hours; empty where not known.",
    escaped_7d="flag: Whether the reader came to us within 7 days; empty where not known.",
    country="text: The customer's country.",
    kind="text: person or company.",
    plan="text: The customer's plan.",
)

CONTACT_COLUMNS = columns(
    source="text: The system.",
    contact_kind="text: ticket, call, chat, post; started where only the look at the article says "
    "that something began there.",
    contact_id="text: Its id; of what was only started: of the look.",
    at="instant: When the customer came.",
    article_id="text: The article.",
    title="text: Its title then.",
    topic="text: What it is about.",
    language="text: Its language.",
    view_id="text: The look at which it was noted.",
    customer_id="text: Who, in that system.",
    person="text: Who, over all systems.",
    channel="text: How they came.",
)

SEARCH_COLUMNS = columns(
    source="text: The system.",
    search_id="text: The search.",
    at="instant: When.",
    visitor="text: The visitor's pseudonym.",
    query="text: The words searched.",
    results="whole: How many results; empty where unknown.",
    has_results="flag: Whether there were any.",
    article_id="text: The article chosen.",
)

OF_ARTICLE = {
    "source": "source",
    "article": "article_id",
    "title": "title",
    "topic": "topic",
    "language": "language",
}

FACTS = [
    Fact(
        "article_view_fact",
        "Each look at an article: whether it was read, and whether the reader came to us after it.",
        one_row_per="look at an article",
        key=VIEW,
        bucket="view_id",
        reads=("article_view", "article", "contact_fact", "customer"),
        columns=VIEW_COLUMNS,
        build=article_view_fact,
        dimensions={
            **OF_ARTICLE,
            **{name: name for name in ("read", "helpful", "country", "kind", "plan")},
        },
        persons=True,
    ),
    Fact(
        "article_contact_fact",
        "Each contact that began at an article or by its own number.",
        one_row_per="contact from an article",
        key=CONTACT,
        bucket="contact_id",
        reads=("contact_fact", "call_fact", "article", "article_view"),
        columns=CONTACT_COLUMNS,
        build=article_contact_fact,
        dimensions={**OF_ARTICLE, "contact_kind": "contact_kind", "channel": "channel"},
        whole=True,
    ),
    Fact(
        "help_search_fact",
        "Each search in the help centre, and whether it found anything.",
        one_row_per="search",
        key=("source", "search_id"),
        bucket="search_id",
        reads=("help_search",),
        columns=SEARCH_COLUMNS,
        build=help_search_fact,
        dimensions={
            "source": "source",
            "has_results": "has_results",
            "article": "article_id",
        },
        words={"query": searched},
    ),
]

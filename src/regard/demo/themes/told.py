"""What was meant by the side themes: counts by month, for truth.json."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Flags, Whole, stream
from regard.demo.clock import NEVER
from regard.demo.rows import UNKNOWN
from regard.demo.themes.columns import instants, places, same, wholes
from regard.demo.themes.terms import Returns, Terms, returns, terms
from regard.demo.truth import by_month, month_names
from regard.demo.world import Truth, World

Made = Mapping[str, pa.Table]


def _at(world: World, table: pa.Table, column: str, keep: Flags | None = None) -> Mapping[str, int]:
    """How many rows have that instant in each month, of those to keep."""
    at = instants(table[column])
    fits = _inside(world, at)
    return by_month(world.window, at[fits if keep is None else fits & keep])


def of_money(world: World, made: Made) -> Truth:
    """Customers with paid access at the first instant of each month, and those who left in it.

    From the terms, not from the table: a pause and a failed payment that was made good within
    the grace are access; who holds two subscriptions leaves with the last one.
    """
    found = terms(stream(world.seed, "terms"), world, made)
    back = returns(stream(world.seed, "returns"), world.window, found)
    access = _access(found, back)
    months = range(int(world.window.month[-1]) + 1)
    first = [int(np.flatnonzero(world.window.month == number)[0]) for number in months]
    paying = [access.at(int(at)) for at in world.window.hours[first, 0]]
    left = access.left()
    tried = (found.paid == NEVER) | (found.paid > found.starts)
    over = np.where(found.paid < NEVER, found.paid, found.ends)[tried]
    inside = _inside(world, over)
    bought = (found.paid < NEVER)[tried]
    return {
        "customers_paying": dict(zip(month_names(world.window), paying, strict=True)),
        "customers_left": by_month(world.window, left[_inside(world, left)]),
        "trials_ended": by_month(world.window, over[inside]),
        "trials_converted": by_month(world.window, over[inside & bought]),
        "orders": _at(world, made["order"], "at"),
    }


def _inside(world: World, at: Whole) -> Flags:
    made: Flags = (at >= world.window.start) & (at < world.window.end)
    return made


@dataclass(frozen=True)
class _Access:
    """Stretches of paid access by customer: one after the other, in no order of time."""

    customer: Whole
    since: Whole
    until: Whole

    def at(self, instant: int) -> int:
        """How many customers have access at an instant."""
        has = (self.since <= instant) & (self.until > instant)
        return len(np.unique(self.customer[has]))

    def left(self) -> Whole:
        """The instants at which customers lost their last access."""
        gone = np.flatnonzero(self.until < NEVER)
        first = np.searchsorted(self.customer, self.customer[gone])
        still = np.zeros(len(gone), dtype=bool)
        for step in range(int(np.bincount(self.customer).max(initial=0))):
            other = np.minimum(first + step, len(self.customer) - 1)
            mine = self.customer[other] == self.customer[gone]
            covers = (self.since[other] <= self.until[gone]) & (
                self.until[other] > self.until[gone]
            )
            still |= mine & covers
        made: Whole = self.until[gone[~still]]
        return made


def _access(found: Terms, back: Returns) -> _Access:
    pays = np.flatnonzero(found.paid < NEVER)
    of, since, until = back
    customer = np.concatenate([found.customer[pays], found.customer[of]])
    order = np.argsort(customer, kind="stable")
    return _Access(
        customer[order],
        np.concatenate([found.paid[pays], since])[order],
        np.concatenate([found.ends[pays], until])[order],
    )


def of_surveys(world: World, made: Made) -> Truth:
    """Who was asked, by the month of asking; what was answered, by the month of the answer.

    not_asked: of those who could be asked, without chance or a rule being the reason.
    """
    asked, response = made["invitation"], made["response"]
    sent = instants(asked["sent_at"]) < NEVER
    chance = asked["sampled_out"].to_numpy()
    plain = ~sent & ~chance & asked["suppressed_reason"].is_null().to_numpy()
    given = ~response["dismissed"].to_numpy()
    answer = made["answer"]
    at = instants(response["at"])[places(answer["response_id"], response["response_id"])]
    score, high = wholes(answer["score"]), wholes(answer["scale_max"])
    turned = answer["scale_inverted"].fill_null(False).to_numpy()
    good = np.where(turned, wholes(answer["scale_min"]) + high - score, score)
    csat, nps = same(answer["kind"], "csat"), same(answer["kind"], "nps")
    tops = csat & (good >= np.where(high == 7, 6, 4))
    return {
        "surveys_sent": _at(world, asked, "sent_at"),
        "surveys_not_asked": _at(world, asked, "eligible_at", plain),
        "surveys_opened_by_scanners": _at(
            world, asked, "opened_at", sent & (_seconds(asked, "opened_at", "delivered_at") == 0)
        ),
        "responses": _at(world, response, "at", given),
        "csat_answers": by_month(world.window, at[csat]),
        "csat_satisfied": by_month(world.window, at[tops]),
        "nps_answers": by_month(world.window, at[nps]),
        "nps_promoters": by_month(world.window, at[nps & (score >= 9)]),
        "nps_detractors": by_month(world.window, at[nps & (score <= 6)]),
        "cases": _at(world, made["case"], "opened_at"),
    }


def _seconds(table: pa.Table, later: str, earlier: str) -> Whole:
    """Microseconds between two instants; UNKNOWN where one of them is not there."""
    one, other = instants(table[later]), instants(table[earlier])
    known = (one < NEVER) & (other < NEVER)
    return np.where(known, one - np.where(known, other, 0), UNKNOWN)


def of_bots(world: World, made: Made) -> Truth:
    """Sessions by the month of their beginning: all, confirmed, handed over, identified."""
    session = made["bot_session"]
    return {
        "bot_sessions": _at(world, session, "started_at"),
        "bot_confirmed": _at(world, session, "started_at", same(session["outcome"], "resolved")),
        "bot_handed_over": _at(
            world, session, "started_at", same(session["outcome"], "handed_over")
        ),
        "bot_identified": _at(
            world, session, "started_at", session["customer_id"].is_valid().to_numpy()
        ),
    }


def of_help(world: World, made: Made) -> Truth:
    """Views, searches, and searches without a result."""
    view, search = made["article_view"], made["help_search"]
    return {
        "article_views": _at(world, view, "at"),
        "article_contacts": _at(world, view, "at", view["contact_started"].is_valid().to_numpy()),
        "searches": _at(world, search, "at"),
        "searches_without_result": _at(world, search, "at", wholes(search["results"]) == 0),
    }


def of_reviews(world: World, made: Made) -> Truth:
    """Reviews of us, those with every star, and replies by people in the month of the reply."""
    review, reply = made["review"], made["review_reply"]
    ours = same(review["side"], "ours")
    best = ours & (wholes(review["stars"]) == wholes(review["scale_max"]))
    return {
        "reviews": _at(world, review, "posted_at", ours),
        "reviews_with_every_star": _at(world, review, "posted_at", best),
        "review_replies": _at(world, reply, "at", ~reply["automatic"].to_numpy()),
    }


def of_social(world: World, made: Made) -> Truth:
    """Posts in which customers began, and what was said of competitors."""
    post = made["post"]
    began = same(post["side"], "customer") & post["in_reply_to"].is_null().to_numpy()
    return {
        "mentions_begun": _at(world, post, "at", began),
        "competitor_posts": _at(world, post, "at", same(post["side"], "competitor")),
    }


def of_complaints(world: World, made: Made) -> Truth:
    """Complaints by the month they came, and those upheld by the month they were settled."""
    complaint = made["complaint"]
    right = complaint["upheld"].fill_null(False).to_numpy()
    return {
        "complaints": _at(world, complaint, "received_at"),
        "complaints_settled": _at(world, complaint, "settled_at"),
        "complaints_upheld": _at(world, complaint, "settled_at", right),
    }

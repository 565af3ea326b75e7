"""Mails that name each other are one ticket, in whatever order and pieces they come."""

import time
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letters import OURS, box, mail, minute, named, rows, tickets
from regard.core.schema import Row
from regard.ingest.run import run_import
from regard.ingest.sources.mail_settling import settle
from regard.ingest.sources.mbox import parse
from regard.store.store import Store, open_store

BOB, SUPPORT = "bob@example.org", "support@acme.com"
TABLES = ("ticket", "message", "message_text", "customer", "customer_identity", "agent")
FEW = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
places = count()


def groups(folder: Path, *mails: str) -> set[frozenset[str]]:
    """The names of the mails of each ticket."""
    found: dict[str, set[str]] = {}
    for name, row in rows(parse(box(folder, *mails), ours=OURS)).items():
        found.setdefault(row["ticket_id"], set()).add(name)
    return set(map(frozenset, found.values()))


def take(store: Store, folder: Path, *boxes: list[str]) -> None:
    """Import boxes, all at once."""
    files = [box(folder, *mails, name=f"{n}.mbox") for n, mails in enumerate(boxes)]
    parcels = [parse(file, ours=OURS) for file in files]
    run_import(settle(parcels, store), store, folder)


def stored(store: Store, name: str) -> list[Row]:
    """The rows of a table as they stand, whatever import brought them, sorted."""
    with store.snapshot() as snapshot:
        found = snapshot.table(name).drop("import_number").to_pyarrow().to_pylist()
    return sorted(found, key=str)


def told(store: Store) -> tuple[dict[str, str], list[Row]]:
    """The ticket of each mail, merged ones followed, and the tickets that are not merged."""
    listed = stored(store, "ticket")
    heads = {row["ticket_id"]: row["merged_into"] or row["ticket_id"] for row in listed}
    homes = {row["message_id"]: heads[row["ticket_id"]] for row in stored(store, "message")}
    return homes, [row for row in listed if row["merged_into"] is None]


def fresh(folder: Path) -> tuple[Store, Path]:
    """A new store in a folder of its own."""
    place = folder / str(next(places))
    place.mkdir()
    return open_store(place), place


def parted(homes: dict[str, str]) -> set[frozenset[str]]:
    """The mails of each ticket."""
    return {frozenset(n for n in homes if homes[n] == home) for home in homes.values()}


# --- within a box --------------------------------------------------------------------------------


def test_subjects_join_nobody_and_references_do(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        mail("1"),
        mail("2", subject="A question"),
        mail("3", refs="1", subject="Something else"),
        mail("4", BOB, SUPPORT, f"In-Reply-To: {named('3')}"),
    )
    assert found == {frozenset("134"), frozenset("2")}


def test_answers_to_a_mail_that_nobody_has_are_one_matter(tmp_path: Path) -> None:
    found = groups(
        tmp_path, mail("1", refs="gone"), mail("2", refs="older gone"), mail("3", refs="older")
    )
    assert found == {frozenset("123")}


def test_mails_that_name_each_other_in_a_circle_are_one_matter(tmp_path: Path) -> None:
    found = groups(tmp_path, mail("1", refs="2"), mail("2", refs="1"), mail("3", refs="3"))
    assert found == {frozenset("12"), frozenset("3")}


def test_an_address_in_a_reply_header_joins_no_strangers(tmp_path: Path) -> None:
    said = f"In-Reply-To: Message from <{SUPPORT}> of Monday"
    assert len(groups(tmp_path, mail("1", BOB, SUPPORT, said), mail("2", BOB, SUPPORT, said))) == 2


def test_a_hundred_thousand_references_are_read_in_seconds(tmp_path: Path) -> None:
    many = "\n ".join(f"<{n:050d}@long.test>" for n in range(100_000))
    first = mail("1", BOB, SUPPORT, f"References: {many}")
    last = mail("2", BOB, SUPPORT, f"References: <{99_999:050d}@long.test>")
    begun = time.monotonic()
    found = groups(tmp_path, first, last)
    assert found == {frozenset("12")}
    assert time.monotonic() - begun < 20


def test_a_chain_of_many_mails_is_one_matter(tmp_path: Path) -> None:
    chain = [mail(f"{n}", refs=f"{n - 1}" if n else "") for n in range(2000)]
    assert len(groups(tmp_path, *chain)) == 1


def test_a_ticket_begins_with_its_first_mail_and_is_for_who_wrote_first(tmp_path: Path) -> None:
    answer = mail("2", "ann@acme.com", "eve@x.org", refs="1", at=minute(5))
    parcel = parse(box(tmp_path, answer, mail("1", at=minute(0))), ours=OURS)
    (ticket,) = tickets(parcel)
    assert ticket["created_at"] == rows(parcel)["1"]["sent_at"]
    assert ticket["updated_at"] == rows(parcel)["2"]["sent_at"]
    assert ticket["customer_id"] == rows(parcel)["1"]["author"] == ticket["created_by"]


# --- from import to import -----------------------------------------------------------------------


def test_a_ticket_keeps_its_id_when_an_older_mail_turns_up(tmp_path: Path) -> None:
    store, folder = fresh(tmp_path)
    take(store, folder, [mail("3", BOB, SUPPORT, f"In-Reply-To: {named('2')}", at=minute(9))])
    (before,) = told(store)[1]
    take(store, folder, [mail("1", at=minute(1)), mail("2", refs="1", at=minute(5))])
    (after,) = told(store)[1]
    assert after["ticket_id"] == before["ticket_id"]
    assert after["created_at"] < before["created_at"]
    assert len(stored(store, "ticket")) == 1


def test_a_mail_that_shows_two_tickets_to_be_one_merges_them(tmp_path: Path) -> None:
    store, folder = fresh(tmp_path)
    reply = f"In-Reply-To: {named('2')}"
    take(store, folder, [mail("1", at=minute(1)), mail("3", BOB, SUPPORT, reply, at=minute(9))])
    assert len(told(store)[1]) == 2
    take(store, folder, [mail("2", refs="1", at=minute(5))])
    homes, (ticket,) = told(store)
    assert set(homes.values()) == {ticket["ticket_id"]}
    assert homes["1@mail.test"] == ticket["ticket_id"]
    assert len(stored(store, "message")) == 3


def test_two_folders_of_one_box_are_joined(tmp_path: Path) -> None:
    store, folder = fresh(tmp_path)
    sent = mail("2", "ann@acme.com", BOB, refs="1", at=minute(5))
    take(store, folder, [mail("1")], [sent, mail("1")])
    homes, listed = told(store)
    assert (len(homes), len(listed)) == (2, 1)


def test_reading_again_changes_nothing(tmp_path: Path) -> None:
    store, folder = fresh(tmp_path)
    mails = [mail("1"), mail("2", "ann@acme.com", BOB, refs="1"), mail(None)]
    take(store, folder, mails[:2])
    take(store, folder, mails)
    version = store.head().version
    take(store, folder, mails[1:])
    take(store, folder, mails)
    assert store.head().version == version


def whole_threads() -> st.SearchStrategy[list[str]]:
    """Boxes of mails that name their whole chain, as most programs do."""

    def box_of(parents: list[int]) -> list[str]:
        chains: list[str] = []
        mails = []
        for n, parent in enumerate(parents):
            # Every mail answers an earlier one or begins a matter; so chains are told in full.
            chain = f"{chains[parent % n]} {parent % n}".strip() if n and parent else ""
            chains.append(chain)
            by, to = ("ann@acme.com", BOB) if parent % 3 == 1 else (f"b{parent}@x.org", SUPPORT)
            mails.append(mail(f"{n}", by, to, at=minute(n), refs=chain))
        return mails

    return st.lists(st.integers(0, 30), min_size=1, max_size=12).map(box_of)


def any_threads() -> st.SearchStrategy[list[str]]:
    """Boxes of mails that name any others, also ones that are not there."""
    one = st.tuples(st.lists(st.integers(0, 15), max_size=3), st.booleans(), st.integers(0, 200))

    def box_of(drawn: list[tuple[list[int], bool, int]]) -> list[str]:
        return [
            mail(
                f"{n}",
                "ann@acme.com" if ours else f"b{n}@x.org",
                f"c{n}@x.org" if ours else SUPPORT,
                at=minute(when),
                refs=" ".join(map(str, named_)),
            )
            for n, (named_, ours, when) in enumerate(drawn)
        ]

    return st.lists(one, min_size=1, max_size=10).map(box_of)


@FEW
@given(mails=whole_threads(), chance=st.randoms(use_true_random=False))
def test_a_box_in_random_halves_gives_the_tickets_of_the_whole(
    mails: list[str], chance: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole, halves = (fresh(tmp_path_factory.mktemp("box")) for _ in range(2))
    take(*whole, mails)
    first = [one for one in mails if chance.random() < 0.5]  # type: ignore[attr-defined]
    take(*halves, first)
    take(*halves, [one for one in mails if one not in first])
    for name in TABLES:
        assert stored(halves[0], name) == stored(whole[0], name)


@FEW
@given(mails=any_threads(), chance=st.randoms(use_true_random=False))
def test_mails_that_name_little_are_in_halves_the_matters_of_the_whole(
    mails: list[str], chance: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole, halves = (fresh(tmp_path_factory.mktemp("box")) for _ in range(2))
    take(*whole, mails)
    first = [one for one in mails if chance.random() < 0.5]  # type: ignore[attr-defined]
    take(*halves, first)
    take(*halves, [one for one in mails if one not in first])
    (homes, listed), (wanted_homes, wanted) = told(halves[0]), told(whole[0])
    assert parted(homes) == parted(wanted_homes)
    # Which of several ids a merged matter keeps is the store's; all else is that of the whole.
    for rows_ in (listed, wanted):
        for row in rows_:
            row["ticket_id"] = ""
    assert sorted(listed, key=str) == sorted(wanted, key=str)
    for name in ("customer", "customer_identity", "agent"):
        assert stored(halves[0], name) == stored(whole[0], name)

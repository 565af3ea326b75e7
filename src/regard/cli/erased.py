"""`regard erase`: a customer's words and addresses taken away everywhere; the numbers stay."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regard.cli.console import answers, progress, remark, say, table
from regard.cli.options import WorkspaceOption, workspace_of
from regard.core.errors import RegardError, UnknownName
from regard.core.i18n import N_, translate
from regard.core.settings import Settings

if TYPE_CHECKING:
    from regard.ingest.erased import Book
    from regard.store.belonging import Gone
    from regard.store.snapshot import Snapshot
    from regard.store.store import Store

NOBODY_NAMED = (
    "No customer was named, and no erasure was interrupted. Say whom to erase: "
    "`regard erase SOURCE/ID`, or an address of theirs."
)
HEADS = (N_("Table"), N_("Rows of theirs"), N_("Rows that change"))


def erase(
    customer: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE/ID|ADDRESS",
            show_default=False,
            help="The customer, or a mail address, telephone or account of theirs. Without one, "
            "an erasure that was interrupted is finished.",
        ),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Erase a customer's words, addresses and ids from every source, file and former version.

    Rows stay without them, so that every number stays as it is.
    """
    from regard.ingest.erased import turn_of
    from regard.store.lock import held
    from regard.store.store import open_store
    from regard.store.workspace import read_settings

    folder, _ = workspace_of(workspace)
    finished = finish_interrupted(folder)
    if not customer:
        if not finished:
            raise RegardError(NOBODY_NAMED)
        return
    # What was finished may have renamed those who are joined with nobody.
    settings = read_settings(folder)
    language = settings.language
    store = open_store(folder)
    found = None if _is_erased(folder, customer) else _found(folder, settings, store, customer)
    if found is None:
        said = N_("{customer} has been erased already; nothing was changed.")
        say(translate(said, language, customer=customer))
        return
    gone, version = found
    _announce(folder, language, store, gone)
    plan = N_(
        "Words will be blank, and pseudonyms stand for addresses and ids. Rows and numbers stay; "
        "former versions of the store go."
    )
    say(translate(plan, language))
    question = N_("Erase their words and addresses for ever?")
    if not yes and not typer.confirm(translate(question, language), err=True):
        say(translate(N_("Nothing was changed."), language))
        return
    with held(turn_of(folder)):
        _carry_out(folder, language, store, gone, version)


def finish_interrupted(folder: Path) -> bool:
    """Finish an erasure of a workspace that was interrupted; whether there was one."""
    from regard.ingest.erasing import pending

    if pending(folder) is None:
        return False
    from regard.ingest.erased import turn_of
    from regard.store.lock import held
    from regard.store.store import open_store
    from regard.store.workspace import read_settings

    language = read_settings(folder).language
    said = N_("An erasure was interrupted; it is finished first.")
    with held(turn_of(folder)):
        unfinished = pending(folder)
        if unfinished is not None:
            remark(translate(said, language))
            _carry_out(folder, language, open_store(folder), unfinished, 0)
    return True


def _is_erased(folder: Path, customer: str) -> bool:
    from regard.ingest.erased import read_book

    book = read_book(folder)
    parts = customer.split("/")
    return book is not None and any(
        book.customer("/".join(parts[:at]), "/".join(parts[at:])) for at in range(1, len(parts))
    )


def _found(
    folder: Path, settings: Settings, store: "Store", customer: str
) -> tuple["Gone", int] | None:
    """What there is of a customer and of whom they are one with, in which version of the store.

    None: of an address that was erased.
    """
    from regard.ingest.erased import read_book
    from regard.store.erasing import find

    with store.snapshot() as snapshot:
        customers = _whom(snapshot, customer, settings, read_book(folder))
        head = snapshot.manifest
    if customers is None:
        return None
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return find(store, head, customers, at), head.version


def _whom(
    snapshot: "Snapshot", said: str, settings: Settings, book: "Book | None"
) -> tuple[tuple[str, str], ...] | None:
    """The customers who are one person with whoever has, or had, that name, else that address.

    None: of an address that was erased.
    """
    from regard.facts.customers import same_person, with_address

    try:
        return same_person(snapshot, said, settings.apart)
    except UnknownName:
        for name in _pseudonyms(book, said):
            with suppress(UnknownName):
                return same_person(snapshot, name, settings.apart)
        held = with_address(snapshot, said)
        persons = {same_person(snapshot, one, settings.apart) for one in held}
        if not persons:
            if book is not None and book.address(said):
                return None
            raise
    if len(persons) > 1:
        raise RegardError(
            f"Several customers have the address {said}: {', '.join(held)}. "
            "Say which of them to erase, as SOURCE/ID."
        )
    return persons.pop()


def _pseudonyms(book: "Book | None", said: str) -> Iterator[str]:
    """What somebody may be called whose id was an address that went with somebody else."""
    from regard.store.marks import stand_in

    if book is None:
        return
    parts = said.split("/")
    for at in range(1, len(parts)):
        yield f"{'/'.join(parts[:at])}/{stand_in(book.key, '/'.join(parts[at:]))}"


def _announce(folder: Path, language: str, store: "Store", gone: "Gone") -> None:
    """Say who is meant, and how many rows of which tables are theirs."""
    from regard.ingest.erasing import in_quarantine
    from regard.store.erasing import counted, namesakes

    names = ", ".join(f"{source}/{id_}" for source, id_ in gone.customers)
    say(translate(N_("One person: {names}"), language, names=names))
    others = [f"{source}/{id_}" for source, id_ in namesakes(store, store.head(), gone)]
    if others:
        said = N_("Known by an address of theirs, but not erased with them: {names}")
        remark(translate(said, language, names=", ".join(others)), style="yellow")
    heads = [translate(text, language) for text in HEADS]
    shown = table(*heads, numbers=(heads[1], heads[2]))
    for name, (mine, touched) in counted(store, store.head(), gone).items():
        shown.add_row(name, f"{mine:,}", f"{touched:,}")
    answers().print(shown)
    aside = in_quarantine(folder, gone)
    say(translate(N_("Rows in quarantine: {count}"), language, count=f"{aside:,}"))


def _carry_out(folder: Path, language: str, store: "Store", gone: "Gone", version: int) -> None:
    from regard.facts.build import build
    from regard.ingest.erasing import begin, finish

    begin(folder, store, gone, version)
    if store.head().facts:
        # Not with what today's readers would find besides: the numbers are to stay.
        with progress(translate(N_("Building"), language)) as told:
            build(folder, full=True, progress=told)
    left = finish(folder, store)
    said = N_("Erased. Copies elsewhere, such as backups and exports, are yours to erase.")
    say(translate(said, language))
    if left:
        said = N_("These files are not Regard's and still hold an address: {files}")
        remark(translate(said, language, files=", ".join(map(str, left))), style="yellow")

"""`regard text`: what readers find in customers' words, and teaching them from one's own labels."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from regard.cli.console import answers, progress, remark, say, table
from regard.cli.options import WorkspaceOption, workspace_of
from regard.core.errors import UnknownName
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.text.head import Head

group = typer.Typer(
    no_args_is_help=True, help="Readers of customers' words: what they read, and teaching them."
)

KindsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KIND]...", help="type, complaint, sentiment; else all of them."),
]

LABELS = N_("Learnt from {lessons} different texts: {labels}")
LEFT_OUT = N_("Left out, with fewer than {fewest} texts: {labels}")
CHECKED = N_(
    "Right about {share} of {tried} texts that it had not seen ({low} to {high}, "
    "five-fold cross-validation)"
)
NEWEST = N_(
    "Learnt from the older texts, right about {share} of the newest {tried} ({low} to {high})"
)
SPEAKS = N_(
    "Says something of {covered} of them, and is right in {share} of what it says "
    "({low} to {high}); else it abstains"
)
COMPARED = N_(
    "On {texts} of these texts pieces of words are right {ngrams} times, sentence vectors "
    "{vectors} times: {used} are used"
)
USED = {"ngrams": N_("pieces of words"), "vectors": N_("sentence vectors")}
KEPT = N_("{kind}: version {version} has learnt from these same texts. It stays.")
NOW = N_("{kind}: version {version} is used from now on. `regard build` reads everything with it.")


@group.command("train")
def train(kinds: KindsArgument = None, workspace: WorkspaceOption = None) -> None:
    """Teach readers from the workspace's own labelled tickets, complaints and scored comments.

    Where no KIND is named, those with too little to learn from are passed over.
    """
    folder, settings = workspace_of(workspace)
    from regard.ingest import models
    from regard.ingest.lessons import TEACHERS
    from regard.store.store import open_store
    from regard.text.lessons import TooFewLessons

    language = settings.language
    for kind in kinds or ():
        if kind not in TEACHERS:
            raise UnknownName("kind of reading that can be learnt", kind, TEACHERS)
    for kind in kinds or TEACHERS:
        try:
            with progress(translate(N_("Learning"), language)) as told:
                head, version, new = models.train(kind, open_store(folder), folder, told)
        except TooFewLessons as error:
            if kinds:
                raise
            remark(f"{kind}: {error}")
            continue
        for line in learnt(head, language):
            say(line)
        say(translate(NOW if new else KEPT, language, kind=kind, version=version))


@group.command("readings")
def readings(workspace: WorkspaceOption = None) -> None:
    """List the readers, their versions, and how many rows each has read."""
    folder, settings = workspace_of(workspace)
    from regard.ingest.models import FIRST, readers_of
    from regard.ingest.readings import counts
    from regard.store.store import open_store

    language = settings.language
    read = counts(open_store(folder))
    now = {(one.kind, one.version): one for one in readers_of(folder)}
    heads = (
        N_("Kind"),
        N_("Version"),
        N_("Made by"),
        N_("Reads"),
        N_("Rows"),
        N_("Says something"),
    )
    titles = [translate(text, language) for text in heads]
    shown = table(*titles, numbers=(titles[4], titles[5]))
    for kind, version in sorted({*read, *now}):
        rows, said = read.get((kind, version), (0, 0))
        used = now.get((kind, version))
        reads = ", ".join(used.subjects) if used else translate(N_("no longer used"), language)
        own = int(version) >= FIRST
        maker = translate(N_("this workspace") if own else N_("Regard"), language)
        shown.add_row(kind, version, maker, reads, f"{rows:,}", f"{said:,}")
    answers().print(shown)


def learnt(head: "Head", language: str) -> Iterator[str]:
    """What a head has learnt and how well it does, a sentence each."""
    from regard.text.lessons import FEWEST

    about = head.about
    labels = ", ".join(f"{label} {count:,}" for label, count in about["labels"].items())
    yield translate(LABELS, language, lessons=f"{about['lessons']:,}", labels=labels)
    if about["left_out"]:
        left = ", ".join(f"{label} {count}" for label, count in about["left_out"].items())
        yield translate(LEFT_OUT, language, fewest=FEWEST, labels=left)
    yield _share(CHECKED, about["right"], about["tried"], language)
    if about["newest"]:
        yield _share(NEWEST, about["newest"]["right"], about["newest"]["tried"], language)
    yield _share(SPEAKS, about["said_right"], about["said"], language, covered=about["covered"])
    if about["compared"]:
        told = about["compared"]
        yield translate(
            COMPARED,
            language,
            texts=f"{told['texts']:,}",
            ngrams=f"{told['ngrams_right']:,}",
            vectors=f"{told['vectors_right']:,}",
            used=translate(USED[head.features], language),
        )


def _share(text: str, right: int, tried: int, language: str, covered: int = 0) -> str:
    """A sentence with a share and its 95 % interval (Wilson)."""
    from regard.report.format import say_share
    from regard.stats.proportion import wilson

    found = wilson(right, tried)
    values = (found.value, found.low, found.high)
    share, low, high = ("–" if one is None else say_share(one, language) for one in values)
    told = {"share": share, "low": low, "high": high}
    return translate(text, language, **told, tried=f"{tried:,}", covered=f"{covered:,}")

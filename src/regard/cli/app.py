"""The program `regard`: its commands, and errors said in one line instead of a traceback."""

import os
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

import regard
from regard.cli import (
    aims,
    builds,
    checkup,
    demos,
    erased,
    exports,
    imports,
    joined,
    judged,
    machines,
    quarantined,
    questions,
    site,
    spaces,
    texts,
    trending,
    unasked,
)
from regard.cli.console import complain, say
from regard.core.errors import RegardError

FAILED = 2
STOPPED = 130

app = typer.Typer(
    name="regard",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Measures how well a company treats its customers.",
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        say(f"regard {regard.__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    pass


app.command("init")(spaces.init)
app.add_typer(imports.group, name="import")
app.add_typer(quarantined.group, name="quarantine")
app.command("build")(builds.build)
app.add_typer(machines.group, name="bots")
app.add_typer(joined.group, name="customers")
app.add_typer(texts.group, name="text")
app.command("metrics")(questions.metrics)
app.command("explain")(questions.explain)
app.command("ask")(questions.ask)
app.command("compare")(judged.compare)
app.command("guard")(judged.guard)
app.command("changes")(judged.changes)
app.command("warnings")(judged.warnings)
app.command("trend")(trending.trend)
app.add_typer(trending.limits, name="limits")
app.command("types")(trending.types)
app.command("goals")(aims.goals)
app.command("unasked")(unasked.unasked)
app.command("erase")(erased.erase)
app.command("export")(exports.export)
app.add_typer(demos.group, name="demo")
app.command("serve")(site.serve)
app.command("doctor")(checkup.doctor)


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command line (without the program's name; None: this process's) and exit.

    Exit codes: 0 done; 1 `doctor` found something missing; 2 it could not be done, with one
    message on stderr that says what was wrong and what to do next; 130 stopped by the user.
    REGARD_DEBUG=1 shows the traceback instead.
    """
    debug = os.environ.get("REGARD_DEBUG") == "1"
    try:
        app(args=None if words is None else list(words), prog_name="regard")
    except RegardError as error:
        if debug:
            raise
        complain(str(error))
    except KeyboardInterrupt:
        complain("Stopped.")
        raise SystemExit(STOPPED) from None
    except OSError as error:
        if debug:
            raise
        where = error.filename or "A file"
        complain(f"{where}: {error.strerror or error}. Mend that and run again.")
    raise SystemExit(FAILED)

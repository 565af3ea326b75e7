"""The languages' catalogues: `update` them from the code, `compile` them, list what is `missing`.

Strings are those marked N_ in Python, those of Django's gettext functions, and those of templates.
`update` adds new strings with empty translations, keeps what is translated and drops what is gone.
"""

import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from regard.web.extraction import extract_template

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "regard"
LOCALE = SOURCE / "locale"
LANGUAGES = ("ar", "bg", "ms", "pl")
KEYWORDS = {
    "N_": None,
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "translate_count": (1, 2),
}


def main(words: list[str]) -> int:
    """Run one command; the exit code."""
    match words:
        case ["update"]:
            for language in LANGUAGES:
                _update(language)
        case ["compile", *files]:
            for file in map(Path, files) if files else LOCALE.glob("*/LC_MESSAGES/django.po"):
                _compile(file)
        case ["missing"]:
            found = list(_missing())
            sys.stdout.writelines(f"{line}\n" for line in found)
            return 1 if found else 0
        case _:
            sys.stderr.write("Say one of: update, compile [FILE...], missing.\n")
            return 2
    return 0


def strings() -> Catalog:
    """Every marked string of the code and of the templates, with the files it stands in."""
    found = Catalog(project="Regard", charset="utf-8")
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]):
        how: Any = extract_template if path.suffix == ".html" else "python"
        place = path.relative_to(ROOT).as_posix()
        with path.open("rb") as file:
            for _, said, _, context in extract(how, file, keywords=KEYWORDS):
                if said and any(said):
                    # No line numbers: they would change with every edit.
                    found.add(_plural(said), locations=[(place, 0)], context=context)
    return _joined(found)


def _plural(said: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return tuple(each for each in said if each) if isinstance(said, tuple) else said


def _joined(found: Catalog) -> Catalog:
    """Without the singular entries of strings that have a plural one: N_ marks both forms."""
    pairs = {form for each in found if each.pluralizable for form in each.id}
    joined = Catalog(project="Regard", charset="utf-8")
    for each in found:
        if each.id and (each.pluralizable or each.id not in pairs):
            joined.add(each.id, locations=each.locations, flags=each.flags, context=each.context)
    return joined


def _file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(language: str) -> Catalog:
    path = _file(language)
    if not path.exists():
        comment = f"# Regard in {language}. Apache-2.0."
        return Catalog(language, project="Regard", header_comment=comment, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _update(language: str) -> None:
    known = _read(language)
    known.update(strings(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    path = _file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=100, sort_output=True, ignore_obsolete=True, omit_header=False)


def _compile(path: Path) -> None:
    with path.open("rb") as file:
        known = read_po(file, locale=path.parent.parent.name)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        write_mo(file, known)
    draft.replace(path.with_suffix(".mo"))


def _missing() -> Iterator[str]:
    """A line for each string that a language lacks or whose placeholders differ."""
    wanted = [each for each in strings() if each.id]
    for language in LANGUAGES:
        known = _read(language)
        for each in wanted:
            told = known.get(each.id, each.context)
            said = [each.id] if isinstance(each.id, str) else list(each.id)
            forms = _forms(told)
            places = ", ".join(sorted({place for place, _ in each.locations}))
            if told is None or not forms or not all(forms) or told.fuzzy:
                yield f"{language}: not translated: {said[0]!r} ({places})"
            elif any(_holes(form) - _holes(*said) for form in forms):
                yield f"{language}: other placeholders: {said[0]!r} ({places})"
            elif not each.pluralizable and _holes(*said) != _holes(*forms):
                yield f"{language}: placeholders left out: {said[0]!r} ({places})"


def _forms(told: Message | None) -> list[str]:
    if told is None or not told.string:
        return []
    return [told.string] if isinstance(told.string, str) else list(told.string)


def _holes(*texts: str) -> set[str]:
    """The placeholders of texts: {name} and %(name)s."""
    found: set[str] = set()
    for text in texts:
        found.update(text[at + 2 : text.index(")", at)] for at in _percents(text))
        try:
            found.update(name for _, name, _, _ in string.Formatter().parse(text) if name)
        except ValueError:
            found.add(text)
    return found


def _percents(text: str) -> Iterator[int]:
    at = text.find("%(")
    while at >= 0:
        yield at
        at = text.find("%(", at + 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

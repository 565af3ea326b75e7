"""The page of the metrics in each language of the product, from their declarations."""

from typing import TYPE_CHECKING

from regard.core.i18n import N_, direction, translate

if TYPE_CHECKING:
    from regard.report.definition import Definition

EXAMPLE_ROWS = 12
INTRO = N_(
    "Each is declared once, in `src/regard/metrics/catalogue`; this page, `regard explain KEY`, "
    "the site and the tests read that declaration."
)


def metric_page(language: str) -> str:
    """The page in a language; what runs from right to left says so."""
    from regard.metrics.metric import catalogue
    from regard.report.definition import define

    said = [f"# {translate(N_('Metrics'), language)}", translate(INTRO, language)]
    if direction(language) == "rtl":
        said.insert(0, '<div dir="rtl">')
    every = sorted(catalogue().values(), key=lambda one: one.key)
    for theme in sorted({one.theme for one in every}):
        said.append(f"## {translate(theme, language)}")
        for one in every:
            if one.theme == theme:
                said += _metric(define(one, language), translate(one.label, language), language)
    return "\n\n".join([*said, "</div>"] if direction(language) == "rtl" else said)


def _metric(said: "Definition", label: str, language: str) -> list[str]:
    named = {line.name: line.text for line in said.lines}
    named[translate(N_("Defined by"), language)] = said.cited
    named[translate(N_("Version"), language)] = str(said.version)
    worked = said.worked
    example = translate(
        N_("Worked example, which is also a test: {value}."), language, value=worked.value
    )
    text = [
        f"### `{said.key}`: {label}",
        f"{said.says} {said.raises}",
        "\n".join(f"- {name}: {told}" for name, told in named.items()),
        f"{example} {worked.note}".strip(),
    ]
    if worked.columns:
        rows = [worked.columns, ["---"] * len(worked.columns), *worked.rows[:EXAMPLE_ROWS]]
        text.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    if len(worked.rows) > EXAMPLE_ROWS:
        more = f"{len(worked.rows) - EXAMPLE_ROWS:,}"
        text.append(translate(N_("… and {count} rows more."), language, count=more))
    return text

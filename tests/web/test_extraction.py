"""Marked strings of templates are found for translation."""

from io import BytesIO
from typing import Any

from babel.messages.extract import extract

from regard.web.extraction import extract_template

TEMPLATE = """{% load i18n %}<h1>{% translate "Board" %}</h1>
{% blocktranslate count n=many %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% translate "before" context "a day" %}"""


def test_plain_counted_and_contextual_strings_are_found() -> None:
    keywords = {"gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    # Babel hands over open files of any kind; its types say less.
    how: Any = extract_template
    found = extract(how, BytesIO(TEMPLATE.encode()), keywords=keywords)
    said = [(message, context) for _, message, _, context in found]
    assert said == [
        ("Board", None),
        (("%(n)s row", "%(n)s rows"), None),
        ("before", "a day"),
    ]

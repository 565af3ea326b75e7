"""Marked strings of templates, for babel: Django's own reading of them, then Python's."""

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize


def extract_template(
    file: BinaryIO,
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Any,
) -> Iterator[Any]:
    """(line, function, messages, comments) of every marked string in a Django template."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    text = templatize(file.read().decode("utf-8"))
    yield from extract_python(BytesIO(text.encode("utf-8")), keywords, comment_tags, options)

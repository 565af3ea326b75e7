"""What every page shows around its own matter: the company, languages, direction."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from regard.core.i18n import direction
from regard.web.addresses import language_links


def language_here() -> str:
    """The language of the request, one of the product's."""
    said = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return said if said in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Template values that every page has."""
    language = language_here()
    return {
        "company": settings.COMPANY.name,
        "language": language,
        "direction": direction(language),
        "language_links": language_links(request, dict(settings.LANGUAGES)),
    }

"""What a reader sees when something is wrong: what it was, and what to do next."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.insight.anonymity import Anonymous

Answer = Callable[[HttpRequest], HttpResponse]
API = "/api/"


class Mended:
    """Middleware that turns our own errors into pages (JSON under /api/) with the next step."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a RegardError; anything else is a fault of ours and left to Django."""
        return problem(request, str(error), status_of(error)) if is_ours(error) else None


def is_ours(error: Exception) -> bool:
    """Whether the error's text was written for the reader."""
    return isinstance(error, RegardError)


def status_of(error: Exception) -> int:
    """404 for a metric there is not, 400 for a bad question, 403 for one that would show people.

    503 where the data are missing.
    """
    if isinstance(error, Anonymous):
        return 403
    if isinstance(error, UnknownName):
        return 404 if error.kind == "metric" else 400
    return 400 if isinstance(error, BadValue) else 503


def problem(request: HttpRequest, text: str, status: int) -> HttpResponse:
    """A problem as a page, or as JSON for programs."""
    if request.path.startswith(API):
        return JsonResponse({"error": text}, status=status)
    return render(request, "problem.html", {"text": text, "status": status}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    return problem(request, "", 404)

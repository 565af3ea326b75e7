"""What happens to every request and answer: security headers, language, errors for people."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
NEVER = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def policy(get_response: Answer) -> Answer:
    """Say what a page may load: its own files and nothing else, no inline script or style."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", NEVER)
        return response

    return answer


def language(get_response: Answer) -> Answer:
    """Let `?lang=` choose the language and remember it; the next middleware reads the cookie."""

    def answer(request: HttpRequest) -> HttpResponse:
        said = request.GET.get("lang", "")
        known = said in dict(settings.LANGUAGES)
        if known:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = said
        response = get_response(request)
        if known:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                said,
                max_age=365 * 86400,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return answer

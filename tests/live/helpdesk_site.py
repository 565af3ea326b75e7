"""A django-helpdesk of its own folder, for tests: acts on standard input, then it is served.

Run as `python helpdesk_site.py FOLDER PORT`; each line of input is one act as JSON, the word
`serve` ends them. Its code does what its mail gate and its pages do; then the instant is set.
"""

import json
import logging
import sys
from datetime import datetime
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.urls import include, path

APPS = ("contenttypes", "auth", "sessions", "messages", "sites", "admin", "humanize")
DJANGO = "django.DjangoTemplates"
PASSWORD = "pass-word"
urlpatterns: list[Any] = []
"""Filled once the desk is set up."""


class Silent(WSGIRequestHandler):
    """Serves without writing a line for each request."""

    def log_message(self, *_said: Any) -> None:
        """Write nothing."""


def configure(folder: Path) -> None:
    """Settings of a site that has nothing but the help desk."""
    settings.configure(
        SECRET_KEY="only for tests",
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "desk.sqlite"}
        },
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPS), "helpdesk", "rest_framework"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        ROOT_URLCONF=__name__,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        SITE_ID=1,
        USE_TZ=True,
        STATIC_URL="/static/",
        MEDIA_ROOT=folder / "media",
        LOGIN_URL="/desk/login/",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()
    urlpatterns.append(path("desk/", include("helpdesk.urls", namespace="helpdesk")))


def models() -> Any:
    """The desk's models; its code says no types."""
    return import_module("helpdesk.models")


def tell(line: object) -> None:
    """Write a line on standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def begin() -> None:
    """An empty desk with two people and a queue."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for name in ("ola", "jan"):
        get_user_model().objects.create_superuser(name, f"{name}@desk.test", PASSWORD)
    models().Queue.objects.create(title="Support", slug="support", allow_email_submission=True)


def do(act: dict[str, Any]) -> int:
    """Have one act done; the ticket's number."""
    from django.contrib.auth import get_user_model
    from helpdesk.email import extract_email_metadata

    queue = models().Queue.objects.get()
    if "mail" in act:
        letter = EmailMessage()
        letter["From"], letter["To"] = act["mail"], "help@desk.test"
        number = act.get("ticket")
        letter["Subject"] = f"Re: [support-{number}] x" if number else act["text"]
        letter.set_content(act["text"])
        ticket: Any = extract_email_metadata(letter.as_string(), queue, logging.getLogger())
    else:
        ticket = models().Ticket.objects.get(id=act["ticket"])
        user = get_user_model().objects.get(username=act["by"])
        said = {name: act[name] for name in ("comment", "public", "new_status") if name in act}
        import_module("helpdesk.update_ticket").update_ticket(user, ticket, **said)
    last = models().FollowUp.objects.latest("id")
    models().FollowUp.objects.filter(id=last.id).update(date=datetime.fromisoformat(act["at"]))
    return int(ticket.id)


def main() -> None:
    """Set up where nothing is yet, do what is said, serve."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    fresh = not (folder / "desk.sqlite").exists()
    configure(folder)
    if fresh:
        begin()
    for line in sys.stdin:
        if line.strip() == "serve":
            break
        tell(do(json.loads(line)))
    from django.core.wsgi import get_wsgi_application

    with make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Silent) as server:
        tell("serving")
        server.serve_forever()


if __name__ == "__main__":
    main()

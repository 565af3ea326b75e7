"""The site as Django knows it."""

from django.apps import AppConfig


class Web(AppConfig):
    """Pages, static files and template tags."""

    name = "regard.web"
    label = "web"

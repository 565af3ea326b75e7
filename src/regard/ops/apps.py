"""The operational side as Django knows it."""

from django.apps import AppConfig


class Ops(AppConfig):
    """People and, later, surveys, cases, goals and the outbox."""

    name = "regard.ops"
    label = "ops"
    default_auto_field = "django.db.models.BigAutoField"

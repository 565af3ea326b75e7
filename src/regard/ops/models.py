"""What is kept in the operational database."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.core.i18n import NAMES


class User(AbstractUser):
    """A person who signs in; language and zone empty for the workspace's."""

    language = models.CharField(
        _("language"), max_length=8, blank=True, default="", choices=list(NAMES.items())
    )
    zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        default="",
        help_text=_("An IANA name such as Europe/Warsaw; empty for the company's own."),
    )

    class Meta:
        """Names for people."""

        verbose_name = _("person")
        verbose_name_plural = _("people")

"""Links to other sites, and the results of their checks."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class LinkCheck(models.Model):
    """A web address that public pages link to, with the result of its last check (`home/link_checks.py`)."""

    url = models.URLField(_("address"), max_length=1000, unique=True)
    pages = models.ManyToManyField(Page, related_name="+")
    # When the address was last requested, and when it last worked.
    checked_at = models.DateTimeField(null=True, db_index=True)
    worked_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    # True after two failures in a row, because one failure may be temporary.
    is_broken = models.BooleanField(default=False)
    # The status code, or the kind of error (`LinkCheck.explanation`).
    reason = models.CharField(max_length=100, blank=True)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("link to another site")
        verbose_name_plural = _("links to other sites")
        ordering = ["url"]
        default_permissions = ()

    def __str__(self):
        return self.url

    @property
    def explanation(self) -> str:
        """The reason as text in the active language."""
        texts = {
            "timeout": _("no answer in time"),
            "no answer": _("no answer"),
            "invalid certificate": _("no secure connection"),
            "unknown host": _("there is no such website"),
            "not a public address": _("not a public address"),
            "no web address": _("not a web address"),
            "too many redirects": _("too many redirects"),
            "404": _("the page was not found (404)"),
            "410": _("the page was removed (410)"),
        }
        return str(texts.get(self.reason) or gettext("answer %(code)s") % {"code": self.reason})

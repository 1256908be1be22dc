"""Pages whose content is a body of blocks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.fields import StreamField
from wagtail_localize.fields import SynchronizedField

from home.blocks import BodyBlock, sections_of
from home.models.base import BasePage
from home.validity import memoized_parts


class BodyPage(BasePage):
    """A page with a body of blocks and a list of its sections."""

    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)

    class Meta:
        abstract = True

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        return {**context, **memoized_parts(("sections",), lambda: {"sections": sections_of(self.body)})}


class ContentPage(BodyPage):
    content_panels = [*BasePage.content_panels, "body"]
    parent_page_types = [
        "home.HomePage",
        "home.ContentPage",
        "home.ProjectPage",
        "home.ProgrammePage",
        "home.ResultsPage",
    ]
    subpage_types = ["home.ContentPage"]
    page_description = _("A general page with text, images and files.")

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")


class PrivacyPage(BodyPage):
    reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True)

    kind = pgettext_lazy("kind of page", "Privacy")
    template = "home/content_page.html"
    in_legal_menu = True
    override_translatable_fields = [SynchronizedField("reviewed_on", overridable=False)]
    content_panels = [*BasePage.content_panels, "body", "reviewed_on"]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    page_description = _("How the site processes personal data (GDPR, articles 13 and 14). Every page links to it.")

    class Meta:
        verbose_name = _("privacy notice")

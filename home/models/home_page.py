from dataclasses import dataclass

from django.db import models
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from home.blocks import AudienceBlock, BodyBlock, GoalBlock, LinksBlock, PointsBlock
from home.models.base import BasePage
from home.models.partners import PartnersPage, consortium_by_country
from home.models.programme import ProgrammePage
from home.models.sections import SectionIndexMixin, Teaser


@dataclass(frozen=True)
class Section:
    """A section of the site as the home page shows it."""

    page: Page
    kind: str
    teasers: list[Teaser]


class HomePage(BasePage):
    """The entrance of one language. Programme, partners and newest pages come from the pages below it."""

    headline = models.CharField(
        _("headline"),
        max_length=120,
        help_text=_("The project in one sentence, in large letters. At most 120 characters."),
    )
    actions = StreamField(
        LinksBlock(),
        verbose_name=_("buttons"),
        blank=True,
        max_num=2,
        help_text=_("At most two; the first is the more important one."),
    )
    goals_heading = models.CharField(_("heading of the goals"), max_length=80, blank=True)
    goals = StreamField(PointsBlock(GoalBlock()), verbose_name=_("goals"), blank=True)
    audiences_heading = models.CharField(_("heading of the people"), max_length=80, blank=True)
    audiences = StreamField(PointsBlock(AudienceBlock()), verbose_name=_("people whom it is for"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("more text"), blank=True, help_text=_("Stands above the news."))

    kind = _("Home page")
    shows_project_facts = True
    text_fields = ("headline", "goals", "audiences", "body")
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(["headline", FieldPanel("lead"), "actions"], heading=_("Top of the page")),
        MultiFieldPanel(["goals_heading", "goals"], heading=_("Goals")),
        MultiFieldPanel(["audiences_heading", "audiences"], heading=_("People")),
        "body",
    ]
    parent_page_types = ["wagtailcore.Page"]
    page_description = _("The entrance of a language. There is one for each language; it is made at set-up.")

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        children = context["layout"].children_of_home
        programme = next((page for page in children if page.specific_class is ProgrammePage), None)
        if programme:
            programme = programme.specific
            context["modules"] = programme.module_list()
        context["programme"] = programme
        context["sections"] = [
            Section(page, page.specific_class.section_kind, teasers)
            for page in children
            if issubclass(page.specific_class, SectionIndexMixin)
            and (teasers := page.specific_deferred.teasers(request, page.specific_class.home_page_teasers))
        ]
        context["partners_page"] = next((page for page in children if page.specific_class is PartnersPage), None)
        context["countries"] = consortium_by_country(self.locale)
        return context

    def route(self, request, path_components):
        """Find the page at `path_components` in one query, however deep it lies; Wagtail asks twice for each step.

        Raises Http404 below the address of another language: where that has no live home page, Wagtail would serve this
        one.
        """
        if self.locale.language_code != get_language():
            raise Http404("no pages in this language")
        if not path_components:
            return super().route(request, path_components)
        steps = range(1, len(path_components) + 1)
        paths = ["/".join([self.url_path.rstrip("/"), *path_components[:end], ""]) for end in steps]
        nearest = Page.objects.filter(url_path__in=paths).order_by("-depth").first()
        if nearest is None:
            raise Http404("no such page")
        page = nearest.specific
        if page.locale_id == self.locale_id:
            page.locale = self.locale
        return page.route(request, path_components[page.depth - self.depth :])

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from home.blocks import AudienceBlock, BodyBlock, GoalBlock, LinksBlock, PointsBlock
from home.blocks.links import LinkValue, resolve
from home.http import page_cache
from home.models.base import BasePage
from home.models.partners import PartnersPage, consortium_by_country
from home.models.programme import ProgrammeModule, ProgrammePage
from home.models.sections import SectionIndexMixin, Teaser
from home.validity import memoized, memoized_parts

if TYPE_CHECKING:
    from home.page_tree import TreePage

# The names of context variables with data of other pages.
PARTS = ("programme", "modules", "sections", "partners_page", "countries")


@dataclass(frozen=True)
class Section:
    """A section of the site on the home page."""

    page: TreePage
    kind: str
    teasers: list[Teaser]


class HomePage(BasePage):
    """The home page of a language. It shows the training programme, the partners and the newest pages of its sections."""

    headline = models.CharField(
        _("headline"),
        max_length=120,
        help_text=_("The project in one sentence, shown in large type. At most 120 characters."),
    )
    actions = StreamField(
        LinksBlock(),
        verbose_name=_("buttons"),
        blank=True,
        max_num=2,
        help_text=_("At most two. The first one is highlighted."),
    )
    goals_heading = models.CharField(_("heading of the goals"), max_length=80, blank=True)
    goals = StreamField(PointsBlock(GoalBlock()), verbose_name=_("goals"), blank=True)
    audiences_heading = models.CharField(_("heading of the target groups"), max_length=80, blank=True)
    audiences = StreamField(PointsBlock(AudienceBlock()), verbose_name=_("target groups"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("more text"), blank=True, help_text=_("Shown above the news."))

    kind = _("Home page")
    shows_project_details = True
    text_fields = ("headline", "goals", "audiences", "body")
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(["headline", FieldPanel("lead"), "actions"], heading=_("Top of the page")),
        MultiFieldPanel(["goals_heading", "goals"], heading=_("Goals")),
        MultiFieldPanel(["audiences_heading", "audiences"], heading=_("Who it is for")),
        "body",
    ]
    parent_page_types = ["wagtailcore.Page"]
    page_description = _("The home page of a language. It is created when the site is set up.")

    class Meta:
        verbose_name = _("home page")

    @property
    def share_title(self) -> str:
        return self.headline or self.title

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        children = context["layout"].children_of_home
        # The key contains the site, because addresses depend on the site of the request.
        name = f"home-page-{self.locale_id}-{self.path}-{getattr(context['layout'].site, 'pk', '')}"
        # Loaded on demand: most of the HTML that uses these parts is cached as well.
        parts = memoized_parts(PARTS, lambda: page_cache.cached(name, lambda: self._parts(request, children)))
        return {**context, **parts, "buttons": memoized(self._buttons)}

    def _buttons(self) -> list[LinkValue]:
        links = [block.value for block in self.actions]
        resolve(links)
        return links

    def _parts(self, request, children: tuple[TreePage, ...]) -> dict[str, object]:
        """Return the data of other pages. It stays the same until one of these pages, or an organisation, changes."""
        programme, modules = programme_of(children)
        return {
            "programme": programme,
            "modules": modules,
            "sections": [
                Section(page, page.model.section_kind, teasers)
                for page in children
                if issubclass(page.model, SectionIndexMixin)
                and (teasers := page.deferred().teasers(request, page.model.home_page_teasers))
            ],
            "partners_page": next((page for page in children if page.model is PartnersPage), None),
            "countries": consortium_by_country(self.locale),
        }


def programme_of(pages: tuple[TreePage, ...]) -> tuple[ProgrammePage | None, list[ProgrammeModule]]:
    """Return (training programme among `pages`, its modules). Runs one query, or two if there are no modules."""
    found = next((page for page in pages if page.model is ProgrammePage), None)
    if found is None:
        return None, []
    modules = list(ProgrammeModule.objects.filter(page=found.pk).select_related("page"))
    return (modules[0].page if modules else ProgrammePage.objects.get(pk=found.pk)), modules

"""Blocks that show selected people and organisations in the language of the page."""

from uuid import uuid4

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Locale
from wagtail.snippets.blocks import SnippetChooserBlock

from home.language_fallback import in_language

EXAMPLES = 2


class ChosenRowsBlock(blocks.StructBlock):
    """A heading and selected rows of a translatable model.

    The template gets each row in the language of the page, or in another language if the row is not translated.
    """

    # The name of the child block with the rows, and the related objects that the template needs (for `select_related`).
    rows_name = ""
    relations: tuple[str, ...] = ()

    @property
    def model(self):
        return self.child_blocks[self.rows_name].child_block.target_model

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        page = context.get("page")
        # The value of a deleted row is None.
        chosen = [row for row in value[self.rows_name] if row is not None]
        context[self.rows_name] = self._in_language(chosen, page.locale if page else Locale.get_active())
        return context

    def _in_language(self, chosen, locale):
        if any(row.pk is None for row in chosen):  # the examples of a preview
            return chosen
        order = [row.translation_key for row in chosen]
        rows = self.model.objects.filter(translation_key__in=order).select_related("locale", *self.relations)
        return sorted(in_language(rows, locale), key=lambda row: order.index(row.translation_key))

    def get_preview_value(self):
        rows = list(self.model.objects.filter(locale=Locale.get_active(), live=True)[:EXAMPLES])
        return self.normalize({"heading": "", self.rows_name: rows or [self.example()]})

    def example(self):
        """Return an unsaved row for the preview of a site without rows."""
        raise NotImplementedError


class PeopleBlock(ChosenRowsBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=80, required=False)
    people = blocks.ListBlock(SnippetChooserBlock("home.Person"), label=_("People"), min_num=1)

    rows_name = "people"
    relations = ("organisation__locale", "portrait")

    class Meta:
        label = _("People")
        icon = "user"
        template = "home/blocks/people.html"
        description = _("Selected people with role and organisation.")

    def example(self):
        return self.model(translation_key=uuid4(), name=_("Name of a person"), role=_("Role in the project"))


class OrganisationsBlock(ChosenRowsBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=80, required=False)
    organisations = blocks.ListBlock(SnippetChooserBlock("home.Organisation"), label=_("Organisations"), min_num=1)

    rows_name = "organisations"
    relations = ("logo",)

    class Meta:
        label = _("Organisations")
        icon = "group"
        template = "home/blocks/organisations.html"
        description = _("Selected organisations with logo or initials.")

    def example(self):
        return self.model(translation_key=uuid4(), name=_("Name of an organisation"), description=_("What it does."))

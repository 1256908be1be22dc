"""The blocks of the body of a page or an article."""

from collections.abc import Iterable
from itertools import zip_longest
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

from home.blocks.consortium import OrganisationsBlock, PeopleBlock
from home.blocks.links import LinkBlock
from home.languages import language_choices

TEXT_FEATURES = ["bold", "italic", "superscript", "subscript", "ol", "ul", "link", "document-link"]


class TextBlock(blocks.RichTextBlock):
    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "home/blocks/text.html"
        description = _("Paragraphs, lists and links. Use the block “Heading” for headings.")
        preview_value = _(
            "<p>A paragraph with <b>bold words</b> and a list:</p><ul><li>one point</li><li>another point</li></ul>"
        )

    def __init__(self, **kwargs):
        kwargs.setdefault("features", TEXT_FEATURES)
        super().__init__(**kwargs)


class HeadingValue(blocks.StructValue):
    # The id of the section in the page; `sections_of` sets it on pages that list their sections.
    anchor = ""


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Text"), max_length=120)
    level = blocks.ChoiceBlock(label=_("Level"), choices=[("h2", _("Section")), ("h3", _("Subsection"))], default="h2")

    class Meta:
        label = _("Heading")
        icon = "title"
        value_class = HeadingValue
        template = "home/blocks/heading.html"
        description = _("The heading of a section or subsection.")
        preview_value = {"text": _("What we learned"), "level": "h2"}


class FigureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=200, required=False)
    credit = blocks.CharBlock(
        label=_("Credit"), max_length=120, required=False, help_text=_("Author and licence of the image.")
    )

    class Meta:
        label = _("Image")
        icon = "image"
        template = "home/blocks/image.html"
        description = _("An image with alternative text and, if needed, a caption.")

    def get_preview_value(self):
        image = get_image_model().objects.order_by("pk").first()
        if image:
            image.contextual_alt_text, image.decorative = image.description or image.title, False
        return self.normalize({"image": image, "caption": _("What the image shows"), "credit": _("Author")})

    def get_preview_context(self, value, parent_context=None):
        # The preview shows an illustration if the site has no image yet.
        return {**super().get_preview_context(value, parent_context), "is_example": True}


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quote"), max_length=600)
    attribution = blocks.CharBlock(label=_("Name"), max_length=120)
    role = blocks.CharBlock(label=_("Role or organisation"), max_length=120, required=False)

    class Meta:
        label = _("Quote")
        icon = "openquote"
        template = "home/blocks/quote.html"
        description = _("A quotation with the name of its author.")
        preview_value = {
            "text": _("Learning together changes how we work."),
            "attribution": _("A participant"),
            "role": _("Nurse"),
        }


class StatisticBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("Figure"), max_length=20)
    label = blocks.CharBlock(label=_("What it counts"), max_length=80)
    note = blocks.CharBlock(label=_("Note or source"), max_length=120, required=False)


class StatisticsBlock(blocks.StructBlock):
    items = blocks.ListBlock(StatisticBlock(), label=_("Figures"), min_num=1, max_num=4)

    class Meta:
        label = _("Figures")
        icon = "order"
        template = "home/blocks/statistics.html"
        description = _("One to four numbers in large type, with what they count.")
        preview_value = {
            "items": [{"value": "6–8", "label": _("levels of the European Qualifications Framework"), "note": ""}]
        }


class CallToActionBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=80)
    text = blocks.TextBlock(label=_("Text"), max_length=300, required=False)
    link = LinkBlock()

    class Meta:
        label = _("Call to action")
        icon = "pick"
        template = "home/blocks/call_to_action.html"
        description = _("A link to the reader’s next step. Use at most one on a page.")
        preview_value = {
            "heading": _("Take part"),
            "text": _("The training is open to everyone who works with people affected by cancer."),
            "link": {"label": _("Read about the training"), "url": "https://example.org/"},
        }


class DetailsBlock(blocks.StructBlock):
    summary = blocks.CharBlock(label=_("Question or title"), max_length=120)
    body = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)

    class Meta:
        label = _("Details")
        icon = "collapse-down"
        template = "home/blocks/details.html"
        description = _("A question or title with text that opens on click.")
        preview_value = {"summary": _("Who can take part?"), "body": _("<p>Everyone who works in cancer care.</p>")}


class TimelineItemBlock(blocks.StructBlock):
    when = blocks.CharBlock(label=_("When"), max_length=60, help_text=_("For example “March 2023” or “10.00–10.30”."))
    title = blocks.CharBlock(label=_("What"), max_length=160)
    text = blocks.RichTextBlock(label=_("Text"), features=["bold", "italic", "link"], required=False)


class TimelineBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=80, required=False)
    items = blocks.ListBlock(TimelineItemBlock(), label=_("Steps"), min_num=1)

    class Meta:
        label = _("Timeline")
        icon = "history"
        template = "home/blocks/timeline.html"
        description = _("Events in chronological order.")
        preview_value = {
            "heading": _("The project in steps"),
            "items": [
                {"when": _("Spring"), "title": _("We begin"), "text": ""},
                {"when": _("Autumn"), "title": _("We pilot"), "text": ""},
            ],
        }


class FileBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(
        label=_("Title"), max_length=120, required=False, help_text=_("If empty, the title of the document is shown.")
    )
    description = blocks.CharBlock(label=_("Description"), max_length=200, required=False)
    language = blocks.ChoiceBlock(
        label=_("Language of the document"),
        choices=language_choices,
        required=False,
        help_text=_("Shown in the link. Leave it empty if the document is in the language of the page."),
    )

    class Meta:
        label = _("File")
        icon = "doc-full"
        template = "home/blocks/file.html"
        description = _("A document to download. The link shows its format and size.")

    def get_preview_value(self):
        # An unsaved example, because a preview must not show a file that the user may not open.
        document = get_document_model()(
            pk=0, title=_("Fact sheet for nurses"), file="fact-sheet.pdf", file_size=1_200_000
        )
        return self.normalize({"document": document, "description": _("Two pages to print."), "language": ""})


class VideoValue(blocks.StructValue):
    @property
    def host(self) -> str:
        """Return the host name of the video's address, without "www."."""
        return (urlsplit(self.get("url") or "").hostname or "").removeprefix("www.")


class VideoBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    url = blocks.URLBlock(
        label=_("Address of the video"),
        help_text=_("Nothing is loaded from this address until the reader opens the video."),
    )
    poster = ImageChooserBlock(label=_("Preview image"), required=False)
    description = blocks.CharBlock(label=_("What it shows"), max_length=300, required=False)
    transcript = blocks.RichTextBlock(
        label=_("Transcript"),
        features=TEXT_FEATURES,
        required=False,
        help_text=_("The spoken text, for people who cannot hear or play the video (WCAG 1.2)."),
    )

    class Meta:
        label = _("Video")
        icon = "media"
        value_class = VideoValue
        template = "home/blocks/video.html"
        description = _("A link with an image to a video on another site.")
        preview_value = {"title": _("The project in two minutes"), "url": "https://example.org/video"}


class TableRowBlock(blocks.StructBlock):
    cells = blocks.ListBlock(blocks.CharBlock(max_length=300, required=False), label=_("Cells"))


class TableBlock(blocks.StructBlock):
    """A table whose texts can be translated. The translation editor ignores Wagtail's own table blocks."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=160, help_text=_("What the table shows."))
    columns = blocks.ListBlock(blocks.CharBlock(max_length=80), label=_("Column headings"), min_num=1, max_num=8)
    rows = blocks.ListBlock(
        TableRowBlock(), label=_("Rows"), min_num=1, help_text=_("The first cell of a row is its heading.")
    )

    class Meta:
        label = _("Table")
        icon = "table"
        template = "home/blocks/table.html"
        description = _("A small table with headings. For the sessions of an event, use its timetable.")
        preview_value = {
            "caption": _("Levels of the training"),
            "columns": [_("Level"), _("For whom")],
            "rows": [{"cells": ["EQF 6", _("Nurses")]}, {"cells": ["EQF 7", _("Specialists")]}],
        }

    def clean(self, value):
        cleaned = super().clean(value)
        width = len(cleaned["columns"])
        errors = {
            number: ValidationError(
                _("This row has %(cells)d cells, but the table has %(columns)d columns. Add or remove cells.")
                % {"cells": len(row["cells"]), "columns": width}
            )
            for number, row in enumerate(cleaned["rows"])
            if len(row["cells"]) != width
        }
        if errors:
            raise StructBlockValidationError(block_errors={"rows": ListBlockValidationError(block_errors=errors)})
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        # Each cell with the heading of its column, which stands above it on narrow screens.
        context["rows"] = [list(zip_longest(value["columns"], row["cells"], fillvalue="")) for row in value["rows"]]
        return context


class BodyBlock(blocks.StreamBlock):
    text = TextBlock(group=_("Text"))
    heading = HeadingBlock(group=_("Text"))
    quote = QuoteBlock(group=_("Text"))
    details = DetailsBlock(group=_("Text"))
    table = TableBlock(group=_("Text"))
    image = FigureBlock(group=_("Media"))
    video = VideoBlock(group=_("Media"))
    file = FileBlock(group=_("Media"))
    statistics = StatisticsBlock(group=_("Project"))
    timeline = TimelineBlock(group=_("Project"))
    people = PeopleBlock(group=_("Project"))
    organisations = OrganisationsBlock(group=_("Project"))
    call_to_action = CallToActionBlock(group=_("Project"))

    class Meta:
        required = False
        template = "home/blocks/body.html"


def sections_of(body: Iterable) -> list[HeadingValue]:
    """Return the section headings of `body`, each with a unique `anchor`."""
    sections: list[HeadingValue] = []
    taken: set[str] = set()
    for block in body:
        if block.block_type != "heading" or block.value["level"] != "h2":
            continue
        stem = anchor = slugify(block.value["text"], allow_unicode=True) or "section"
        number = 1
        while anchor in taken:
            number += 1
            anchor = f"{stem}-{number}"
        taken.add(anchor)
        block.value.anchor = anchor
        sections.append(block.value)
    return sections

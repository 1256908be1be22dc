"""Short texts with a title: the project's goals and target groups."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

POINT_FEATURES = ["bold", "italic", "link"]


class PointBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    text = blocks.RichTextBlock(label=_("Text"), features=POINT_FEATURES, required=False)

    class Meta:
        template = "home/blocks/point.html"


class GoalBlock(PointBlock):
    class Meta:
        label = _("Goal")
        icon = "success"
        description = _("A goal of the project: a title and one or two sentences.")
        preview_value = {
            "title": _("Better digital skills"),
            "text": _("<p>Professionals learn to use digital tools with confidence.</p>"),
        }


class AudienceBlock(PointBlock):
    class Meta:
        label = _("Target group")
        icon = "group"
        description = _("People for whom the project is intended.")
        preview_value = {"title": _("Nurses"), "text": _("<p>Nurses who help patients use digital services.</p>")}


class PointsBlock(blocks.StreamBlock):
    """A list of points of one type, for example `PointsBlock(GoalBlock())`."""

    def __init__(self, point=None, **kwargs):
        super().__init__([("point", point)] if point else None, **kwargs)

    class Meta:
        required = False


class FindingBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("Figure"), max_length=20, help_text=_("For example “3 of 4” or a percentage."))
    statement = blocks.CharBlock(label=_("What it says"), max_length=200)
    source = blocks.CharBlock(label=_("Source"), max_length=200, help_text=_("Where the figure was published."))
    source_url = blocks.URLBlock(label=_("Address of the source"), required=False)

    class Meta:
        label = _("Key finding")
        icon = "order"
        template = "home/blocks/finding.html"
        description = _("A figure that others may quote, with its source.")
        preview_value = {
            "value": "6–8",
            "statement": _("levels of the European Qualifications Framework"),
            "source": _("Description of the training programme"),
            "source_url": "",
        }


class FindingsBlock(blocks.StreamBlock):
    finding = FindingBlock()

    class Meta:
        required = False

"""Short titled points: the goals of the project, the people it is for."""

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
        description = _("A goal of the project, in a title and a sentence or two.")
        preview_value = {
            "title": _("Better digital skills"),
            "text": _("<p>Professionals learn to use digital tools with confidence.</p>"),
        }


class AudienceBlock(PointBlock):
    class Meta:
        label = _("Group of people")
        icon = "group"
        description = _("People whom the project is for.")
        preview_value = {"title": _("Nurses"), "text": _("<p>Who guide patients through digital services.</p>")}


class PointsBlock(blocks.StreamBlock):
    """Points of one kind. `PointsBlock(GoalBlock())` gives a list of goals."""

    def __init__(self, point=None, **kwargs):
        super().__init__([("point", point)] if point else None, **kwargs)

    class Meta:
        required = False

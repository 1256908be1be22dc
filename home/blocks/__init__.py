"""The blocks from which editors build the body of a page."""

from home.blocks.body import BodyBlock, sections_of
from home.blocks.links import LinkBlock, LinksBlock
from home.blocks.points import AudienceBlock, FindingsBlock, GoalBlock, PointsBlock

__all__ = [
    "AudienceBlock",
    "BodyBlock",
    "FindingsBlock",
    "GoalBlock",
    "LinkBlock",
    "LinksBlock",
    "PointsBlock",
    "sections_of",
]

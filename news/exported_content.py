"""The models of `news` in an export of content."""

from home.content_export.selection import Exported

MODELS = [
    Exported("news.NewsCategory"),
    Exported("news.NewsIndexPage"),
    Exported("news.NewsPage"),
    Exported("news.RelatedPage"),
]

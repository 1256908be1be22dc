from wagtail.snippets.models import register_snippet

from news.viewsets import NewsViewSetGroup

register_snippet(NewsViewSetGroup)

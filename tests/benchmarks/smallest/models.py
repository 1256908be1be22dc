from wagtail.models import Page


class SmallestPage(Page):
    template = "smallest.html"

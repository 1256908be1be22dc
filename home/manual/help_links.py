"""Maps the screens of the admin to chapters of the manual.

A screen is identified by the name of its view, or by the model that its form edits. If several names match, the longest one
is used. Other screens link to the contents of the manual.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from home.manual.chapters import BY_SLUG, Chapter

# By the model (`app.name`) of the form. Pages first, then snippets and settings.
BY_MODEL = {
    "news.newspage": "write-news",
    "news.newsindexpage": "write-news",
    "events.eventpage": "add-an-event",
    "factsheets.factsheetpage": "put-a-fact-sheet-online",
    "factsheets.factsheetindexpage": "put-a-fact-sheet-online",
    "home.contactpage": "answer-enquiries",
}
# By the name of the view, or by the beginning of the name: a namespace, or the part before an underscore.
BY_VIEW = {
    "permission_table": "find-your-way",
    "accounts:welcome": "find-your-way",
    "wagtailadmin_account": "look-after-your-account",
    "accounts": "look-after-your-account",
    "mfa": "look-after-your-account",
    "wagtailadmin_explore": "change-a-page",
    "wagtailadmin_pages": "change-a-page",
    "articles": "write-news",
    "wagtailsnippets_news_newscategory": "write-news",
    "wagtailimages": "add-pictures",
    "wagtaildocs": "add-pictures",
    "content_reports": "check-before-publishing",
    "fact_sheets": "put-a-fact-sheet-online",
    "fact_sheet": "put-a-fact-sheet-online",
    "publications": "put-a-fact-sheet-online",
    "wagtailsnippets_factsheets": "put-a-fact-sheet-online",
    "translations": "translate-a-page",
    "translations:review": "check-changed-texts",
    "translations:batch": "translate-in-other-programs",
    "wagtail_localize": "translate-a-page",
    "glossary": "translate-a-page",
    "wagtaillocales": "add-a-language",
    "wagtailsnippets_home_organisation": "add-a-partner",
    "wagtailsnippets_home_person": "add-a-partner",
    "deliverables": "update-deliverables",
    "wagtailsettings": "change-facts-of-the-project",
    "enquiries": "answer-enquiries",
    "project_report": "report-about-the-project",
    "events": "add-an-event",
    "events:timetable": "enter-a-timetable",
    "events:registration": "look-after-participants",
    "events:registration_settings": "open-registration",
    "events:registration_access": "open-registration",
    "events:change_notices": "change-or-cancel-an-event",
    "events:registration_check_in": "check-in-people",
    "events:registration_doors": "check-in-people",
    "events:registration_sessions": "check-in-people",
    "events:registration_online_attendance": "check-in-people",
    "events:session_attendance": "check-in-people",
    "my_check_ins": "check-in-people",
    "events:registration_statistics": "finish-an-event",
    "events:event_report": "finish-an-event",
    "events:survey": "finish-an-event",
    "events:certificate": "finish-an-event",
    "events:certificates": "finish-an-event",
    "wagtailusers_users": "invite-a-colleague",
    "accounts:invitations": "invite-a-colleague",
    "accounts:invite": "invite-a-colleague",
    "accounts:change_invitation": "invite-a-colleague",
    "accounts:leaving": "when-someone-leaves",
}


def chapter_of(request: HttpRequest) -> Chapter | None:
    """Return the chapter about the screen of this request, or None."""
    match = request.resolver_match
    if match is None:
        return None
    model = getattr(request, "manual_model", "")
    if model in BY_MODEL:
        return BY_SLUG[BY_MODEL[model]]
    fitting = [name for name in BY_VIEW if begins(match.view_name, name)]
    return BY_SLUG[BY_VIEW[max(fitting, key=len)]] if fitting else None


def help_address(request: HttpRequest) -> str:
    chapter = chapter_of(request)
    return reverse("manual:chapter", args=[chapter.slug]) if chapter else reverse("manual:contents")


def begins(view_name: str, name: str) -> bool:
    """Return whether the name of a view is `name`, or begins with `name` followed by ":" or "_"."""
    return view_name == name or view_name.startswith((f"{name}:", f"{name}_"))

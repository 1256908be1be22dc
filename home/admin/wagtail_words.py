"""Texts of Wagtail that the site's catalogues replace or translate.

The site's catalogues take precedence over those of packages, also in English. Most users have never heard of Wagtail's
workflows: to them, a page waits for approval. `home/translations/editor_words.py` has those of the translation editor,
`home/admin/wagtail_screen_words.py` those of screens that are used seldom.
"""

from django.utils.translation import gettext_lazy, ngettext_lazy
from django.utils.translation import gettext_noop as _
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import DefaultPageForm
from wagtail_localize.locales.views import CreateView as AddLanguageView

# The words of the approval in place of "workflow" and "moderation".
APPROVAL = [
    _("in moderation"),
    _("live + in moderation"),
    _("In Moderation"),
    _("Locked by workflow"),
    _("This %(model_name)s is currently awaiting moderation."),
    # xgettext:no-python-format, no-python-brace-format
    _("This {model_name} is awaiting <b>'{task_name}'</b> in the <b>'{workflow_name}'</b> workflow."),
    _("Workflow: start"),
    # xgettext:no-python-format
    _("'%(workflow)s' started. Next step '%(task)s'"),
    _("Workflow started"),
    _("Workflow: approve task"),
    # xgettext:no-python-format
    _("Approved at '%(task)s'. '%(workflow)s' complete"),
    _("Workflow task approved"),
    _("Workflow: reject task"),
    # xgettext:no-python-format
    _("Rejected at '%(task)s'. Changes requested"),
    _("Workflow task rejected. Workflow complete"),
    _("Workflow: resume task"),
    # xgettext:no-python-format
    _("Resubmitted '%(task)s'. Workflow resumed"),
    _("Workflow task resubmitted. Workflow resumed"),
    _("Workflow: cancel"),
    # xgettext:no-python-format
    _("Cancelled '%(workflow)s' at '%(task)s'"),
    _("Workflow cancelled"),
    _("Page '%(page_title)s' has been submitted for moderation."),
    _("Page '%(page_title)s' created and submitted for moderation."),
    # xgettext:no-python-format
    _("%(model_name)s '%(object)s' has been submitted for moderation."),
    # xgettext:no-python-format
    _("%(model_name)s '%(object)s' created and submitted for moderation."),
    _("Workflow on page '%(page_title)s' has been cancelled."),
    # xgettext:no-python-format
    _("Workflow on %(model_name)s '%(object)s' has been cancelled."),
    _("The page '%(page_title)s' is not currently awaiting moderation."),
    # xgettext:no-python-format
    _("The page '%(page_title)s' is not currently awaiting moderation in task '%(task_name)s'."),
    # xgettext:no-python-format
    _("The %(model_name)s '%(title)s' is not currently awaiting moderation."),
    # xgettext:no-python-format
    _("The %(model_name)s '%(title)s' is not currently awaiting moderation in task '%(task_name)s'."),
    _("Your pages and snippets in a workflow"),
    _("Workflow history"),
    _("Workflow progress"),
    _("Workflow completed"),
    _("Workflow state"),
    _("Workflow states"),
    _("Workflow"),
    _("Workflows"),
    _("Workflow tasks"),
    _("This page hasn't been submitted for moderation yet"),
    # xgettext:no-python-format
    _("This %(model_name)s hasn't been submitted for moderation yet"),
    _("No pages/snippets have been submitted for moderation yet"),
    _("Publishing this page will cancel the current workflow."),
    # xgettext:no-python-format
    _("Publishing this %(model_name)s will cancel the current workflow."),
    # xgettext:no-python-format
    _("This page is currently at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."),
    # xgettext:no-python-format
    _("This %(model_name)s is currently at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."),
    # xgettext:no-python-format
    _("This page was marked as needing changes at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."),
    _(
        # xgettext:no-python-format
        "This %(model_name)s was marked as needing changes at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."
    ),
    _("Receive notification when a page is submitted for moderation"),
]

# Estonian: theirs are a broadcast and a mollusc.
MISLEADING = [
    _("Live"),
    _("live"),
    _("live + draft"),
    _("slug"),
]

# On the screens of every day, and not in all catalogues of the packages.
MISSING = [
    _("Help"),
    _("Search all pages…"),
    _("Search…"),
    _("Shortcuts"),
    _("Keyboard shortcuts"),
    _("Exploring"),
    _("Any"),
    _("Filter by"),
    _("Show filters"),
    _("Date updated"),
    _("Edited by"),
    _("Page type"),
    _("Has child pages"),
    _("Sort menu order"),
    _("Locale"),
    _("Locale: "),
    _("Locales"),
    _("Switch locales"),
    _("Status: "),
    _("Page visibility: "),
    _("Visible to all"),
    _("Not visible to the public"),
    _("Once live anyone can view"),
    _("Choose who can view the live version of this page"),
    _("Change privacy"),
    _("Privacy and access"),
    _("No publishing schedule set"),
    _("Set schedule"),
    _("Set publishing schedule"),
    _("Save schedule"),
    _("Anyone can edit this %(model_name)s"),
    _("View history"),
    _("View details"),
    _("See full history"),
    _("In progress"),
    _("Needs changes"),
    _("Request changes"),
    _("Approve with comment"),
    _("Requested by"),
    _("Awaiting my review"),
    _("Toggle side panel"),
    _("Toggle status"),
    _("Toggle section"),
    _("Toggle preview"),
    _("Toggle checks"),
    _("Toggle comments"),
    _("Checks"),
    _("Comments"),
    _("Add comment"),
    _("Publishing…"),
    _("More options for '%(title)s'"),
    _("Translation of %(instance)s into %(locale)s"),
    _("Translated manually on {date}"),
    _("Translate page"),
    _("All child pages will be created."),
    _("Submit"),
    _("Go back"),
    _("Last published"),
    _("Last published by"),
    _("App"),
    _("Last edited page"),
    _("Last edit"),
    _("By task"),
    _("By workflow"),
    _("system"),
    _("Created an alias of %(title)s"),
    _("Copied for translation from %(title)s (%(locale)s)"),
    _("Published '{object}' in {locale}."),
    _("Published '{object}' in {locale} with missing translations - see below."),
    _("Change image"),
    _("Alt text"),
    _("Sort by"),
    _("Newest"),
    _("Oldest"),
    _("Usage count"),
    _("Download XLSX"),
    _("Site history"),
    _("Aging pages"),
    _("Locked pages"),
    _("Page types usage"),
    _("Notifications"),
    _("Theme preferences"),
    _("System default"),
    _("Light"),
    _("Dark"),
    _("There are no %(model_name)s to display."),
    _("Are you sure you want to publish these pages?"),
    _("Are you sure you want to delete these pages?"),
    _("Translate this page"),
    _("Sync translated pages"),
    _("Sync translated snippets"),
]

# How long ago something happened, in Greek, the numbers on the dashboard, and those of pages below a page.
NUMBERS = [
    ngettext_lazy("%(num)d year", "%(num)d years", "num"),
    ngettext_lazy("%(num)d month", "%(num)d months", "num"),
    ngettext_lazy("%(num)d week", "%(num)d weeks", "num"),
    ngettext_lazy("%(num)d day", "%(num)d days", "num"),
    ngettext_lazy("%(num)d hour", "%(num)d hours", "num"),
    ngettext_lazy("%(num)d minute", "%(num)d minutes", "num"),
    ngettext_lazy(
        '%(total)s Page <span class="w-sr-only">created in %(site_name)s</span>',
        '%(total)s Pages <span class="w-sr-only">created in %(site_name)s</span>',
        "total",
    ),
    ngettext_lazy(
        '%(total)s Image <span class="w-sr-only">created in %(site_name)s</span>',
        '%(total)s Images <span class="w-sr-only">created in %(site_name)s</span>',
        "total",
    ),
    ngettext_lazy(
        '%(total)s Document <span class="w-sr-only">created in %(site_name)s</span>',
        '%(total)s Documents <span class="w-sr-only">created in %(site_name)s</span>',
        "total",
    ),
    ngettext_lazy("Include subtree ({} page)", "Include subtree ({} pages)", "number"),
    ngettext_lazy("This page has one subpage", "This page has %(counter)s subpages", "counter"),
]


def register():
    """Name what has no name of its own in Wagtail and would be in English: a field of the bulk actions, and a subtitle."""
    DefaultPageForm.base_fields["include_descendants"].label = gettext_lazy("Include the pages below")
    AddLanguageView.page_subtitle = gettext_lazy("Locale")

"""Texts of Wagtail that the site's catalogues replace or translate.

The site's catalogues take precedence over those of packages, also in English. Most users have never heard of Wagtail's
workflows: to them, a page waits for approval. `home/translations/editor_words.py` has those of the translation editor.
"""

from django.utils.translation import gettext_noop

# The words of the approval in place of "workflow" and "moderation".
APPROVAL = [
    gettext_noop("in moderation"),
    gettext_noop("live + in moderation"),
    gettext_noop("In Moderation"),
    gettext_noop("Locked by workflow"),
    gettext_noop("This %(model_name)s is currently awaiting moderation."),
    # xgettext:no-python-format, no-python-brace-format
    gettext_noop("This {model_name} is awaiting <b>'{task_name}'</b> in the <b>'{workflow_name}'</b> workflow."),
    gettext_noop("Workflow: start"),
    # xgettext:no-python-format
    gettext_noop("'%(workflow)s' started. Next step '%(task)s'"),
    gettext_noop("Workflow started"),
    gettext_noop("Workflow: approve task"),
    # xgettext:no-python-format
    gettext_noop("Approved at '%(task)s'. '%(workflow)s' complete"),
    gettext_noop("Workflow task approved"),
    gettext_noop("Workflow: reject task"),
    # xgettext:no-python-format
    gettext_noop("Rejected at '%(task)s'. Changes requested"),
    gettext_noop("Workflow task rejected. Workflow complete"),
    gettext_noop("Workflow: resume task"),
    # xgettext:no-python-format
    gettext_noop("Resubmitted '%(task)s'. Workflow resumed"),
    gettext_noop("Workflow task resubmitted. Workflow resumed"),
    gettext_noop("Workflow: cancel"),
    # xgettext:no-python-format
    gettext_noop("Cancelled '%(workflow)s' at '%(task)s'"),
    gettext_noop("Workflow cancelled"),
    gettext_noop("Page '%(page_title)s' has been submitted for moderation."),
    gettext_noop("Page '%(page_title)s' created and submitted for moderation."),
    # xgettext:no-python-format
    gettext_noop("%(model_name)s '%(object)s' has been submitted for moderation."),
    # xgettext:no-python-format
    gettext_noop("%(model_name)s '%(object)s' created and submitted for moderation."),
    gettext_noop("Workflow on page '%(page_title)s' has been cancelled."),
    # xgettext:no-python-format
    gettext_noop("Workflow on %(model_name)s '%(object)s' has been cancelled."),
    gettext_noop("The page '%(page_title)s' is not currently awaiting moderation."),
    # xgettext:no-python-format
    gettext_noop("The page '%(page_title)s' is not currently awaiting moderation in task '%(task_name)s'."),
    # xgettext:no-python-format
    gettext_noop("The %(model_name)s '%(title)s' is not currently awaiting moderation."),
    # xgettext:no-python-format
    gettext_noop("The %(model_name)s '%(title)s' is not currently awaiting moderation in task '%(task_name)s'."),
    gettext_noop("Your pages and snippets in a workflow"),
    gettext_noop("Workflow history"),
    gettext_noop("Workflow progress"),
    gettext_noop("Workflow completed"),
    gettext_noop("Workflow state"),
    gettext_noop("Workflow states"),
    gettext_noop("Workflow"),
    gettext_noop("Workflows"),
    gettext_noop("Workflow tasks"),
    gettext_noop("This page hasn't been submitted for moderation yet"),
    # xgettext:no-python-format
    gettext_noop("This %(model_name)s hasn't been submitted for moderation yet"),
    gettext_noop("No pages/snippets have been submitted for moderation yet"),
    gettext_noop("Publishing this page will cancel the current workflow."),
    # xgettext:no-python-format
    gettext_noop("Publishing this %(model_name)s will cancel the current workflow."),
    # xgettext:no-python-format
    gettext_noop("This page is currently at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."),
    # xgettext:no-python-format
    gettext_noop("This %(model_name)s is currently at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."),
    # xgettext:no-python-format
    gettext_noop(
        "This page was marked as needing changes at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."
    ),
    # xgettext:no-python-format
    gettext_noop(
        "This %(model_name)s was marked as needing changes at <strong>%(task)s</strong> in <strong>%(workflow)s</strong>."
    ),
    gettext_noop("Receive notification when a page is submitted for moderation"),
]

# Estonian: theirs are a broadcast and a mollusc.
MISLEADING = [
    gettext_noop("Live"),
    gettext_noop("live"),
    gettext_noop("live + draft"),
    gettext_noop("slug"),
]

# On the screens of every day, and not in all catalogues of the packages.
MISSING = [
    gettext_noop("Help"),
    gettext_noop("Editor Guide"),
    gettext_noop("Wagtail %(current_version)s editor guide"),
    gettext_noop("Search all pages…"),
    gettext_noop("Search…"),
    gettext_noop("Shortcuts"),
    gettext_noop("Keyboard shortcuts"),
    gettext_noop("Exploring"),
    gettext_noop("Any"),
    gettext_noop("Filter by"),
    gettext_noop("Show filters"),
    gettext_noop("Date updated"),
    gettext_noop("Edited by"),
    gettext_noop("Page type"),
    gettext_noop("Has child pages"),
    gettext_noop("Sort menu order"),
    gettext_noop("Locale"),
    gettext_noop("Locale: "),
    gettext_noop("Locales"),
    gettext_noop("Switch locales"),
    gettext_noop("Status: "),
    gettext_noop("Page visibility: "),
    gettext_noop("Visible to all"),
    gettext_noop("Not visible to the public"),
    gettext_noop("Once live anyone can view"),
    gettext_noop("Choose who can view the live version of this page"),
    gettext_noop("Change privacy"),
    gettext_noop("Privacy and access"),
    gettext_noop("No publishing schedule set"),
    gettext_noop("Set schedule"),
    gettext_noop("Set publishing schedule"),
    gettext_noop("Save schedule"),
    gettext_noop("Anyone can edit this %(model_name)s"),
    gettext_noop("View history"),
    gettext_noop("View details"),
    gettext_noop("See full history"),
    gettext_noop("In progress"),
    gettext_noop("Needs changes"),
    gettext_noop("Request changes"),
    gettext_noop("Approve with comment"),
    gettext_noop("Requested by"),
    gettext_noop("Awaiting my review"),
    gettext_noop("Toggle side panel"),
    gettext_noop("Toggle status"),
    gettext_noop("Toggle section"),
    gettext_noop("Toggle preview"),
    gettext_noop("Toggle checks"),
    gettext_noop("Toggle comments"),
    gettext_noop("Checks"),
    gettext_noop("Comments"),
    gettext_noop("Add comment"),
    gettext_noop("Publishing…"),
    gettext_noop("More options for '%(title)s'"),
    gettext_noop("Translation of %(instance)s into %(locale)s"),
    gettext_noop("Translated manually on {date}"),
    gettext_noop("Published '{object}' in {locale}."),
    gettext_noop("Published '{object}' in {locale} with missing translations - see below."),
    gettext_noop("Change image"),
    gettext_noop("Alt text"),
    gettext_noop("Sort by"),
    gettext_noop("Newest"),
    gettext_noop("Oldest"),
    gettext_noop("Usage count"),
    gettext_noop("Download XLSX"),
    gettext_noop("Site history"),
    gettext_noop("Aging pages"),
    gettext_noop("Locked pages"),
    gettext_noop("Page types usage"),
    gettext_noop("Notifications"),
    gettext_noop("Theme preferences"),
    gettext_noop("System default"),
    gettext_noop("Light"),
    gettext_noop("Dark"),
    gettext_noop("There are no %(model_name)s to display."),
    gettext_noop("Are you sure you want to publish these pages?"),
    gettext_noop("Are you sure you want to delete these pages?"),
    gettext_noop("Translate this page"),
    gettext_noop("Sync translated pages"),
    gettext_noop("Sync translated snippets"),
]

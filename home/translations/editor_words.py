"""Texts of the script of the translation editor that wagtail-localize does not translate into all languages of the site."""

from django.utils.translation import gettext_noop

EDITOR = [
    gettext_noop("[DELETED]"),
    gettext_noop("Applying editor lock"),
    gettext_noop("Change %s"),
    gettext_noop("Change document"),
    gettext_noop("Change page"),
    gettext_noop("Changed"),
    gettext_noop("Choose a %s"),
    gettext_noop("Download PO file"),
    gettext_noop("Download PO file and input translations offline"),
    gettext_noop("Fetching %s information..."),
    gettext_noop("Fetching document information..."),
    gettext_noop("Fetching image information..."),
    gettext_noop("Fetching page information..."),
    gettext_noop("Not translated"),
    gettext_noop("Publish in "),
    gettext_noop("Publishing..."),
    gettext_noop("Removing editor lock"),
    gettext_noop("Revert to %s version"),
    gettext_noop("Saving..."),
    gettext_noop("segments translated"),
    gettext_noop("Server error"),
    gettext_noop("There are unsaved segments. Please save or cancel them before leaving."),
    gettext_noop("Translate"),
    gettext_noop("Upload PO file"),
    gettext_noop("Upload translated PO file to submit translations"),
    gettext_noop("Uses %s version"),
]

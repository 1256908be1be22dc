"""The messages for refused files: title and text by the code of the issue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# A text may contain placeholders for values of the issue.
ERRORS = {
    "not_pdf": (
        _("The file is not a PDF"),
        _("Its name ends in .pdf, but its content is something else. Export the document as PDF and upload it again."),
    ),
    "not_format": (
        _("The file name does not match the content"),
        _("The name ends in .%(extension)s, but the content has another format. Save the file in that format."),
    ),
    "encrypted": (
        _("The file is protected"),
        _("It has a password or restricts copying, which also blocks screen readers. Save it without protection."),
    ),
    "damaged": (
        _("The file is damaged"),
        _("It cannot be read. If it opens correctly on your computer, export it as PDF again."),
    ),
    "too_costly": (
        _("The file is too complex to check"),
        _("Checking it takes more than %(seconds)s seconds or %(memory)s MB of memory. Simplify the file or split it."),
    ),
    "active": (
        _("The file contains active content"),
        _("Scripts, macros, media, attached files and links to files can harm readers. Save the file without them."),
    ),
}

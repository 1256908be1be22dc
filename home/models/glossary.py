"""The glossary of translators: terms, their translations, and words to avoid."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from home.languages import language_choices


class GlossaryTerm(models.Model):
    """A term of the source language in one other language."""

    term = models.CharField(
        _("term"),
        max_length=160,
        help_text=_("In the source language. Separate several forms with commas; text in parentheses is a note."),
    )
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    translation = models.CharField(_("translation"), max_length=200)
    avoided = models.CharField(
        _("words to avoid"),
        max_length=300,
        blank=True,
        help_text=_("Separated by commas. An asterisk at the end of a word stands for any ending."),
    )

    panels = ["term", "language", "translation", "avoided"]

    class Meta:
        verbose_name = _("term of the glossary")
        verbose_name_plural = _("terms of the glossary")
        ordering = ["language", "term"]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "term"],
                name="home_glossary_term_once_per_language",
                violation_error_message=_("The glossary already has this term in this language."),
            ),
        ]

    def __str__(self):
        return f"{self.term} ({self.language})"

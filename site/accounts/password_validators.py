"""Rules for passwords in addition to Django's."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.mail import site_label

# Shorter words of the site's name are too common to count.
SHORTEST_WORD = 4
# How many characters a password must have apart from the words of the site.
OTHER_CHARACTERS = 8


class SiteWordsValidator:
    """Refuses passwords that mainly consist of the name or address of this site: attackers try these first."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.casefold()
        for word in sorted(site_words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != password.casefold() and len(rest) < OTHER_CHARACTERS:
            raise ValidationError(self.get_help_text(), code="password_of_site_words")

    def get_help_text(self) -> str:
        return _("Use more than the name of this site in your password.")


def site_words() -> set[str]:
    """Return the words in the site's name and host name, in lower case."""
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or ""
    text = f"{site_label()} {settings.WAGTAIL_SITE_NAME} {host}".casefold()
    return {word for word in re.split(r"[\W_]+", text) if len(word) >= SHORTEST_WORD}

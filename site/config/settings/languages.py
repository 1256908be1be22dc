"""Languages of the site and of the admin, formats of dates, and translation of pages."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from config import environment
from config.settings.folders import BASE_DIR

USE_TZ = True
TIME_ZONE = "Europe/Helsinki"
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
LANGUAGE_CODE = "en"
# The names that differ from Django's.
LANGUAGE_NAMES = {"en": _("English"), "fi": _("Finnish"), "et": _("Estonian"), "el": _("Greek")}
# The page tree has the same languages as the site: `WAGTAIL_CONTENT_LANGUAGES`.
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    (code, LANGUAGE_NAMES[code] if code in LANGUAGE_NAMES else _(LANG_INFO[code]["name"]))
    for code in environment.languages("LANGUAGES", "en,fi,et,el")
]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

# A new translation stays a draft until an editor publishes it.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
# The service that translates texts when translators request it. Without a service, there is no button.
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = environment.machine_translator("off")

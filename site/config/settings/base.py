"""Settings shared by all environments. `dev`, `test` and `production` contain only the differences.

Each topic has a module of its own, which this one imports. What is below belongs to none of them.
"""

from zoneinfo import available_timezones

from config import environment

# With a star each, since every name in capitals is a setting; the linter cannot see the names (F403).
from config.settings.applications import *  # noqa: F403
from config.settings.databases import *  # noqa: F403
from config.settings.files import *  # noqa: F403
from config.settings.folders import *  # noqa: F403
from config.settings.languages import *  # noqa: F403
from config.settings.logs import *  # noqa: F403
from config.settings.public_forms import *  # noqa: F403
from config.settings.security import *  # noqa: F403
from config.settings.sign_in import *  # noqa: F403

# The site and its address

# The name that is used until the project's acronym is entered in Settings > Project.
WAGTAIL_SITE_NAME = environment.text("SITE_NAME", "Project site")
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL = environment.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
# The host name that serves the admin and nothing else; empty: every host serves it (`home/http/admin_host.py`).
ADMIN_HOST = ""
# Whether addresses on other sites in public pages are checked about once a week (`home/link_checks.py`). Off in development
# and in tests.
CHECK_LINKS = environment.flag("CHECK_LINKS", default=False)
# The number of the site's own reverse proxies. The production settings set it.
PROXY_COUNT = 0

# The editor's form of a timetable with forty rows exceeds Django's default of 1,000 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# The API of public pages (`home/api.py`)

WAGTAILAPI_BASE_URL = environment.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
WAGTAILAPI_LIMIT_MAX = 50
# Only JSON, also for browsers: the pages of the REST framework need an app that is not installed.
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}

# Wagtail

# The admin must not load anything from other hosts.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Only zones with a slash, because others, such as "localtime", break the script of the account page.
WAGTAIL_USER_TIME_ZONES = [*sorted(zone for zone in available_timezones() if "/" in zone), "UTC"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "home.search_backend"}}
WAGTAIL_WORKFLOW_ENABLED = True
# No embeds, because they would load from other hosts. The video block shows a link, and a player after a click.
WAGTAILEMBEDS_FINDERS: list[dict[str, object]] = []

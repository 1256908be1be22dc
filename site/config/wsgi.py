"""The WSGI application that servers load. Production settings are the default."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

# gunicorn ends with this code of a worker, and starts the worker again with any other.
APP_LOAD_ERROR = 4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    # A traceback would hide the sentence that says which setting is wrong.
    sys.stderr.write(f"{error}\n")
    sys.exit(APP_LOAD_ERROR)

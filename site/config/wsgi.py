"""The WSGI application that servers load. Production settings are the default."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from config.request_encoding import reads_utf8

# If a worker ends with this code, gunicorn ends as well; with other codes, it starts the worker again.
APP_LOAD_ERROR = 4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

try:
    application = reads_utf8(get_wsgi_application())
except ImproperlyConfigured as error:
    # Print only the message, because a traceback would hide the sentence that says which setting is wrong.
    sys.stderr.write(f"{error}\n")
    sys.exit(APP_LOAD_ERROR)

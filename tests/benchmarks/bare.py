"""The least that a Django site can do: a view without middleware and database that answers with 20 KB."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

BODY = (
    "<!doctype html><html lang='en'><title>Bare</title>" + "<p>The quick brown fox jumps over the lazy dog.</p>" * 400
)

settings.configure(SECRET_KEY="only-for-the-bench", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__)


def view(request):
    return HttpResponse(BODY)


urlpatterns = [path("", view)]
application = get_wsgi_application()

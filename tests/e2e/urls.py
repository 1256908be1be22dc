"""The site's URLs, and URLs for uploads and emails, which a web server and a mail server handle in production."""

from django.conf import settings
from django.urls import include, path
from django.views.static import serve

from config import urls
from config.urls import handler404

__all__ = ["handler404", "urlpatterns"]

urlpatterns = [
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("demo/mail/", include("events.views.demo_mailbox")),
    path("demo/components/", include("home.demo.components")),
    *urls.urlpatterns,
]

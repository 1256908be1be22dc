"""URL configuration with the demo mailbox, which otherwise exists only with DEBUG."""

from django.urls import include, path

from config.urls import urlpatterns as site_urlpatterns

urlpatterns = [path("demo/mail/", include("events.views.demo_mailbox")), *site_urlpatterns]

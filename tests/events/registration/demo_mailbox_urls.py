"""The addresses of the demo's mails, which exist in DEBUG alone, for their tests."""

from django.urls import include, path

from config.urls import urlpatterns as of_the_site

urlpatterns = [path("demo/mail/", include("events.views.demo_mailbox")), *of_the_site]

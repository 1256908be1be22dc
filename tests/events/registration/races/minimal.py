"""A minimal Django site for registration: a form, a row lock, a count and an insert.

`make bench` compares this project's site with it, on the same database server and with as many processes.
"""

from __future__ import annotations

import os

import dj_database_url
import django
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path

settings.configure(
    SECRET_KEY="only-for-the-bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": dj_database_url.parse(os.environ["DATABASE_URL"])
        # The same as `POSTGRESQL_OPTIONS` of the site.
        | {"OPTIONS": {"pool": {"min_size": 1, "max_size": 8}, "server_side_binding": True, "prepare_threshold": 5}}
    },
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    ROOT_URLCONF=__name__,
)
django.setup()

PAGE = """<!doctype html><html lang="en"><title>Register</title><form method="post">{% csrf_token %}{{ form.as_p }}
<button>Register</button></form></html>"""


class PersonForm(forms.Form):
    # The name of the field in the form of the site.
    given_name = forms.CharField(max_length=120)
    email = forms.EmailField()


def register(request):
    form = PersonForm(request.POST or None)
    if form.is_valid():
        return HttpResponseRedirect(f"/done/{book(form.cleaned_data)}/", status=303)
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form}, request))


def book(person) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT capacity FROM minimal_event WHERE id = 1 FOR UPDATE")
        capacity = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM minimal_person WHERE event_id = 1 AND state = 'in'")
        state = "in" if cursor.fetchone()[0] < capacity else "waiting"
        cursor.execute(
            "INSERT INTO minimal_person (event_id, name, email, state) VALUES (1, %s, %s, %s)",
            [person["given_name"], person["email"], state],
        )
    return state


def done(request, state):
    return HttpResponse(f"<!doctype html><html lang='en'><title>Done</title><p>{state}</p></html>")


urlpatterns = [path("register/", register), path("done/<str:state>/", done)]
application = get_wsgi_application()

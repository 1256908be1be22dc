import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tests.factories.factsheets import make_fact_sheet, make_fact_sheet_list


@pytest.fixture
def fact_sheet_list(home_page):
    return make_fact_sheet_list(home_page)


@pytest.fixture
def sheet(fact_sheet_list):
    """A live fact sheet in the source language, without files."""
    return make_fact_sheet(fact_sheet_list, slug="a-beacon")


@pytest.fixture
def user_of(db):
    """Create a user in a group: `user_of("Editors")`."""

    def make(group: str | None):
        user = get_user_model().objects.create_user(username=f"user-{group}", password="secret")
        if group:
            user.groups.add(Group.objects.get(name=group))
        return user

    return make


@pytest.fixture
def reader(client):
    """A client with the user agent of a browser, so that its downloads are counted."""
    client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    return client

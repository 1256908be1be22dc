import pytest

from tests.factories import reload
from tests.factories.registrations import make_open_page
from tests.factories.users import make_organiser


@pytest.fixture(scope="module")
def made_page(module_home_page):
    return make_open_page(module_home_page, slug="open", event_fields={"contact_email": "office@example.org"})


@pytest.fixture
def page(made_page, db):
    """The page of an event with open registration, ten places on site and a waiting list."""
    return reload(made_page)


@pytest.fixture
def event(page):
    return page.event


@pytest.fixture
def organiser(event, client):
    """A signed-in user who manages registrations, without sensitive answers."""
    user = make_organiser(event)
    client.force_login(user)
    return user


@pytest.fixture
def trusted(event, client):
    """A signed-in user who manages registrations and sees sensitive answers."""
    user = make_organiser(event, "trusted", sees_sensitive=True)
    client.force_login(user)
    return user

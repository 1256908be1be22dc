import pytest

from tests.factories.registrations import make_open_page
from tests.factories.users import make_organiser


@pytest.fixture
def page(home_page):
    """The page of an open event with ten seats on site and a waiting list."""
    return make_open_page(home_page)


@pytest.fixture
def event(page):
    return page.event


@pytest.fixture
def organiser(event, client):
    """Somebody who sees everything of the event but sensitive answers, signed in."""
    user = make_organiser(event)
    client.force_login(user)
    return user


@pytest.fixture
def trusted(event, client):
    """The same with sensitive answers, signed in."""
    user = make_organiser(event, "trusted", sees_sensitive=True)
    client.force_login(user)
    return user

"""Two processes that index the same object at the same time."""

import pytest
from django.db import connection
from wagtail.search import index
from wagtail.search.backends import get_search_backend

from home.models import ContentPage
from tests.factories.pages import make_page


@pytest.mark.any_database
def test_the_search_of_each_database_is_found(db):
    assert get_search_backend().index_class


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL adds or changes the entry in one statement")
def test_an_object_is_indexed_in_a_transaction_of_its_own(home_page, monkeypatch):
    page = make_page(ContentPage, home_page, title="Workshop")
    depths = []
    index_class = get_search_backend().index_class.__base__
    add_items = index_class.add_items

    def look_and_add(self, model, objs):
        depths.append(len(connection.savepoint_ids))
        add_items(self, model, objs)

    monkeypatch.setattr(index_class, "add_items", look_and_add)
    outside = len(connection.savepoint_ids)
    index.insert_or_update_object(page)
    assert depths == [outside + 1]

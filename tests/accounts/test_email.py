"""Changing the email address of one's own account."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.admin import email
from accounts.admin.email import new_token
from tests.factories import reload
from tests.factories.users import make_user

pytestmark = pytest.mark.any_database

PASSWORD = "a long enough password"


@pytest.fixture
def translator(client, db) -> User:
    user = make_user("translator")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    return user


def ask(client, email: str, password: str = PASSWORD):
    return client.post(reverse("accounts:change_email"), {"email": email, "password": password})


def confirmation_link() -> str:
    return re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]


def test_account_page_does_not_change_the_address(client, translator):
    client.post(
        reverse("wagtailadmin_account"),
        {"name_email-first_name": "A", "name_email-last_name": "B", "name_email-email": "other@partner.example"},
    )
    assert reload(translator).email == "translator@example.org"


def test_address_is_changed_after_confirmation_from_the_new_one(client, translator):
    assert ask(client, "new@example.org").status_code == 302
    assert reload(translator).email == "translator@example.org"
    assert [message.to for message in mail.outbox] == [["new@example.org"], ["translator@example.org"]]
    link = confirmation_link()
    # A mail scanner that opens the link changes nothing.
    assert client.get(link).status_code == 200
    assert reload(translator).email == "translator@example.org"
    assert client.post(link).status_code == 302
    assert reload(translator).email == "new@example.org"
    assert client.post(link).status_code == 404


def test_address_is_not_changed_without_the_password(client, translator):
    assert ask(client, "new@example.org", "wrong").status_code == 422
    assert mail.outbox == []


def test_password_of_this_form_is_limited(client, translator):
    for _number in range(5):
        ask(client, "new@example.org", "wrong")
    assert ask(client, "new@example.org").status_code == 429
    assert mail.outbox == []


def test_link_of_another_account_confirms_nothing(client, translator):
    impostor = make_user("impostor")
    other = Client()
    other.force_login(impostor)
    path = reverse("accounts:confirm_email", args=[new_token(translator, "new@example.org")])
    assert other.post(path).status_code == 404
    assert reload(impostor).email == "impostor@example.org"
    assert Client().get(path).status_code == 302


def test_address_of_another_account_is_not_taken(client, translator):
    make_user("colleague")
    taken, free = ask(client, "Colleague@example.org"), ask(client, "free@example.org")
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert {message.to[0] for message in mail.outbox} == {"free@example.org", "translator@example.org"}
    path = reverse("accounts:confirm_email", args=[new_token(translator, "colleague@example.org")])
    assert client.post(path).status_code == 404


def test_an_address_that_another_account_takes_at_the_same_time_is_not_taken(client, translator, monkeypatch):
    colleague = make_user("colleague")

    def lock_after_the_colleague() -> None:
        User.objects.filter(pk=colleague.pk).update(email="New@example.org")

    monkeypatch.setattr(email, "wait_for_other_account_changes", lock_after_the_colleague)
    path = reverse("accounts:confirm_email", args=[new_token(translator, "new@example.org")])
    assert client.post(path).status_code == 404
    assert reload(translator).email == "translator@example.org"

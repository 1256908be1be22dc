"""Accounts that could do nothing: administrators are told when they save one."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from home import permissions
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ACCOUNT = {
    "username": "mari",
    "email": "mari@example.org",
    "first_name": "Mari",
    "last_name": "Member",
    "password1": "a long password of a member",
    "password2": "a long password of a member",
    "is_active": "on",
}


def warnings(answer) -> list[str]:
    return [" ".join(item.get_text(" ").split()) for item in soup(answer).select(".messages .warning")]


def test_an_account_without_a_group_is_reported_when_it_is_created_and_edited(admin_client):
    answer = admin_client.post(reverse("wagtailusers_users:add"), ACCOUNT, follow=True)
    user = User.objects.get(username="mari")
    assert warnings(answer)[0].startswith("“mari” is in no group, so this account cannot sign in here.")
    url = reverse("wagtailusers_users:edit", args=[user.pk])
    assert len(warnings(admin_client.post(url, ACCOUNT, follow=True))) == 1
    editors = Group.objects.get(name=permissions.EDITORS).pk
    assert warnings(admin_client.post(url, ACCOUNT | {"groups": [editors]}, follow=True)) == []


def test_administrators_and_inactive_accounts_need_no_group(admin_client):
    administrator = ACCOUNT | {"is_superuser": "on"}
    assert warnings(admin_client.post(reverse("wagtailusers_users:add"), administrator, follow=True)) == []
    url = reverse("wagtailusers_users:edit", args=[User.objects.get(username="mari").pk])
    inactive = {name: value for name, value in ACCOUNT.items() if name != "is_active"}
    assert warnings(admin_client.post(url, inactive, follow=True)) == []
    assert not User.objects.get(username="mari").is_active

"""Inviting people to have an account: the email, the link, the account, and the list."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from accounts import invitations
from accounts.invitation_links import token_of
from accounts.models import AccessRecord, Action, Invitation
from home.permissions import EDITORS, PARTNER_EDITORS
from home.roles import COORDINATORS, DATA_PROTECTION
from tests.factories.project import make_organisation
from tests.factories.users import make_editor, make_user
from tests.html import soup

pytestmark = pytest.mark.any_database

QUERIES_OF_THE_LIST = 13

PASSWORD = "seven grey herons stand"


@pytest.fixture
def partner(db):
    return make_organisation("Turku")


@pytest.fixture
def form(partner) -> dict[str, object]:
    groups = Group.objects.filter(name__in=[PARTNER_EDITORS, "Translators: Finnish"])
    return {
        "first_name": "Nina",
        "last_name": "New",
        "email": "nina@example.org",
        "organisation": str(partner.translation_key),
        "groups": [group.pk for group in groups],
        "language": "fi",
    }


@pytest.fixture
def invite(admin_client, form, django_capture_on_commit_callbacks):
    """Send the form of an invitation with changed values, and return the answer."""

    def send(**changes):
        with django_capture_on_commit_callbacks(execute=True):
            return admin_client.post(reverse("accounts:invite"), form | changes)

    return send


@pytest.fixture
def change(admin_client, django_capture_on_commit_callbacks):
    def send(what: str):
        with django_capture_on_commit_callbacks(execute=True):
            url = reverse("accounts:change_invitation", args=[Invitation.objects.get().pk])
            return admin_client.post(url, {what: "yes"})

    return send


def link_in(message) -> str:
    """Return the path of the link in an email."""
    return re.search(r"https?://[^/\s]+(/\S+)", message.body)[1]


def choose_password(client, url: str, **changes):
    values = {"username": "nina@example.org", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(url, values | changes)


def test_an_invitation_becomes_an_account_in_the_language_of_the_person(invite, client, partner, settings):
    settings.SECOND_FACTOR = "off"
    assert invite().status_code == 302
    message = mail.outbox[0]
    assert message.to == ["nina@example.org"]
    assert "kutsu" in message.subject
    assert "Turku" in message.body
    assert "Kääntäjä: suomi" in message.body
    assert not User.objects.filter(email="nina@example.org").exists()
    page = client.get(link_in(message))
    assert (page.status_code, page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == (
        200,
        # Without it, browsers send the form with `Origin: null`, which is refused.
        "strict-origin",
        True,
    )
    assert soup(page).html["lang"] == "fi"

    answer = choose_password(client, link_in(message))

    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:welcome"))
    user = User.objects.get(email="nina@example.org")
    assert sorted(user.groups.values_list("name", flat=True)) == [PARTNER_EDITORS, "Translators: Finnish"]
    assert list(user.organisations.all()) == [partner]
    assert UserProfile.objects.get(user=user).preferred_language == "fi"
    welcome = soup(client.get(answer["Location"]))
    assert len(welcome.select("main .tasks li a")) == 3
    assert "Turku" in welcome.select_one("main").get_text()
    assert client.get(link_in(message)).status_code == 410


def test_the_partner_is_named_in_the_language_of_the_reader(invite, client, admin_client, partner, settings):
    settings.SECOND_FACTOR = "off"
    make_organisation("Turun ammattikorkeakoulu", "fi", translation_key=partner.translation_key)
    invite()
    message = mail.outbox[0]
    assert "Turun ammattikorkeakoulu" in message.body
    assert "Turun ammattikorkeakoulu" in client.get(link_in(message)).text
    assert "Turun ammattikorkeakoulu" not in admin_client.get(reverse("accounts:invitations")).text
    choose_password(client, link_in(message))
    assert "Turun ammattikorkeakoulu" in client.get(reverse("accounts:welcome")).text


def test_the_form_says_what_each_role_is_for(admin_client):
    page = soup(admin_client.get(reverse("accounts:invite")))
    labels = {label.get_text(" ", strip=True) for label in page.select("#id_groups label")}
    assert "Coordinators – answer messages from the contact page; change no pages" in labels
    assert "Translator: Greek – translate into this language and publish the translations" in labels
    assert all(" – " in label for label in labels)


@pytest.mark.parametrize(
    ("group", "tasks"), [(COORDINATORS, ["Answer enquiries"]), (DATA_PROTECTION, ["Record of access"])]
)
def test_people_who_edit_no_pages_begin_with_their_own_task(group, tasks, client, db, settings):
    settings.SECOND_FACTOR = "off"
    client.force_login(make_user("member", group=group))
    page = soup(client.get(reverse("accounts:welcome"))).select_one("main")
    assert [task.get_text() for task in page.select(".tasks strong")] == tasks
    assert [client.get(task["href"]).status_code for task in page.select(".tasks a")] == [200]
    assert "To begin with" in [heading.get_text() for heading in page.select("h2")]


def test_estonian_has_one_word_for_a_password(invite, client):
    invite(language="et")
    page = client.get(link_in(mail.outbox[0])).text
    assert "alasõna" not in page
    assert "Paroolis peab olema vähemalt 12 märki." in page
    refused = choose_password(client, link_in(mail.outbox[0]), password1="short", password2="short")
    assert "alasõna" not in refused.text
    assert "See parool on liiga lühike. Selles peab olema vähemalt 12 märki." in refused.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"groups": []}, "groups"),
        ({"organisation": "7"}, "organisation"),
        ({"language": "xx"}, "language"),
        ({"first_name": ""}, "first_name"),
    ],
)
def test_wrong_invitations_are_refused_with_a_reason(changes, field, invite):
    answer = invite(**changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Invitation.objects.exists()


def test_nobody_is_invited_twice_or_with_an_account(invite):
    User.objects.create_user("known", "Known@example.org")
    assert invite(email="known@example.org").status_code == 422
    assert invite().status_code == 302
    assert invite(email="NINA@example.org").status_code == 422
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("changes", [{"password1": "short", "password2": "short"}, {"password2": "another password"}])
def test_the_password_follows_the_rules(changes, invite, client):
    invite()
    assert choose_password(client, link_in(mail.outbox[0]), **changes).status_code == 422
    assert not User.objects.filter(email="nina@example.org").exists()


def test_a_taken_username_is_refused_whatever_its_case(invite, client):
    User.objects.create_user("NINA@example.org")
    invite()
    assert choose_password(client, link_in(mail.outbox[0])).status_code == 422


def test_repeating_sends_a_new_link_and_ends_the_old_one(invite, change, client):
    invite()
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    assert client.get(link_in(mail.outbox[0])).status_code == 410
    change("repeat")
    old, new = (link_in(message) for message in mail.outbox)
    assert [client.get(url).status_code for url in (old, new)] == [404, 200]
    assert Invitation.objects.get().expires_at > timezone.now() + datetime.timedelta(days=13)


def test_a_withdrawn_invitation_cannot_be_used_or_repeated(invite, change, client):
    invite()
    change("withdraw")
    url = link_in(mail.outbox[0])
    assert [client.get(url).status_code, choose_password(client, url).status_code] == [410, 410]
    change("repeat")
    assert len(mail.outbox) == 1
    assert Invitation.objects.get().status == "withdrawn"
    assert not User.objects.filter(email="nina@example.org").exists()
    # The address can be invited again.
    assert invite().status_code == 302


def test_an_email_is_not_sent_once_the_invitation_was_withdrawn(invite):
    invite()
    invitation = Invitation.objects.get()
    invitations.withdraw(invitation.pk)
    mail.outbox.clear()
    invitations.send_invitation.call(invitation.pk)
    assert mail.outbox == []


def test_an_invitation_is_accepted_once(invite):
    invite()
    pk = Invitation.objects.get().pk
    invitations.accept(pk, username="one", password=PASSWORD)
    with pytest.raises(invitations.InvitationError):
        invitations.accept(pk, username="two", password=PASSWORD)
    with pytest.raises(invitations.InvitationError):
        invitations.withdraw(pk)
    assert list(User.objects.filter(email="nina@example.org").values_list("username", flat=True)) == ["one"]


@pytest.mark.parametrize("token", ["x", "WzEsMV0:1abc:def", "a" * 2000])
def test_wrong_links_are_not_found(token, client, db):
    page = client.get(reverse("invitation", args=[token]))
    assert page.status_code == 404
    assert soup(page).select_one("h1").get_text(strip=True) == "This invitation cannot be used"


def test_only_people_who_may_add_accounts_invite(client, invite, form):
    invite()
    invitation = Invitation.objects.get()
    client.force_login(make_editor())
    before = invitation.nonce
    urls = [reverse("accounts:invitations"), reverse("accounts:invite")]
    assert [client.get(url).status_code for url in urls] == [302, 302]
    client.post(urls[1], form | {"email": "other@example.org"})
    client.post(reverse("accounts:change_invitation", args=[invitation.pk]), {"repeat": "yes"})
    assert list(Invitation.objects.values_list("email", "nonce")) == [("nina@example.org", before)]


def test_the_list_says_how_each_invitation_stands(invite, change, admin_client):
    page = soup(admin_client.get(reverse("accounts:invitations")))
    assert "Nobody has been invited yet." in page.select_one("main").get_text()
    invite()
    page = soup(admin_client.get(reverse("accounts:invitations")))
    assert [button["name"] for button in page.select("main td button")] == ["repeat", "withdraw"]
    change("withdraw")
    row = soup(admin_client.get(reverse("accounts:invitations"))).select_one("main tbody tr")
    assert "withdrawn on" in row.get_text()
    assert not row.select("button")


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_has_a_constant_number_of_queries(number, admin_client, partner, django_assert_num_queries):
    for index in range(number):
        invitation = Invitation.objects.create(
            email=f"{index}@example.org", organisation=partner, language="en", expires_at=timezone.now()
        )
        invitation.groups.add(Group.objects.get(name=EDITORS))
    admin_client.get(reverse("accounts:invitations"))
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        admin_client.get(reverse("accounts:invitations"))


def test_what_happened_is_recorded(invite, change):
    invite()
    change("withdraw")
    actions = AccessRecord.objects.filter(action__in=[Action.INVITED, Action.INVITATION_WITHDRAWN]).order_by("pk")
    assert list(actions.values_list("action", "subject", "username")) == [
        ("invited", "nina@example.org", "admin"),
        ("invitation_withdrawn", "nina@example.org", "admin"),
    ]


def test_ended_invitations_are_deleted_after_90_days(invite):
    invite()
    end = Invitation.objects.get().expires_at
    assert invitations.prune(end + datetime.timedelta(days=89)) == 0
    assert invitations.prune(end + datetime.timedelta(days=91)) == 1
    assert not Invitation.objects.exists()


def test_tokens_of_two_invitations_differ(invite):
    invite()
    invite(email="second@example.org")
    assert len({token_of(invitation) for invitation in Invitation.objects.all()}) == 2


@pytest.mark.parametrize("spelling", [str, str.upper])
def test_a_username_that_is_taken_meanwhile_is_a_mistake_in_the_form(spelling, invite, client, monkeypatch):
    invite()
    accept = invitations.accept

    def accept_after_someone_else(pk, **values):
        User.objects.create_user(spelling(values["username"]))
        return accept(pk, **values)

    monkeypatch.setattr(invitations, "accept", accept_after_someone_else)
    answer = choose_password(client, link_in(mail.outbox[0]))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"username"}
    assert Invitation.objects.get().status == "open"


@pytest.mark.parametrize("end", ["deactivate", "delete"])
def test_an_invitation_ends_with_the_account_of_its_sender(invite, admin_user, end):
    invite()
    open_one = Invitation.objects.get()
    assert (open_one.invited_by, open_one.status) == (admin_user, "open")
    if end == "delete":
        admin_user.delete()
    else:
        admin_user.is_active = False
        admin_user.save()
    open_one.refresh_from_db()
    assert open_one.status == "withdrawn"
    with pytest.raises(invitations.InvitationError):
        invitations.accept(open_one.pk, username="nina", password=PASSWORD)


@pytest.mark.parametrize("loss", ["superuser", "group"])
def test_nobody_accepts_an_invitation_of_someone_who_may_no_longer_invite(form, client, loss, admin_user):
    sender = make_editor("sender")
    managers = Group.objects.create(name="Managers of accounts")
    managers.permissions.add(Permission.objects.get(codename="add_user"))
    if loss == "superuser":
        sender.is_superuser = True
        sender.save()
    else:
        sender.groups.add(managers)
    groups = Group.objects.filter(name=EDITORS)
    values = {name: form[name] for name in ("email", "first_name", "last_name", "language")}
    sender = User.objects.get(pk=sender.pk)
    invitation = invitations.invite(**values, organisation=None, groups=groups, invited_by=sender)
    url = reverse("invitation", args=[token_of(invitation)])
    assert client.get(url).status_code == 200
    if loss == "superuser":
        sender.is_superuser = False
        sender.save()
    else:
        sender.groups.remove(managers)

    assert [client.get(url).status_code, choose_password(client, url).status_code] == [410, 410]
    assert not User.objects.filter(email=form["email"]).exists()
    if loss == "group":
        # Someone else stands for it now.
        repeated = invitations.repeat(invitation.pk, admin_user)
        assert choose_password(client, reverse("invitation", args=[token_of(repeated)])).status_code == 302

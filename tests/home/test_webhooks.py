"""Webhooks: what is told, to whom, how it is signed, and what happens when a receiver fails."""

import base64
import datetime
import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from home import outgoing
from home.models import ContentPage, Webhook, WebhookDelivery, WebhookKind
from home.webhooks import queue
from tests.factories.pages import make_page
from tests.factories.users import make_editor
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]


@pytest.fixture
def receiver(monkeypatch):
    """A receiver on this machine that answers with the next status of `statuses`, then with 204, and keeps `requests`."""

    class Receiver(BaseHTTPRequestHandler):
        requests, statuses = [], []

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.requests.append((dict(self.headers), body))
            self.send_response(self.statuses.pop(0) if self.statuses else 204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setattr(outgoing, "public_address", lambda host, port: host)
    Receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield Receiver
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def webhook(receiver):
    return Webhook.objects.create(name="Partner", url=receiver.url)


def deliver(at=None):
    return queue.deliver_due(at or timezone.now() + datetime.timedelta(seconds=1))


def told(receiver):
    return [json.loads(body) for _headers, body in receiver.requests]


def test_a_published_page_is_told_and_signed(webhook, receiver, home_page, settings):
    page = make_page(ContentPage, home_page, "Küsimused ja vastused", live=False)
    page.save_revision().publish()
    assert deliver() == 1
    [(headers, body)] = receiver.requests

    assert json.loads(body)["type"] == "page.published"
    assert json.loads(body)["data"] == {
        "id": page.pk,
        "type": "home.ContentPage",
        "language": "en",
        "title": "Küsimused ja vastused",
        "url": page.full_url,
        "api_url": f"{settings.PUBLIC_BASE_URL}/api/v2/pages/{page.pk}/",
    }
    # As a receiver checks it, by the specification of Standard Webhooks.
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    [delivery] = WebhookDelivery.objects.all()
    assert (delivery.attempts, delivery.is_waiting, delivery.status_text) == (1, False, "Delivered")
    assert deliver() == 0


def test_an_unpublished_and_a_deleted_page_are_told(webhook, receiver, home_page):
    first, second = (make_page(ContentPage, home_page, title) for title in ("First", "Second"))
    first.unpublish()
    second.delete()
    deliver()
    assert [(item["type"], item["data"]["title"]) for item in told(receiver)] == [
        ("page.unpublished", "First"),
        ("page.unpublished", "Second"),
    ]


def test_drafts_and_private_pages_are_not_told(webhook, receiver, home_page):
    page = make_page(ContentPage, home_page, "Draft", live=False)
    page.save_revision()
    parent = make_page(ContentPage, home_page, "Members")
    PageViewRestriction.objects.create(page=parent, restriction_type=PageViewRestriction.LOGIN)
    private = make_page(ContentPage, parent, "Private")
    private.save_revision().publish()
    private.unpublish()
    expired = make_page(ContentPage, home_page, "Old", expire_at=timezone.now() - datetime.timedelta(days=1))
    expired.unpublish()
    assert deliver() == 0
    assert not WebhookDelivery.objects.exists()

    # The same page is told once it is open.
    PageViewRestriction.objects.all().delete()
    private.save_revision().publish()
    assert deliver() == 1


def test_only_the_chosen_kinds_are_sent_and_nothing_while_inactive(webhook, receiver, home_page):
    Webhook.objects.update(page_published=False)
    page = make_page(ContentPage, home_page, "Page")
    page.save_revision().publish()
    assert not WebhookDelivery.objects.exists()
    page.unpublish()
    Webhook.objects.update(is_active=False)
    assert deliver() == 0
    page.save_revision().publish()
    page.unpublish()
    assert WebhookDelivery.objects.count() == 1


def test_a_receiver_that_fails_is_asked_again_and_then_given_up(webhook, receiver, caplog):
    queue.queue_test(webhook)
    receiver.statuses += [500] * 20
    now = timezone.now()
    pauses = []
    for _number in range(20):
        delivery = WebhookDelivery.objects.get()
        if not delivery.is_waiting:
            break
        # Not before its time.
        assert queue.deliver_due(delivery.next_attempt_at - datetime.timedelta(seconds=1)) == 0
        before = len(receiver.requests)
        deliver(delivery.next_attempt_at)
        assert len(receiver.requests) == before + 1
        after = WebhookDelivery.objects.get().next_attempt_at
        pauses.append(after and round((after - now).total_seconds() / 60))
    assert pauses == [1, 5, 30, 120, 360, 960, None]
    assert delivery.status_text == "Not delivered: answer 500"
    assert "was given up: 500" in caplog.text
    # All attempts have the same id, so that the receiver can leave out a second one.
    assert len({headers["webhook-id"] for headers, _body in receiver.requests}) == 1


def test_a_receiver_that_fails_holds_up_only_its_own_requests(webhook, receiver, home_page):
    broken = Webhook.objects.create(name="A broken one", url="http://127.0.0.1:9/")
    for number in range(3):
        make_page(ContentPage, home_page, f"Page {number}").save_revision().publish()
    assert deliver() == 3
    assert sorted(broken.deliveries.values_list("attempts", flat=True)) == [0, 0, 1]


def test_a_receiver_that_is_gone_is_switched_off(webhook, receiver):
    queue.queue_test(webhook)
    queue.queue_test(webhook)
    receiver.statuses.append(410)
    deliver()
    webhook.refresh_from_db()
    assert not webhook.is_active
    assert {delivery.status_text for delivery in webhook.deliveries.all()} == {
        "Not delivered: answer 410",
        "Not delivered: the webhook was switched off",
    }


def test_two_processes_send_a_request_once(webhook, receiver, monkeypatch):
    queue.queue_test(webhook)
    claim = queue._claim

    def claim_after_the_other(delivery, now):
        other = WebhookDelivery.objects.get(pk=delivery.pk)
        assert claim(other, now)
        return claim(delivery, now)

    monkeypatch.setattr(queue, "_claim", claim_after_the_other)
    assert deliver() == 0
    monkeypatch.undo()
    # The other process was killed before it sent anything: the request is due again after a while.
    later = timezone.now() + queue.CLAIM + datetime.timedelta(seconds=5)
    monkeypatch.setattr(outgoing, "public_address", lambda host, port: host)
    assert queue.deliver_due(later) == 1
    assert len(receiver.requests) == 1


def test_a_request_never_goes_to_the_own_network(webhook, monkeypatch, receiver):
    monkeypatch.undo()
    queue.queue_test(webhook)
    deliver()
    assert WebhookDelivery.objects.get().reason == "not a public address"
    assert receiver.requests == []


def test_what_was_delivered_does_not_wait(webhook):
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookDelivery.objects.create(
            webhook=webhook,
            kind=WebhookKind.TEST,
            payload={},
            delivered_at=timezone.now(),
            next_attempt_at=timezone.now(),
        )


def test_old_requests_are_deleted(webhook):
    now = timezone.now()
    for days, waits in ((31, False), (31, True), (29, False)):
        WebhookDelivery.objects.create(
            webhook=webhook,
            kind=WebhookKind.TEST,
            payload={},
            created_at=now - datetime.timedelta(days=days),
            next_attempt_at=now if waits else None,
        )
    assert queue.delete_old(now) == 1
    assert queue.enqueue_due(now + datetime.timedelta(seconds=1)) == 1


@pytest.mark.parametrize("url", ["http://example.org/", "https://anna:secret@example.org/", "ftp://example.org/", "x"])
def test_addresses_that_are_not_safe_are_refused(url):
    with pytest.raises(ValidationError) as refusal:
        Webhook(name="Partner", url=url).full_clean()
    assert "url" in refusal.value.message_dict


# The screens


def test_an_administrator_adds_a_webhook_and_sees_its_secret(admin_client):
    fields = {"name": "Partner", "url": "http://example.org/hook", "page_published": "on", "is_active": "on"}
    response = admin_client.post(reverse("webhooks:add"), fields)
    assert "Enter an address that begins with https://." in response.text
    assert soup(response).select_one("#id_url")["value"] == "http://example.org/hook"
    response = admin_client.post(reverse("webhooks:add"), fields | {"url": "https://example.org/hook"}, follow=True)
    webhook = Webhook.objects.get()
    assert webhook.secret in response.text
    assert "Nothing was sent yet" in response.text
    response = admin_client.post(reverse("webhooks:edit", args=[webhook.pk]), {"name": "Partner", "url": webhook.url})
    assert "Choose at least one kind of change." in response.text


def test_a_new_secret_replaces_the_old_one(admin_client, webhook):
    old = webhook.secret
    admin_client.post(reverse("webhooks:secret", args=[webhook.pk]))
    webhook.refresh_from_db()
    assert webhook.secret != old


def test_a_test_and_another_attempt_are_sent_from_the_screen(
    admin_client, webhook, receiver, django_capture_on_commit_callbacks
):
    receiver.statuses.append(500)
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(reverse("webhooks:test", args=[webhook.pk]))
    delivery = WebhookDelivery.objects.get()
    page = soup(admin_client.get(reverse("webhooks:inspect", args=[webhook.pk])))
    assert "Tried without success, will be sent again: answer 500" in page.get_text()
    [form] = page.select(f'form[action="{reverse("webhooks:again", args=[delivery.pk])}"]')
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(form["action"])
    delivery.refresh_from_db()
    assert delivery.delivered_at is not None
    assert len(receiver.requests) == 2


def test_the_list_shows_the_newest_result_with_a_constant_number_of_queries(
    admin_client, webhook, django_assert_num_queries
):
    def numbers_of_queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            response = admin_client.get(reverse("webhooks:index"))
        return len(captured), response

    queue.queue_test(webhook)
    numbers_of_queries()
    one, response = numbers_of_queries()
    assert "Waiting to be sent" in response.text
    for name in ("Second", "Third"):
        queue.queue_test(Webhook.objects.create(name=name, url="https://example.org/"))
    three, _response = numbers_of_queries()
    assert one == three


def test_editors_reach_no_webhook(client, webhook):
    client.force_login(make_editor())
    for name in ("webhooks:index", "webhooks:add"):
        assert client.get(reverse(name)).status_code == 302
    assert client.get(reverse("webhooks:inspect", args=[webhook.pk])).status_code == 302
    secret = webhook.secret
    client.post(reverse("webhooks:secret", args=[webhook.pk]))
    webhook.refresh_from_db()
    assert webhook.secret == secret

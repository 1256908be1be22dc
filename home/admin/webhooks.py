"""The screens of webhooks: their list and forms, and for each the secret and what was sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.views.generic import CreateView, IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet

from home.models import Webhook, WebhookDelivery
from home.webhooks import queue

ROWS = 50
PERMISSION = "home.change_webhook"


class WebhookIndexView(IndexView):
    def get_base_queryset(self) -> QuerySet[Webhook]:
        newest = WebhookDelivery.objects.order_by("-created_at")[:1]
        return super().get_base_queryset().prefetch_related(Prefetch("deliveries", newest, to_attr="newest"))


class WebhookCreateView(CreateView):
    def get_success_url(self) -> str:
        # That screen shows the secret, which the receiver needs.
        return reverse("webhooks:inspect", args=[self.object.pk])


class WebhookInspectView(InspectView):
    """Shows the secret of a webhook and the requests that were sent to it."""

    template_name = "wagtailadmin/webhooks/inspect.html"
    any_permission_required = ["change"]
    page_title = _("Webhook")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Paginator(self.object.deliveries.all(), ROWS).get_page(self.request.GET.get("p"))
        return super().get_context_data(rows=rows, **kwargs)


@require_POST
@permission_required(PERMISSION)
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook, pk=pk)
    if webhook.is_active:
        queue.queue_test(webhook)
        messages.success(request, gettext("A test will be sent in a moment. Load this page again to see the result."))
    else:
        messages.error(request, gettext("The webhook is not in use, so nothing is sent."))
    return redirect("webhooks:inspect", webhook.pk)


@require_POST
@permission_required(PERMISSION)
def make_secret(request: HttpRequest, pk: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook, pk=pk)
    webhook.secret_key = uuid.uuid4()
    webhook.save(update_fields=["secret_key"])
    messages.success(request, gettext("The webhook has a new secret. The receiver needs it for all further requests."))
    return redirect("webhooks:inspect", webhook.pk)


@require_POST
@permission_required(PERMISSION)
def send_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    delivery = get_object_or_404(WebhookDelivery.objects.select_related("webhook"), pk=pk)
    if not delivery.webhook.is_active:
        messages.error(request, gettext("The webhook is not in use, so nothing is sent."))
    else:
        queue.send_again(delivery)
        messages.success(request, gettext("The request will be sent in a moment."))
    return redirect("webhooks:inspect", delivery.webhook_id)


class WebhookViewSet(ModelViewSet):
    model = Webhook
    name = "webhooks"
    url_prefix = "webhooks"
    url_namespace = "webhooks"
    icon = "globe"
    menu_label = _("Webhooks")
    add_to_settings_menu = True
    menu_order = 910
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = WebhookIndexView
    add_view_class = WebhookCreateView
    inspect_view_class = WebhookInspectView
    list_display = ["name", "url", "is_active", "last_result"]
    search_fields = ["name", "url"]
    search_backend_name = None
    panels = [
        FieldPanel("name"),
        FieldPanel("url"),
        MultiFieldPanel(
            [FieldPanel("page_published"), FieldPanel("page_unpublished"), FieldPanel("event_changed")],
            heading=_("A request is sent when"),
        ),
        FieldPanel("is_active"),
    ]

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/test/", send_test, name="test"),
            path("<int:pk>/secret/", make_secret, name="secret"),
            path("requests/<uuid:pk>/again/", send_again, name="again"),
        ]

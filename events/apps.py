from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self):
        # Receivers are registered once the models are there.
        from events import signals  # noqa: F401, PLC0415
        from events.registration.mail import queue, tasks  # noqa: PLC0415

        queue.mail_queued.connect(tasks.enqueue_delivery, dispatch_uid="deliver-mail")

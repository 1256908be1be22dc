from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self):
        # Models cannot be imported before the apps are loaded.
        from accounts.hand_over import RevocableAccess, register_revocable_access  # noqa: PLC0415
        from accounts.second_factor import register_personal_data_check  # noqa: PLC0415
        from events import signals  # noqa: F401, PLC0415
        from events.attendance import doors  # noqa: PLC0415
        from events.models.page_builders import page_builders  # noqa: PLC0415
        from events.presentation import attendance_pdf, certificate_pdf, json_ld, listing, page, teasers  # noqa: PLC0415
        from events.registration import access, downloads  # noqa: PLC0415
        from events.registration.mail import queue, tasks  # noqa: PLC0415
        from events.timetable import schedule  # noqa: PLC0415

        page_builders.event_context = page.event_context
        page_builders.event_json_ld = json_ld.event_nodes
        page_builders.index_context = listing.index_context
        page_builders.home_page_teasers = teasers.home_page_teasers
        page_builders.organisers = page.organisers_of
        page_builders.sessions = schedule.sessions_of

        downloads.register_writer(downloads.ATTENDANCE_LIST, attendance_pdf.write_attendance_list)
        downloads.register_writer(downloads.CERTIFICATES, certificate_pdf.write_certificates)
        register_personal_data_check(access.has_any)
        register_revocable_access(
            RevocableAccess(
                _("Door links that they made or could see"),
                lambda user, is_administrator: doors.known_to(
                    user, timezone.now(), is_administrator=is_administrator
                ).count(),
                lambda user, was_administrator: doors.end_known_to(user, was_administrator=was_administrator),
            )
        )
        queue.mail_queued.connect(tasks.enqueue_delivery, dispatch_uid="deliver-mail")

from django.core.management import call_command

from home import link_checks, rate_limits
from home.enquiries import mail as enquiry_mail
from home.enquiries import retention
from home.previews import links as preview_links
from home.tasks import recovery
from home.tasks.scheduled import ScheduledJob
from home.translations import assignments
from home.translations import tasks as translation_tasks
from home.webhooks import queue as webhook_queue


def publish_scheduled(now: object) -> None:
    call_command("publish_scheduled", verbosity=0)


JOBS = [
    ScheduledJob("scheduled pages published", publish_scheduled),
    ScheduledJob("translation updates enqueued again", translation_tasks.requeue),
    ScheduledJob("emails about assigned translations enqueued", assignments.enqueue_digests),
    ScheduledJob("lost tasks enqueued again", recovery.requeue_lost),
    ScheduledJob("checks of links started", link_checks.enqueue_due),
    ScheduledJob("requests to webhooks enqueued again", webhook_queue.enqueue_due),
    ScheduledJob("old requests to webhooks deleted", webhook_queue.delete_old),
    ScheduledJob("emails about enquiries enqueued again", enquiry_mail.enqueue_due),
    ScheduledJob("old enquiries deleted", retention.delete_old),
    ScheduledJob("expired preview links deleted", preview_links.delete_expired),
    ScheduledJob("rate limit counters deleted", rate_limits.prune),
    ScheduledJob("task results deleted", recovery.prune_results),
]

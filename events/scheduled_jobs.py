from events.registration import commands, rate_limits
from events.registration.mail import delivery, folder_backend
from events.registration.privacy import erasure_log, retention
from home.tasks.scheduled import ScheduledJob

# What changes registrations comes before the mail about it.
JOBS = [
    ScheduledJob("offers expired", commands.expire_offers),
    ScheduledJob("places offered", commands.run_waiting_lists),
    ScheduledJob("waiting lists closed", commands.end_waiting_lists),
    ScheduledJob("reminders queued", commands.remind),
    ScheduledJob("answers encrypted", commands.protect_due),
    ScheduledJob("sensitive answers erased", retention.erase_sensitive),
    ScheduledJob("registrations made anonymous", retention.anonymise_due),
    ScheduledJob("erasures copied to the private files", erasure_log.copy_out),
    ScheduledJob("old erasures deleted", erasure_log.prune),
    ScheduledJob("rate limit counters deleted", rate_limits.prune),
    ScheduledJob("demo emails deleted", folder_backend.prune),
    ScheduledJob("emails sent", delivery.deliver_due),
]

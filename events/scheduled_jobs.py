from events.attendance import offline
from events.certificates import commands as certificate_commands
from events.certificates import scheduled as certificates
from events.guest_lists import importer as guest_lists
from events.guest_lists import tasks as guest_list_tasks
from events.registration import bulk_messages, change_notices, commands, downloads, erasure_log, scheduled
from events.registration.commands import address_changes
from events.registration.mail import delivery, folder_backend
from events.registration.privacy import retention
from events.survey import scheduled as survey
from home.tasks.scheduled import ScheduledJob

# Jobs that change registrations come before `deliver_due`, which sends the emails about these changes.
JOBS = [
    ScheduledJob("offers expired", scheduled.expire_offers),
    ScheduledJob("places offered", scheduled.promote_waiting_lists),
    ScheduledJob("waiting lists closed", scheduled.end_waiting_lists),
    ScheduledJob("reminders queued", scheduled.send_reminders),
    ScheduledJob("emails about past changes withheld", change_notices.withhold_outdated),
    ScheduledJob("organisers reminded of emails about changes", change_notices.remind_organisers),
    ScheduledJob("messages continued", bulk_messages.continue_messages),
    ScheduledJob("surveys announced", survey.send_survey_mails),
    ScheduledJob("surveys closed", survey.close_due),
    ScheduledJob("certificates continued", certificate_commands.continue_all),
    ScheduledJob("certificates issued", certificates.issue_due),
    ScheduledJob("answers encrypted", commands.encrypt_due_answers),
    ScheduledJob("sensitive answers erased", retention.delete_sensitive_answers),
    ScheduledJob("registrations made anonymous", retention.anonymise_due),
    ScheduledJob("unconfirmed registrations made anonymous", retention.anonymise_unconfirmed),
    ScheduledJob("erasures copied to the private files", erasure_log.export_to_files),
    ScheduledJob("old erasures deleted", erasure_log.prune),
    ScheduledJob("prepared downloads deleted", downloads.delete_expired),
    ScheduledJob("old check-ins of devices deleted", offline.delete_old_scans),
    ScheduledJob("lost downloads enqueued again", downloads.requeue_lost),
    ScheduledJob("unconfirmed new addresses deleted", address_changes.delete_expired),
    ScheduledJob("guest lists continued", guest_list_tasks.continue_lost),
    ScheduledJob("guest lists deleted", guest_lists.prune),
    ScheduledJob("demo emails deleted", folder_backend.prune),
    ScheduledJob("emails sent", delivery.deliver_due),
]

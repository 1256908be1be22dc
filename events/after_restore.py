from events.guest_lists import importer
from events.registration import downloads, erasure_log
from events.registration.mail import hold
from events.registration.privacy.erasure import reapply_consent_withdrawals, reapply_erasures
from home.backup.restoration import RestoreStep

STEPS = [
    # This step is first: later steps may free places, and a free place is offered to the next person by email.
    RestoreStep("Emails held back", hold.hold),
    # A restored backup has the rows of prepared downloads but not their files.
    RestoreStep("Prepared downloads deleted", downloads.delete_all),
    RestoreStep("Guest lists deleted", importer.delete_all),
    RestoreStep("Registrations erased again", reapply_erasures),
    RestoreStep("Consents withdrawn again", reapply_consent_withdrawals),
    RestoreStep("Entries added to the erasure log", erasure_log.import_from_files),
]

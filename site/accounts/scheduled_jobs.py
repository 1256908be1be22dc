from accounts import invitations, limits, records, sessions
from home.tasks.scheduled import ScheduledJob

JOBS = [
    ScheduledJob("old entries of the record of access deleted", records.prune),
    ScheduledJob("expired sessions taken from the list", sessions.prune),
    ScheduledJob("old invitations deleted", invitations.prune),
    ScheduledJob("attempts to sign in without a result deleted", limits.prune_attempts),
]

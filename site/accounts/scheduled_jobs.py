from accounts import limits, records, sessions
from home.tasks.scheduled import ScheduledJob

JOBS = [
    ScheduledJob("old entries of the record of access deleted", records.prune),
    ScheduledJob("expired sessions taken from the list", sessions.prune),
    ScheduledJob("attempts to sign in without a result deleted", limits.prune_attempts),
]

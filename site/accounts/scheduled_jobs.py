from accounts import records, sessions
from home.tasks.scheduled import ScheduledJob

JOBS = [
    ScheduledJob("old entries of the record of access deleted", records.prune),
    ScheduledJob("expired sessions taken from the list", sessions.prune),
]

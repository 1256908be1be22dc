from accounts import records
from home.tasks.scheduled import ScheduledJob

JOBS = [ScheduledJob("old entries of the record of access deleted", records.prune)]

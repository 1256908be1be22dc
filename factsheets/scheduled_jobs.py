from factsheets.tasks import requeue_checks
from home.tasks.scheduled import ScheduledJob

JOBS = [ScheduledJob("file checks enqueued again", requeue_checks)]

from factsheets.tasks import requeue_lost
from home.tasks.scheduled import ScheduledJob

JOBS = [ScheduledJob("file validations enqueued again", requeue_lost)]

from accounts import sessions
from home.backup.restoration import RestoreStep

# A session of the backup may have been ended since, or belong to an account that was locked.
STEPS = [RestoreStep("Sessions ended", sessions.end_everywhere)]

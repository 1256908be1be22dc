from accounts import sessions
from home.backup.restoration import RestoreStep

# Sessions in the backup may have been ended since then, or belong to accounts that have been deactivated.
STEPS = [RestoreStep("Sessions ended", sessions.end_everywhere)]

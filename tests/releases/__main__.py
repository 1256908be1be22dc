"""Write the database of the present code, for later tests: `python -m tests.releases 0.9.0`."""

import lzma
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests import snapshots

FOLDER = Path(__file__).parent
# What the site makes again, or does not need.
EMPTIED = (
    "wagtailsearch_indexentry",
    "wagtailcore_referenceindex",
    "wagtailcore_pagelogentry",
    "django_session",
)
REGISTRATIONS = """
from events.models import Event
from tests.factories.mail import make_registration, queue_mail
event = Event.objects.filter(registration_settings__isnull=False).first()
for number in range(12):
    queue_mail(make_registration(event, name=f"Participant {number}", email=f"participant{number}@example.org"))
"""


def main(name: str) -> None:
    demo, _template = snapshots.loaded_demo()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "site.sqlite3")
        shutil.copyfile(demo / "site.sqlite3", file)
        variables = snapshots.environment(Path(folder), f"sqlite:///{file}", "config.settings.dev")
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", REGISTRATIONS]
        subprocess.run(command, cwd=snapshots.ROOT, env=variables | {"PYTHONPATH": str(snapshots.ROOT)}, check=True)
        with closing(sqlite3.connect(file)) as database:
            for table in EMPTIED:
                database.execute(f"DELETE FROM {table}")  # noqa: S608  (the names above)
            database.commit()
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("VACUUM")
        target = FOLDER / f"{name}.sqlite3.xz"
        target.write_bytes(lzma.compress(file.read_bytes(), preset=9))
        print(f"{target}: {target.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])

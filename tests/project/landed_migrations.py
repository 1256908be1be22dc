"""The recorded digests of landed migrations: `python -m tests.project.landed_migrations --record` adds new ones.

A database has applied a migration once. A change of its file reaches no database that has, and the others differ from then
on. So a file that is recorded never changes; what it did wrong is corrected by a further migration.
"""

import hashlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("landed_migrations.tsv")
COMMENT = re.compile(rb"^#.*\n", re.MULTILINE)


def migrations() -> dict[str, str]:
    """Return the digest of each migration, without the comments at the start of lines, by its path."""
    files = [*ROOT.glob("*/migrations/0*.py"), *ROOT.glob("site/*/migrations/0*.py")]
    return {
        file.relative_to(ROOT).as_posix(): hashlib.sha256(COMMENT.sub(b"", file.read_bytes())).hexdigest()[:16]
        for file in sorted(files)
    }


def recorded() -> dict[str, str]:
    return dict(line.split("\t") for line in RECORD.read_text().splitlines()) if RECORD.exists() else {}


def main() -> None:
    found = recorded()
    # What is recorded stays, so that a change of it is found.
    lines = sorted((migrations() | found).items())
    RECORD.write_text("".join(f"{path}\t{digest}\n" for path, digest in lines))


if __name__ == "__main__" and "--record" in sys.argv:
    main()

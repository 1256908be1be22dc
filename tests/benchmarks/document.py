"""The report of `make bench`: benchmarks write their parts of `docs/benchmarks.md` one after the other."""

from __future__ import annotations

from tests.snapshots import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
# The part of `tests/events/bench_many_registrations.py`.
MANY_REGISTRATIONS = "## Many registrations of one event"
# The part of `tests/home/bench_many_pages.py`, which is the last one.
MANY_PAGES = "## Many pages"


def write_pages(text: str) -> None:
    """Replace the report up to the part about registrations."""
    _before, heading, after = DOCUMENT.read_text().partition(MANY_REGISTRATIONS)
    DOCUMENT.write_text(f"{text}\n{heading}{after}" if heading else text)


def write_many_registrations(text: str) -> None:
    """Replace the part about registrations. `text` has no heading."""
    before, _heading, after = DOCUMENT.read_text().partition(MANY_REGISTRATIONS)
    _old, heading, pages = after.partition(MANY_PAGES)
    rest = f"\n{heading}{pages}" if heading else ""
    DOCUMENT.write_text(f"{before.rstrip()}\n\n{MANY_REGISTRATIONS}\n\n{text}{rest}")


def write_many_pages(text: str) -> None:
    """Replace the part about pages. `text` has no heading."""
    before = DOCUMENT.read_text().partition(MANY_PAGES)[0].rstrip()
    DOCUMENT.write_text(f"{before}\n\n{MANY_PAGES}\n\n{text}")

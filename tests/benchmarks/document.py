"""The report of `make bench`: benchmarks write their parts of `docs/benchmarks.md` one after the other."""

from __future__ import annotations

from tests.snapshots import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
# The part of `tests/events/bench_many_registrations.py`.
MANY_REGISTRATIONS = "## Many registrations of one event"
# The part of `tests/benchmarks/bench_cache.py`.
CACHE = "## Visits to cached pages"
# The part of `tests/home/bench_many_pages.py`.
MANY_PAGES = "## Many pages"
# The part of `tests/benchmarks/bench_growth.py`, which is the last one.
GROWTH = "## Growth"


def write_pages(text: str) -> None:
    """Replace the report up to the part about registrations."""
    _before, heading, after = DOCUMENT.read_text().partition(MANY_REGISTRATIONS)
    DOCUMENT.write_text(f"{text}\n{heading}{after}" if heading else text)


def write_many_registrations(text: str) -> None:
    _write_part(MANY_REGISTRATIONS, text)


def write_cache(text: str) -> None:
    _write_part(CACHE, text)


def write_many_pages(text: str) -> None:
    _write_part(MANY_PAGES, text)


def write_growth(text: str) -> None:
    _write_part(GROWTH, text)


def _write_part(heading: str, text: str) -> None:
    """Replace the part under a heading. `text` has no heading."""
    before, _heading, after = DOCUMENT.read_text().partition(heading)
    _old, next_heading, rest = after.partition("\n## ")
    DOCUMENT.write_text(f"{before.rstrip()}\n\n{heading}\n\n{text}{next_heading}{rest}")

"""The site and server of the race tests, started once for all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.events.registration.races.race_site import RaceSite, open_race_site


@pytest.fixture(scope="package")
def race_site(tmp_path_factory) -> Iterator[RaceSite]:
    with open_race_site(tmp_path_factory.mktemp("races")) as race_site:
        yield race_site


@pytest.fixture(scope="package")
def address(race_site) -> Iterator[str]:
    with race_site.served() as address:
        yield address


@pytest.fixture(scope="package")
def rounds() -> int:
    """The number of rounds of each race: `make race` runs more."""
    return int(os.environ.get("RACE_ROUNDS", "2"))


@pytest.fixture
def report(capfd, rounds):
    """Return a function that prints figures of a full run despite pytest's capturing."""

    def write(line: str) -> None:
        if "RACE_ROUNDS" in os.environ:
            with capfd.disabled():
                print(f"\n{line}", end="")  # noqa: T201

    return write

"""Numbers that point at somebody are not shown, and cannot be worked out from the others."""

import pytest

from events.registration.suppression import suppressed


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, {}),
        ({"FI": 5, "EE": 9}, {"FI": 5, "EE": 9}),
        ({"FI": 0, "EE": 9}, {"FI": 0, "EE": 9}),
        ({"FI": 4}, {"FI": None}),
        # With a total of 33, a single hidden cell is no secret.
        ({"FI": 20, "EE": 9, "EL": 4}, {"FI": 20, "EE": None, "EL": None}),
        ({"FI": 20, "EE": 9, "EL": 3, "CY": 2}, {"FI": 20, "EE": 9, "EL": None, "CY": None}),
        ({"FI": 20, "EE": 9, "EL": 1, "CY": 1}, {"FI": 20, "EE": None, "EL": None, "CY": None}),
        ({"FI": 6, "EL": 1}, {"FI": None, "EL": None}),
    ],
)
def test_cells_below_five_are_hidden_with_those_that_would_tell_them(counts, shown):
    assert suppressed(counts) == shown

"""Reading a timetable from pasted text."""

import datetime
from pathlib import Path

import pytest

from events.enums import RowKind, SpeakerRole
from events.timetable.paste import read

pytestmark = pytest.mark.any_database

# The unchanged published timetable of the project's Final Forum.
FORUM = (Path(__file__).parent / "forum.txt").read_text()


def shown(text, **options):
    return [
        (
            f"{row.start:%H:%M}",
            f"{row.end:%H:%M}" if row.end else "",
            str(row.kind),
            row.title,
            row.abstract,
            [(person.name, person.affiliation) for person in row.people],
            row.room,
            row.has_qa,
        )
        for row in read(text, **options).rows
    ]


def test_the_published_timetable_of_the_forum():
    assert shown(FORUM) == [
        ("09:30", "10:00", "registration", "Registration and Welcome Coffee Break", "", [], "", False),
        ("10:00", "", "opening", "Welcome words", "", [("Virpi Sulosaari", "Project Leader")], "", False),
        ("10:10", "", "talk", "Digital transformation in health care – Estonian perspective", "", [], "", False),
        ("10:30", "", "talk", "Digital services and digital skills in Estonian cancer control plan", "", [], "", False),
        ("10:50", "", "talk", "DigiCanTrain – overview of the project", "", [], "", True),
        ("11:15", "", "talk", "DigiCanTrain – programme", "", [], "", False),
        (
            "11:35",
            "",
            "talk",
            "Experiences of the training",
            "Trainer and participant form Estonia and Greece",
            [],
            "",
            True,
        ),
        ("12:00", "", "meal", "Buffet Lunch – networking", "", [], "Restaurant Senso", False),
        ("13:00", "", "talk", "Digital intervention in cancer care", "", [], "", False),
        ("13:25", "", "talk", "DigiCanTrain – main results, key learning and way forward", "", [], "", True),
        (
            "14:00",
            "",
            "talk",
            "Empowering health care workforce: The EU’s Vision for a Digital Health Future",
            "",
            [],
            "",
            False,
        ),
        ("14:20", "", "break", "Coffee Break – networking", "", [], "", False),
        (
            "14:50",
            "",
            "panel",
            "Panel discussions",
            "Facilitating future collaboration between European stakeholders",
            [],
            "",
            False,
        ),
        ("15:40", "", "summary", "Summarising panel discussions", "", [], "", False),
        ("15:50", "", "closing", "Concluding words and farewell", "", [], "", False),
    ]
    assert read(FORUM).left_over == ["Timetable"]


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("9.30-10.00 Title", "09:30", "10:00"),
        ("9:30 – 10:00 Title", "09:30", "10:00"),
        ("09.30—10 Title", "09:30", "10:00"),
        ("9.30 to 10.00: Title", "09:30", "10:00"),
        ("klo 9.30 Title", "09:30", None),
        ("• 10.10 | Title", "10:10", None),
        ("2 pm Title", "14:00", None),
        ("9.30-10.00 am Title", "09:30", "10:00"),
        ("12 am Title", "00:00", None),
        ("23.30-0.30 Title", "23:30", "00:30"),
    ],
)
def test_formats_of_times(line, start, end):
    (row,) = read(line).rows
    assert row.start == datetime.time.fromisoformat(start)
    assert row.end == (datetime.time.fromisoformat(end) if end else None)
    assert row.title == "Title"


@pytest.mark.parametrize("line", ["3 ways to learn", "2026 in review", "24 hours of care", "99.99 Title"])
def test_numbers_that_are_not_times_start_no_row(line):
    assert read(line).rows == []
    assert read(line).left_over == [line]


@pytest.mark.parametrize(
    ("text", "title", "people"),
    [
        ("10.10 Title, Anna Example", "Title", [("Anna Example", "")]),
        ("10.10 Title, Anna Example, Some University", "Title", [("Anna Example", "Some University")]),
        ("10.10 Title, Anna Example (Tallinn)", "Title", [("Anna Example", "Tallinn")]),
        ("10.10 Title, Anna Example, Jaan Tamm", "Title", [("Anna Example", ""), ("Jaan Tamm", "")]),
        ("10.10 Title; Μαρία Παπαδοπούλου, Athens", "Title", [("Μαρία Παπαδοπούλου", "Athens")]),
        ("10.10 Title\nAnna Example, Some University", "Title", [("Anna Example", "Some University")]),
        ("10.10 Results, lessons and ways forward", "Results, lessons and ways forward", []),
        ("10.10 Data, Digital Health", "Data, Digital Health", []),
    ],
)
def test_speakers(text, title, people):
    (row,) = read(text).rows
    assert row.title == title
    assert [(person.name, person.affiliation) for person in row.people] == people


def test_people_of_the_site_are_recognised_by_name():
    (row,) = read("10.10 Title, anna example", people=[("Anna Example", "the-key")]).rows
    assert [(person.name, person.person) for person in row.people] == [("Anna Example", "the-key")]


def test_chairs_and_speakers_are_distinguished():
    (row,) = read("10.10 Panel on data. Chair: Anna Example").rows
    assert (row.title, row.kind) == ("Panel on data", RowKind.PANEL)
    assert [(person.name, person.role) for person in row.people] == [("Anna Example", SpeakerRole.CHAIR)]


def test_days_by_number_and_by_date():
    text = "Day 1\n9.00 One\nDay 2\n9.00 Two\n18.5.2030\n9.00 Three"
    rows = read(text, first_day=datetime.date(2030, 5, 16)).rows
    assert [(row.day, row.title) for row in rows] == [(1, "One"), (2, "Two"), (3, "Three")]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Lounas", RowKind.MEAL),
        ("Kahvitauko", RowKind.BREAK),
        ("Kohvipaus", RowKind.BREAK),
        ("Paneelikeskustelu", RowKind.PANEL),
        ("Εγγραφές και καφές", RowKind.REGISTRATION),
        ("Διάλειμμα", RowKind.BREAK),
        ("Q&A", RowKind.QA),
        ("Networking reception", RowKind.NETWORKING),
        ("Workshop: tools", RowKind.WORKSHOP),
        ("Opening", RowKind.OPENING),
    ],
)
def test_kinds_in_the_languages_of_the_site(title, kind):
    (row,) = read(f"10.00 {title}").rows
    assert row.kind == kind
    assert row.title == title


def test_text_without_times_gives_no_rows():
    result = read("Dear all,\n\nsee you there")
    assert result.rows == []
    assert result.left_over == ["Dear all,", "see you there"]

"""Reading a timetable from pasted text."""

import datetime
from pathlib import Path

import pytest

from events.enums import RowKind, SpeakerRole
from events.timetable.paste import read
from events.timetable.paste.source import MAX_LINE, lines_of_html, lines_of_text

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


def days(text, **options):
    return [(row.day, f"{row.start:%H:%M}", row.title) for row in read(text, **options).rows]


def test_a_table_with_vertical_bars_and_dates_as_headings():
    text = """
        | 03.07.2030 (Wednesday) | ||
        |---|---|---|
        | 12:00 – 15:00 | Registration | |
        | 15:00 – 15:30 | Opening Ceremony | |
        | 04.07.2030 (Thursday) | ||
        | 08:30 – 10.00 | Plenary Session | Anna Example |
        | 19:30 – 23:00 | Gala Dinner | Congress Centre |
    """
    result = read(text, first_day=datetime.date(2030, 7, 3), last_day=datetime.date(2030, 7, 4))
    assert [(row.day, row.start.hour, row.end.hour, row.title, row.kind, row.room) for row in result.rows] == [
        (1, 12, 15, "Registration", RowKind.REGISTRATION, ""),
        (1, 15, 15, "Opening Ceremony", RowKind.OPENING, ""),
        (2, 8, 10, "Plenary Session", RowKind.TALK, ""),
        (2, 19, 23, "Gala Dinner", RowKind.MEAL, "Congress Centre"),
    ]
    assert [person.name for person in result.rows[2].people] == ["Anna Example"]
    assert result.left_over == []


def test_times_with_am_and_pm_and_titles_on_the_next_line():
    text = """9.30 am to 10.00 am Gathering

    10.00 am to 10.20 am Opening
    Opening words, Anna Example, Head of the City

    10:20 am to 11:25 am
    Carl Sample "Local food, a win - win situation"
    Carl is a cook in Anytown.

    12.45 pm to 1.15 pm
    A panel where Dora Beispiel and Emil Exemple participate in the conversation.
    The moderator is Gerd Vaino.

    2:30 pm to 2:40 pm Hanna Loog will share the story of how lunch is made.
    2:40 pm to3:40 pm
    “How to buy well?” – Ida Oru, Some University
    """
    assert [(*item[:4], item[4], item[5]) for item in shown(text)] == [
        ("09:30", "10:00", "talk", "Gathering", "", []),
        ("10:00", "10:20", "opening", "Opening", "Opening words, Anna Example, Head of the City", []),
        (
            "10:20",
            "11:25",
            "talk",
            "Local food, a win - win situation",
            "Carl is a cook in Anytown.",
            [("Carl Sample", "")],
        ),
        (
            "12:45",
            "13:15",
            "panel",
            "A panel where Dora Beispiel and Emil Exemple participate in the conversation",
            "The moderator is Gerd Vaino.",
            [],
        ),
        ("14:30", "14:40", "talk", "Hanna Loog will share the story of how lunch is made", "", []),
        ("14:40", "15:40", "talk", "How to buy well?", "", [("Ida Oru", "Some University")]),
    ]


def test_times_broken_over_two_lines_with_titles_after_empty_lines():
    text = (
        "Aeg\n\nMis toimub\n\n10.00-\n15.00\n\nKoostööpada\n\n11.00\n\nHommikukohv\n\n"
        "12.00\n– 13.00\nAvamine\n– Sissejuhatus"
    )
    result = read(text)
    assert [(f"{row.start:%H:%M}", f"{row.end:%H:%M}" if row.end else "", row.title) for row in result.rows] == [
        ("10:00", "15:00", "Koostööpada"),
        ("11:00", "", "Hommikukohv"),
        ("12:00", "13:00", "Avamine"),
    ]
    assert result.rows[2].abstract == "Sissejuhatus"
    assert result.left_over == ["Aeg", "Mis toimub"]


@pytest.mark.parametrize(
    "line",
    [
        "13 February 2030",
        "13 FEBRUARY 2030 (Wednesday)",
        "Wednesday, February 13, 2030",
        "Wed 13 Feb",
        "Wednesday",
        "13.2.2030",
        "ke 13.2.",
        "KESKIVIIKKO 13. helmikuuta 2030",
        "13. helmikuuta 2030 (keskiviikkona)",
        "kolmapäev, 13. veebruar 2030",
        "13. VEEBRUARIL",
        "Τετάρτη 13 Φεβρουαρίου 2030",
        "ΤΕΤΑΡΤΗ 13 ΦΕΒΡΟΥΑΡΙΟΥ",
        "13 Φεβ 2030, Τετάρτη",
        "2030-02-13",
        "Day 2",
        "Day 2: 13 February 2030",
        "II päev – kolmapäev, 13. veebruar, 2030",
        "2η ημέρα",
        "| 13.02.2030 (Wednesday) | ||",
    ],
)
def test_days_in_words_of_four_languages(line):
    text = f"12 February 2030\n9.00 One\n{line}\n9.00 Two"
    span = {"first_day": datetime.date(2030, 2, 12), "last_day": datetime.date(2030, 2, 13)}
    assert days(text, **span) == [(1, "09:00", "One"), (2, "09:00", "Two")]
    assert read(text, **span).left_over == []
    assert [row.warnings for row in read(text, **span).rows] == [[], []]


def test_a_day_and_a_time_on_one_line():
    text = "Thursday 12 February 2030 9.30 One\n| 13.2.2030 | 10:00 | Two |\n| 13.2.2030 | 11:00 | Three |"
    assert days(text) == [(1, "09:30", "One"), (2, "10:00", "Two"), (2, "11:00", "Three")]


def test_the_hours_of_a_day_are_no_session():
    result = read("12 February 2030, 9.30–16.00\n9.30 One")
    assert [row.title for row in result.rows] == ["One"]
    assert result.left_over == ["12 February 2030, 9.30–16.00"]


@pytest.mark.parametrize("line", ["4 July 2024 was the first day of the network.", "12.10.", "May 2030 in Anytown"])
def test_lines_that_begin_no_day(line):
    result = read(
        f"9.00 One\n{line}\n10.00 Two", first_day=datetime.date(2030, 2, 12), last_day=datetime.date(2030, 2, 13)
    )
    assert [(row.day, row.title, row.abstract) for row in result.rows] == [(1, "One", line), (1, "Two", "")]


def test_dates_that_are_not_of_the_event_are_marked():
    text = "3 July 2024\n9.00 One\n4 July 2024\n9.00 Two"
    rows = read(text, first_day=datetime.date(2030, 2, 12), last_day=datetime.date(2030, 2, 13)).rows
    assert [(row.day, row.title) for row in rows] == [(1, "One"), (2, "Two")]
    assert [row.warnings for row in rows] == [
        ["3\N{NO-BREAK SPACE}July\N{NO-BREAK SPACE}2024 is not a day of the event. We used it as day 1."],
        ["4\N{NO-BREAK SPACE}July\N{NO-BREAK SPACE}2024 is not a day of the event. We used it as day 2."],
    ]


def test_a_weekday_that_does_not_fit_its_date_is_marked():
    (row,) = read("Monday 13 February 2030\n9.00 One").rows
    assert row.warnings == ["The weekday does not fit the date: Monday 13 February 2030"]


def test_times_that_run_backwards_are_marked():
    rows = read("9.00 One\n10.00-9.30 Two\n1.00 Three\nDay 2\n9.00 Four\n23.00-1.00 Five").rows
    assert [row.warnings for row in rows] == [
        [],
        ["Ends at 09:30, before it starts, so it is read as ending on the next day."],
        ["Starts before the session above. Check the time and the day."],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("text", "title", "room"),
    [
        ("18.00 Dinner, Congress Centre", "Dinner", "Congress Centre"),
        ("18.00 Visit, Rannapargi Hotell", "Visit", "Rannapargi Hotell"),
        ("18.00 Visit\nCity Museum", "Visit", "City Museum"),
        ("18.00 Visit, Kaupungin Kirjasto", "Visit", "Kaupungin Kirjasto"),
        ("18.00 Visit, Συνεδριακό Κέντρο", "Visit", "Συνεδριακό Κέντρο"),
    ],
)
def test_places_are_no_speakers(text, title, room):
    (row,) = read(text).rows
    assert (row.title, row.room, row.people) == (title, room, [])


@pytest.mark.parametrize(
    "line", ["KONVERENTSI AVAMINE", "Opening Words", "Plenary Session", "Gala Dinner", "Tallinn University"]
)
def test_headings_are_no_speakers(line):
    (row,) = read(f"9.00 Title\n{line}").rows
    assert (row.people, row.abstract) == ([], line)


def test_guesses_are_written_beside_their_row():
    rows = read(
        "Programme\n9.00 One, Anna Example\n10.00 Two. Chair: Jaan Tamm\n11.00 Three, Known Person\n\n"
        "See also 12.30 in the hall\n12.00 Coffee break with posters of all of the partners",
        people=[("Known Person", "the-key")],
    ).rows
    assert [row.warnings for row in rows] == [
        ["Not in any session: Programme", "Read as speakers: Anna Example"],
        [],
        ["This line has a time and was added to this session: See also 12.30 in the hall"],
        ["Read as: Break"],
    ]


def test_a_time_without_a_title_is_kept():
    rows = read("9.00\n10.00-11.00 Two\n12.00").rows
    assert [(f"{row.start:%H:%M}", row.title, row.warnings) for row in rows] == [
        ("09:00", "", ["No title found for this time."]),
        ("10:00", "Two", []),
        ("12:00", "", ["No title found for this time."]),
    ]


def test_titles_and_places_that_are_too_long_lose_nothing():
    long = "Word " * 60
    (row,) = read(f"9.00 {long}\n\n").rows
    assert len(row.title) <= 200
    assert row.abstract == long.strip()
    assert row.warnings == ["The title is too long. The whole of it is in the text below the title."]


def test_the_head_of_a_table_says_what_its_columns_are():
    text = "Aeg\tEsineja\tTeema\tRuum\n10.00\tAnna Example, Some University; Jaan\tTitle, with a comma\tSaal 2"
    (row,) = read(text).rows
    assert (row.title, row.room, row.warnings) == ("Title, with a comma", "Saal 2", [])
    assert [(person.name, person.affiliation) for person in row.people] == [
        ("Anna Example", "Some University"),
        ("Jaan", ""),
    ]


# What browsers and word processors put on the clipboard.
TABLE = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal { margin: 0 }</style></head><body>
<!--StartFragment--><p class=MsoNormal>Programme</p>
<table class=MsoTableGrid><tr><td colspan=3><p class=MsoNormal><b>Thursday,
12 February 2030</b><o:p></o:p></p></td></tr>
<tr><th>Time</th><th>Hall A</th><th>Hall B</th></tr>
<tr><td><p>9.00<br>9.30</p></td><td colspan=2>Opening<script>alert(1)</script></td></tr>
<tr><td rowspan=2><p>10.00 –</p><p>11.00</p></td>
<td><p>First <b>talk</b></p><p>Anna Example</p></td><td>Second talk</td></tr>
<tr><td>Third talk</td><td>&lt;b&gt;Fourth&lt;/b&gt;</td></tr>
</table><!--EndFragment--></body></html>
"""


def test_the_tables_of_the_clipboard_are_read():
    result = read("9.00 Something else", html=TABLE)
    assert [
        (f"{row.start:%H:%M}", f"{row.end:%H:%M}", row.title, row.track, [person.name for person in row.people])
        for row in result.rows
    ] == [
        ("09:00", "09:30", "Opening", "", []),
        ("10:00", "11:00", "First talk", "Hall A", ["Anna Example"]),
        ("10:00", "11:00", "Second talk", "Hall B", []),
        ("10:00", "11:00", "Third talk", "Hall A", []),
        ("10:00", "11:00", "<b>Fourth</b>", "Hall B", []),
    ]
    assert result.left_over == ["Programme"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>No table</p>",
        "<table>",
        "<table><tr><td>No time</td></tr></table>",
        "<table><tr><td rowspan=99999999 colspan=99999999>x",
        "<div>" * 5000 + "<table>",
        "\x00<table>",
        "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><table><td>&y;",
    ],
)
def test_html_without_a_timetable_leaves_the_text(html):
    assert [row.title for row in read("9.00 One", html=html).rows] == ["One"]


@pytest.mark.parametrize(
    "line",
    ["10.00 x (" + "," * 49_000, "10.00 " + "(" * 49_000, " " * 25_000 + "9-" + " " * 24_000, "speaker " * 6_000 + ":"],
    ids=["commas", "brackets", "spaces", "roles"],
)
def test_a_line_that_is_made_to_take_long_is_read_in_parts(line):
    """Without the limit, one of these keeps a process busy for minutes."""
    assert len(line) > MAX_LINE
    assert all(len(found.text) <= MAX_LINE for found in lines_of_text(line))
    assert all(len(found.text) <= MAX_LINE for found in lines_of_html(f"<table></table><p>{line}</p>"))
    read(line)


def test_nothing_but_separators_after_a_title_adds_nothing():
    [found] = read("9:00 Opening ; , ;").rows
    assert (found.title, found.abstract, found.people) == ("Opening", "", [])


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("09.30 π.μ. - 10.00 π.μ. Χαιρετισμοί", "09:30", "10:00"),
        ("2:00 μ.μ. – 3:30 μ.μ. Χαιρετισμοί", "14:00", "15:30"),
        ("4μμ Χαιρετισμοί", "16:00", None),
        ("12:30 ΜΜ – 1 ΜΜ Χαιρετισμοί", "12:30", "13:00"),
        ("9.00 ap. Χαιρετισμοί", "09:00", None),
        ("2.30 ip Χαιρετισμοί", "14:30", None),
        ("klo 10 Χαιρετισμοί", "10:00", None),
        ("klo 12–13 Χαιρετισμοί", "12:00", "13:00"),
        ("Kell 9 Χαιρετισμοί", "09:00", None),
    ],
)
def test_halves_of_the_day_and_whole_hours_in_the_languages_of_the_site(line, start, end):
    (row,) = read(line).rows
    assert (f"{row.start:%H:%M}", f"{row.end:%H:%M}" if row.end else None, row.title) == (start, end, "Χαιρετισμοί")


def test_words_that_begin_like_halves_of_the_day_are_titles():
    assert [(f"{row.start:%H:%M}", row.title) for row in read("9.00 Ipsos\n10.00 apteekki\n11.00 Μμμ").rows] == [
        ("09:00", "Ipsos"),
        ("10:00", "apteekki"),
        ("11:00", "Μμμ"),
    ]


def test_a_range_of_whole_hours_without_a_word_before_it_is_marked():
    (row,) = read("9.00 One\n10-11 Two").rows
    assert [str(warning) for warning in row.warnings] == [
        "This line has a time and was added to this session: 10-11 Two"
    ]


def test_a_date_in_figures_alone_on_its_line_begins_a_day():
    first, last = datetime.date(2030, 9, 20), datetime.date(2030, 9, 21)
    assert days("20/9\n9.00 A\n21/9\n9.00 B", first_day=first, last_day=last) == [(1, "09:00", "A"), (2, "09:00", "B")]
    assert days("9/20\n9.00 A\n9/21\n9.00 B", first_day=first, last_day=last) == [(1, "09:00", "A"), (2, "09:00", "B")]
    # Of no day of the event: a number of pages, for example.
    (row,) = read("9.00 A\n1/2", first_day=first, last_day=last).rows
    assert (row.day, row.abstract) == (1, "1/2")


def test_comments_and_deleted_text_of_word_are_left_out():
    html = """
        <table><tr><td><p>9.00</p></td><td><p>Opening<a class=msocomanchor href="#_msocom_1">[K1]</a>
        <del>old</del> words</p></td></tr>
        <tr style='display:none'><td>10.00</td><td>Hidden</td></tr></table>
        <div style='mso-element:comment-list'><div style='mso-element:comment'><p>Secret</p></div></div>
    """
    result = read("", html=html)
    assert [(row.title, row.abstract) for row in result.rows] == [("Opening words", "")]
    assert result.left_over == []

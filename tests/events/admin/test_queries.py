"""Query counts of the registration screens, exports and statistics."""

import csv
import datetime
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from events.enums import Mode
from events.models import (
    Answer,
    CheckIn,
    Consent,
    DataAccess,
    EventQuestion,
    HistoryEntry,
    Registration,
    SensitiveAnswer,
)
from events.registration import downloads, export, queries, seats, statistics
from events.registration.encryption import encrypt
from events.registration.labels import answer_text
from events.registration.queries import Filters
from home.spreadsheets import BOM, CSV_TYPE, XLSX_TYPE, escape_cell
from home.tasks.health import record_run
from tests.factories import reload
from tests.factories.registrations import make_open_event, make_registration
from tests.factories.users import admin_url

pytestmark = pytest.mark.slow


def make_registrations(event, number: int) -> None:
    """Create registrations, each with an answer, a sensitive answer and a history entry."""
    start = Registration.objects.count()
    people = Registration.objects.bulk_create(
        [
            Registration(
                event=event,
                status="confirmed",
                mode="on_site",
                language="en",
                name=f"Person {count}",
                email=f"p{count}@example.org",
                email_key=f"p{count}@example.org",
                country="FI",
            )
            for count in range(start, start + number)
        ],
        batch_size=500,
    )
    key = uuid.UUID(int=7)
    common = {"question_key": key, "kind": "text", "label": "Why", "language": "en"}
    Answer.objects.bulk_create([Answer(registration=person, value="x", **common) for person in people], batch_size=500)
    secret = {**common, "question_key": uuid.UUID(int=8), "label": "Diet", "encrypted_value": encrypt("nuts")}
    SensitiveAnswer.objects.bulk_create(
        [SensitiveAnswer(registration=person, **secret) for person in people], batch_size=500
    )
    HistoryEntry.objects.bulk_create(
        [HistoryEntry(registration=person, actor="participant", action="register") for person in people], batch_size=500
    )


COLUMNS = ["name", "email", f"answer-{uuid.UUID(int=7)}", f"answer-{uuid.UUID(int=8)}", "days"]


def query_counts(client, event) -> dict[str, int]:
    """Return the number of queries of each screen. Streams are read to the end."""
    person = Registration.objects.filter(event=event).first()
    url = admin_url(event, "registration_export")
    data = {"columns": COLUMNS, "format": "csv", "confirmed": "on"}
    screens = {
        "list": lambda: client.get(admin_url(event)),
        "search": lambda: client.get(admin_url(event) + "?q=person+3"),
        "person": lambda: client.get(admin_url(event, "registration_detail", person.pk)),
        "statistics": lambda: client.get(admin_url(event, "registration_statistics")),
        "check_in": lambda: client.get(admin_url(event, "registration_check_in") + "?q=person"),
        "csv": lambda: b"".join(client.post(url, data).streaming_content),
        "xlsx": lambda: b"".join(client.post(url, data | {"format": "xlsx"}).streaming_content),
    }
    found = {}
    for name, run in screens.items():
        run()
        with CaptureQueriesContext(connection) as captured:
            run()
        found[name] = len([query for query in captured if "SAVEPOINT" not in query["sql"]])
    return found


@pytest.mark.slow
def test_query_counts_do_not_depend_on_the_number_of_registrations(client, trusted, event, monkeypatch):
    # The file is answered at once, and not prepared in the background.
    monkeypatch.setattr(downloads, "ROWS_AT_ONCE", 10_000)
    record_run(timezone.now())
    make_registrations(event, 10)
    few = query_counts(client, event)
    # More than the 2,000 rows that Django reads at a time.
    make_registrations(event, 2_490)
    assert Registration.objects.filter(event=event).count() == 2_500
    assert query_counts(client, event) == few
    assert few == EXPECTED


# Wagtail itself runs about twenty of them.
EXPECTED = {"list": 36, "search": 36, "person": 35, "statistics": 34, "check_in": 29, "csv": 42, "xlsx": 42}


@pytest.fixture
def questions(page):
    """An event with two questions, one of them sensitive."""
    page.questions.set(
        [
            EventQuestion(locale=page.locale, label="=Level", kind="text", sort_order=0),
            EventQuestion(locale=page.locale, label="Diet", kind="text", is_sensitive=True, sort_order=1),
        ]
    )
    page.save_revision().publish()
    return [row.translation_key for row in reload(page).questions.all()]


def export_csv(client, event, columns, **data):
    return client.post(admin_url(event, "registration_export"), {"columns": columns, "format": "csv", **data})


def table(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM))))


TEXTS = {
    "=1+1": "'=1+1",
    "+358 40 1234567": "'+358 40 1234567",
    "-2": "'-2",
    "@SUM(A1)": "'@SUM(A1)",
    "\tx": "'\tx",
    "\rx": "'\rx",
    "\0=1": "'=1",
    "＝1": "'＝1",
    "＋1": "'＋1",
    "－1": "'－1",
    "＠x": "'＠x",
    "  =1": "'  =1",
    "|cmd": "'|cmd",
    "040 1234567": "'040 1234567",
    "358401234567": "'358401234567",
    "0": "0",
    "Anna-Maria": "Anna-Maria",
    "a=b": "a=b",
    "": "",
}


@pytest.mark.parametrize(("entered", "expected"), TEXTS.items())
def test_cells_are_text(entered, expected):
    assert escape_cell(entered) == expected


def test_numbers_are_not_escaped():
    assert [escape_cell(value) for value in (-2, 1.5, None)] == [-2, 1.5, None]


@pytest.mark.parametrize("entered", [text for text in TEXTS if "\0" not in text])
def test_exports_keep_entered_text(client, organiser, event, entered):
    make_registration(event, name="A", organisation=entered)
    assert table(export_csv(client, event, ["organisation"]))[1] == [TEXTS[entered]]
    response = export_csv(client, event, ["organisation"], format="xlsx")
    assert response["Content-Type"] == XLSX_TYPE
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    cell = sheet["A2"]
    assert (cell.value or "").replace("_x000D_", "\r").strip() == entered.strip()
    assert cell.data_type != "f"


def test_an_export_has_a_column_for_each_question_and_is_logged(client, trusted, event, questions):
    plain, secret = questions
    maria = make_registration(event, "waiting", name="Μαρία", country="GR", profession="nurse", note="=note")
    gone = uuid.uuid4()
    common = {"registration": maria, "language": "el"}
    Answer.objects.create(question_key=plain, kind="text", label="Επίπεδο", value="B2", **common)
    Answer.objects.create(question_key=gone, kind="yes_no", label="Old one", value=True, **common)
    SensitiveAnswer.objects.create(
        question_key=secret, kind="text", label="Diet", encrypted_value=encrypt("nuts"), **common
    )
    zoe = make_registration(event, name="Zoë")
    Answer.objects.create(registration=zoe, language="en", question_key=gone, kind="yes_no", label="Old", value=False)
    CheckIn.objects.create(registration=maria, day=event.first_day)
    keys = ["name", "country", "profession", "mode", "status", "language", "created_at", "days", "note"]
    columns = [*keys, f"answer-{plain}", f"answer-{gone}", f"answer-{secret}"]
    response = export_csv(client, event, columns)
    assert "Export sensitive answers" in response.content.decode()
    assert not DataAccess.objects.exists()
    response = export_csv(client, event, columns, confirmed="on")
    assert response["Content-Type"] == CSV_TYPE
    head, first, second = table(response)
    assert head[-3:] == ["'=Level", "Diet", "Old one"]
    row = dict(zip(head, first, strict=True))
    assert (row["'=Level"], row["Old one"], row["Diet"]) == ("B2", "yes", "nuts")
    assert (row["Country"], row["Profession"], row["Attended on"]) == ("Greece", "Nurse", event.first_day.isoformat())
    assert (row["Status"], row["Organiser's note"]) == ("On the waiting list", "'=note")
    assert second[-3:] == ["", "", "no"]
    entry = DataAccess.objects.get()
    assert (entry.user, entry.action, entry.detail["rows"], entry.detail["sensitive"]) == (trusted, "export", 2, True)


def test_every_organiser_exports_consents(client, organiser, event):
    url = admin_url(event, "registration_export")
    assert "Consent:" not in client.get(url).content.decode()
    for name, answers in {"Yes": [True], "No": [False], "Back": [True], "Again": [False, True], "Unasked": []}.items():
        person = make_registration(event, name=name)
        for number, is_given in enumerate(answers):
            at = person.created_at + datetime.timedelta(hours=number)
            withdrawn_at = at if name == "Back" else None
            values = {"text": "May we?", "text_version": "1", "language": "en", "withdrawn_at": withdrawn_at}
            Consent.objects.create(registration=person, purpose="photos", is_given=is_given, at=at, **values)
    response = export_csv(client, event, ["name", "consent-photos"])
    head, *rows = table(response)
    assert head == ["Name", "Consent: Photos and recordings"]
    assert dict(rows) == {"Yes": "yes", "No": "no", "Back": "withdrawn", "Again": "yes", "Unasked": ""}
    assert not DataAccess.objects.get().detail["sensitive"]
    person = Registration.objects.get(name="Back")
    screen = client.get(admin_url(event, "registration_detail", person.pk)).content.decode()
    assert "Photos and recordings: withdrawn" in screen


def test_only_users_with_access_export_sensitive_answers(client, organiser, event, questions):
    make_registration(event)
    response = export_csv(client, event, [f"answer-{questions[1]}"], confirmed="on")
    assert (response.status_code, set(response.context["form"].errors)) == (422, {"columns"})
    assert "Diet" not in client.get(admin_url(event, "registration_export")).content.decode()


def test_exports_follow_the_filters(client, organiser, event):
    make_registration(event, name="In")
    make_registration(event, "withdrawn", name="Out")
    assert table(export_csv(client, event, ["name"], status="active"))[1:] == [["In"]]
    detail = DataAccess.objects.get().detail
    assert (detail["filters"], detail["rows"]) == ({"status": "active"}, 1)


def test_columns_without_answers_take_no_queries(event, django_assert_num_queries):
    make_registration(event)
    columns = [export.Column("name", "Name"), export.Column("key", "Key")]
    with django_assert_num_queries(1):
        assert len(list(export.rows_of(event, Filters(), columns, "en"))) == 1


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", None, ""),
        ("yes_no", False, "no"),
        ("country", "EE", "Estonia"),
        ("choices", [{"key": "a", "label": "Old"}, {"key": "b", "label": "B"}], "New; B"),
        ("choice", {"key": "a", "label": "Old"}, "New"),
        ("text", "plain", "plain"),
    ],
)
def test_answers_as_text(kind, value, text):
    assert answer_text(kind, value, {"a": "New"}) == text


def test_logged_filters_hold_no_search_text():
    assert Filters(search="Anna", status="active").as_detail() == {"search": True, "status": "active"}


def test_answers_are_matched_to_registrations():
    parallel = export._Parallel(iter([(1, ["a"]), (3, ["c"]), (4, ["d"])]))
    assert [parallel.of(pk) for pk in (2, 3, 5)] == [[], ["c"], []]


def test_counts_of_a_mode_without_places(db):
    event = make_open_event(seats={Mode.ON_SITE: (0, True)})
    make_registration(event, mode=Mode.ONLINE)
    make_registration(event)
    on_site, online = seats.all_seat_counts(event)
    assert (on_site.share, on_site.missing, on_site.left) == (0, 1, -1)
    assert (online.is_offered, online.left, online.missing) == (False, None, 0)


def test_anonymous_questions_of_an_event_without_a_page(db):
    assert queries.question_summaries(make_open_event(), "en") == []


# Statistics


def cell(key: str, count: int) -> statistics.Cell:
    return statistics.Cell(key, key, count)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([("FI", 9), ("EE", 6)], [("FI", 9), ("EE", 6)]),
        ([("FI", 9), ("EE", 3), ("SE", 2)], [("FI", 9), ("others", 5)]),
        ([("FI", 9), ("GR", 6), ("EE", 1)], [("FI", 9), ("others", 7)]),
        ([("FI", 3), ("EE", 1)], []),
    ],
)
def test_small_cells_cannot_be_derived_by_subtraction(before, after):
    found = statistics.suppressed([cell(*pair) for pair in before])
    assert [(item.key, item.count) for item in found] == after


def test_anonymised_registrations_are_counted_only_in_large_cells(event):
    now = timezone.now()
    for number, code in enumerate(["FI"] * 6 + ["EE"] * 2):
        make_registration(
            event,
            name="",
            email=f"{number}@example.org",
            country=code,
            created_at=now - datetime.timedelta(days=number),
        )
    Registration.objects.update(
        anonymised_at=now, name="", email="", email_key="", token_hash="", searchable_name="", searchable_details=""
    )
    found = statistics.statistics(event)
    assert found.is_anonymous
    assert [(item.key, item.count) for item in found.by_country] == [("others", 8)]
    assert all(point.total == 0 or point.total >= 5 for point in found.over_time)
    assert sum(point.total for point in found.over_time) == 8


def test_an_erased_registration_is_only_counted_in_the_total(event):
    now = timezone.now()
    for code, count in (("FI", 2), ("EE", 1)):
        for _number in range(count):
            make_registration(event, country=code, created_at=now)
    erased = make_registration(
        event, "withdrawn", Mode.ONLINE, country="GR", created_at=now - datetime.timedelta(days=3)
    )
    before = statistics.statistics(event)
    Registration.objects.filter(pk=erased.pk).update(
        anonymised_at=now,
        name="",
        email="",
        email_key="",
        token_hash="",
        searchable_name="",
        searchable_details="",
        status="confirmed",
    )
    found = statistics.statistics(event)
    assert (found.total, found.is_anonymous) == (4, True)
    assert [(item.key, item.count) for item in found.by_country] == [("FI", 2), ("EE", 1)]
    assert [(item.key, item.count) for item in found.by_status] == [("confirmed", 3)]
    assert [(item.key, item.count) for item in found.by_mode] == [("on_site", 3)]
    assert [point.total for point in found.over_time] == [3]
    assert len(before.over_time) == 4
    # Nor can it be derived from other numbers.
    assert queries.filtered_registrations(event).count() == 3
    assert queries.filter_choices(event).countries == ["EE", "FI"]
    assert queries.anonymous_count(event) == 1


def test_anonymised_registrations_are_added_to_large_cells(event):
    now = timezone.now()
    people = [make_registration(event, country=code, created_at=now) for code in ["FI"] * 7 + ["EE"] * 5 + ["GR", "SE"]]
    Registration.objects.filter(pk__in=[person.pk for person in people[1:]]).update(
        anonymised_at=now, name="", email="", email_key="", token_hash="", searchable_name="", searchable_details=""
    )
    make_registration(event, country="GR", created_at=now)
    found = statistics.statistics(event)
    # Estonia has five, the smallest group that hides the group of two.
    assert {item.key: item.count for item in found.by_country} == {"FI": 7, "GR": 1, "others": 7}
    assert found.by_country[-1].key == "others"
    assert [item.key for item in found.by_status] == ["confirmed"]


def test_few_anonymised_registrations_give_no_chart(event):
    assert statistics.statistics(event).over_time == []
    make_registration(event)
    Registration.objects.update(
        anonymised_at=timezone.now(),
        name="",
        email="",
        email_key="",
        token_hash="",
        searchable_name="",
        searchable_details="",
    )
    found = statistics.statistics(event)
    assert (found.over_time, found.by_country, found.by_status) == ([], [], [])


def test_long_periods_are_counted_by_week(event):
    now = timezone.now()
    make_registration(event, created_at=now)
    make_registration(event, created_at=now - datetime.timedelta(days=100))
    found = statistics.statistics(event)
    assert found.is_by_week
    assert {point.start.weekday() for point in found.over_time} == {0}
    assert sum(point.total for point in found.over_time) == 2


def test_choices_of_an_event_with_many_registrations_are_kept_for_a_minute(event, monkeypatch):
    monkeypatch.setattr(queries, "MANY", 2)
    clock = [1000.0]
    monkeypatch.setattr(queries.time, "monotonic", lambda: clock[0])
    make_registration(event, country="FI")
    assert queries.filter_choices(event).countries == ["FI"]
    make_registration(event, country="EE")
    assert queries.filter_choices(event).countries == ["EE", "FI"], "few registrations: always the present values"
    make_registration(event, country="GR")
    assert queries.filter_choices(event).countries == ["EE", "FI", "GR"]
    make_registration(event, country="SE")
    clock[0] += queries.KEPT_SECONDS - 1
    assert queries.filter_choices(event).countries == ["EE", "FI", "GR"]
    clock[0] += 1
    assert queries.filter_choices(event).countries == ["EE", "FI", "GR", "SE"]

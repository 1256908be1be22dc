"""Import of a guest list: reading, preview, confirmation, result."""

import csv
import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from openpyxl import Workbook

from events.after_restore import STEPS
from events.enums import Mode, QuestionKind
from events.guest_lists import importer, tasks
from events.guest_lists.answers import question_columns, read_answers
from events.guest_lists.columns import recognise
from events.guest_lists.guests import RowDefaults, read_guest
from events.models import (
    Answer,
    Consent,
    DataAccess,
    EventAccess,
    EventQuestion,
    GuestList,
    GuestListRow,
    OutboxMail,
    Registration,
    SensitiveAnswer,
)
from events.registration.errors import BusyError
from events.timezones import zone_info
from tests.events.admin.responses import error_fields, shown_messages
from tests.factories import reload
from tests.factories.events import translate_all
from tests.factories.mail import part, rendered
from tests.factories.registrations import make_open_page, make_registration, set_seats_of
from tests.factories.users import admin_url, make_organiser
from tests.html import soup, text_of
from tests.visitors import Visitor, link_of

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

LIST = """Etunimi;Sukunimi;Sähköposti;Organisaatio;Maa;Kieli;Muuta
Anna;Example;Anna@example.org;Example Ltd;Suomi;suomi;x
Bo;;bo@example.org;;Soome;;
;;nobody;;;;
Anna;Again;anna@EXAMPLE.org;;;;
Known;;known@example.org;;;;
Cee;;cee@example.org;;Atlantis;;
"""

DEFAULTS = RowDefaults(Mode.ON_SITE, "en")


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("Given name|Family name|Email", "given_name family_name email"),
        ("Etunimi|SUKUNIMI|Sähköpostiosoite*|Ammatti|Maa", "given_name family_name email profession country"),
        ("Eesnimi|Perekonnanimi|E-posti aadress|Asutus|Keel", "given_name family_name email organisation language"),
        ("Όνομα|Επώνυμο|Email|Επάγγελμα|Χώρα", "given_name family_name email profession country"),
        ("Ονοματεπώνυμο|Email|Τρόπος συμμετοχής", "name email mode"),
        ("Name|Email|Email|", "name email  "),
    ],
)
def test_columns_are_recognised_in_every_language(headings, expected):
    assert recognise(headings.split("|")) == expected.split(" ")


def test_a_row_is_read_in_every_language_and_its_problems_are_said():
    columns = ["name", "email", "profession", "country", "mode", "language"]
    modes = [Mode.ON_SITE, Mode.ONLINE]
    cells = ["Anna Example", "Anna E. <anna@example.org>", "Σπουδάστρια", "Ελλάδα", "verkossa", "eesti"]
    found = read_guest(cells, columns, modes, DEFAULTS)
    assert found.problems == ["The profession “Σπουδάστρια” is not known."]
    cells[2] = "student"
    person = read_guest(cells, columns, modes, DEFAULTS).applicant
    assert (person.name, person.email, person.profession) == ("Anna Example", "anna@example.org", "student")
    assert (person.country, person.mode, person.language) == ("GR", Mode.ONLINE, "et")
    wrong = read_guest(["", "x@", "", "", "online"], columns, [Mode.ON_SITE], DEFAULTS)
    assert wrong.problems == [
        "The name is missing.",
        "“x@” is not a valid email address.",
        "This event does not offer this way to attend.",
    ]
    assert read_guest(["x" * 121, ""], columns, modes, DEFAULTS).problems == [
        "Shorten the name to 120 characters.",
        "The email address is missing.",
    ]


def upload(client, event, content: bytes | str = LIST, name="guests.csv", **fields):
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data)
    return client.post(admin_url(event, "registration_guest_lists"), {"file": file, **fields})


def confirm(client, guest_list, version=None, **changed):
    """Press the button below the preview, which sends the settings too."""
    url = admin_url(guest_list.event, "registration_guest_list", guest_list.pk)
    page = client.get(url)
    fields = settings_of(page) if "form" in page.context else {}
    shown = version if version is not None else reload(guest_list).version
    return client.post(url, fields | {"import": "1", "version": shown} | changed)


def states(response) -> dict[int, str]:
    return {row.number: row.state for row in response.context["rows"]}


@pytest.fixture
def guest_list(client, organiser, event):
    make_registration(event, name="Known")
    response = upload(client, event)
    found = GuestList.objects.get()
    assert response.url == admin_url(event, "registration_guest_list", found.pk)
    return found


def test_the_preview_says_what_happens_and_writes_nothing(client, guest_list, event):
    set_seats_of(event, Mode.ON_SITE, 3)
    page = client.get(admin_url(event, "registration_guest_list", guest_list.pk))
    assert states(page) == {2: "new", 3: "new", 4: "wrong", 5: "double", 6: "known", 7: "wrong"}
    text = text_of(soup(page).select_one("table"))
    assert "The address is in row 2." in text
    assert "“nobody” is not a valid email address." in text
    assert "The country “Atlantis” is not known." in text
    set_seats_of(event, Mode.ON_SITE, 2)
    full = client.get(admin_url(event, "registration_guest_list", guest_list.pk))
    assert states(full)[3] == "full"
    only = client.get(admin_url(event, "registration_guest_list", guest_list.pk) + "?state=wrong")
    assert states(only) == {4: "wrong", 7: "wrong"}
    assert Registration.objects.count() == 1
    assert not OutboxMail.objects.exists()


def test_people_are_registered_and_told_who_gave_their_address(client, guest_list, event, organiser):
    response = confirm(client, guest_list)
    assert response.status_code == 302
    anna = Registration.objects.get(email_key="anna@example.org")
    assert (anna.status, anna.language, str(anna.country), anna.organisation) == (
        "confirmed",
        "fi",
        "FI",
        "Example Ltd",
    )
    assert (anna.given_name, anna.family_name, anna.added_by) == ("Anna", "Example", organiser)
    assert [(entry.action, entry.user) for entry in anna.history.all()] == [("import", organiser)]
    bo = Registration.objects.get(email_key="bo@example.org")
    # "Soome" is Finland in Estonian. Without a language in the list, it is that of the event's page.
    assert (bo.language, str(bo.country)) == ("en", "FI")
    assert "The organisers have registered you" in part(rendered(bo.mails.get()), "text/plain")
    assert not Consent.objects.exists()
    outcomes = dict(GuestListRow.objects.values_list("number", "outcome"))
    assert outcomes == {2: "registered", 3: "registered", 4: "wrong", 5: "double", 6: "known", 7: "wrong"}
    # The registrations have the data of those who are registered.
    assert [row.cells for row in GuestListRow.objects.filter(outcome="registered")] == [[], []]
    page = soup(client.get(response.url))
    assert "The list is imported." in text_of(page)
    # A second confirmation, as by a double click, does nothing.
    confirm(client, guest_list)
    assert Registration.objects.count() == 3
    assert OutboxMail.objects.count() == 2


def test_the_result_says_why_a_row_was_refused(client, guest_list):
    confirm(client, guest_list)
    page = soup(client.get(admin_url(guest_list.event, "registration_guest_list", guest_list.pk)))
    rows = [[text_of(cell) for cell in row.select("td, th")] for row in page.select("tbody tr")]
    assert rows[0] == ["2", "Anna Example", "Anna@example.org", "Registered"]
    assert rows[2] == ["4", "–", "nobody", "Not correct The name is missing. “nobody” is not a valid email address."]
    assert rows[3] == ["5", "Anna Again", "anna@EXAMPLE.org", "Twice in the file"]


def test_each_column_has_an_example(client, guest_list):
    page = soup(client.get(admin_url(guest_list.event, "registration_guest_list", guest_list.pk)))
    assert "For example: Example Ltd" in text_of(page.main)


def test_the_report_has_each_row_and_no_formula(client, organiser, event):
    upload(client, event, 'Name;Email\n"=HYPERLINK(1)";a@example.org\n+bad;x@\n')
    found = GuestList.objects.get()
    confirm(client, found)
    response = client.get(admin_url(event, "registration_guest_list_report", found.pk))
    assert "attachment" in response["Content-Disposition"]
    text = response.content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Row", "Name", "Email address", "Result", "Problems"],
        ["2", "'=HYPERLINK(1)", "a@example.org", "Registered", ""],
        ["3", "'+bad", "x@", "Not correct", "“x@” is not a valid email address."],
    ]
    entry = DataAccess.objects.get()
    assert (entry.user, entry.action, entry.detail["rows"]) == (organiser, "export", 2)


def settings_of(response) -> dict[str, str]:
    """Return what a browser would send from the form of the settings."""
    form = response.context["form"]
    found = {field.html_name: field.value() for field in form}
    found["answer_until"] = found["answer_until"].isoformat(timespec="minutes")
    return {name: value for name, value in found.items() if value not in (None, False)}


def test_columns_are_assigned_by_hand_and_the_preview_is_confirmed_as_shown(client, organiser, event):
    upload(client, event, "Wer,Wo\nAnna,anna@example.org\n")
    found = GuestList.objects.get()
    url = admin_url(event, "registration_guest_list", found.pk)
    fields = settings_of(client.get(url))
    # Nothing is imported while the columns are unknown.
    assert confirm(client, found).status_code == 422
    assert client.post(url, fields | {"column_0": "email", "column_1": "email"}).status_code == 422
    shown = reload(found).version
    assert client.post(url, fields | {"column_0": "name", "column_1": "email"}).status_code == 302
    assert states(client.get(url)) == {2: "new"}
    late = confirm(client, found, version=shown)
    (message,) = shown_messages(late)
    assert message.strip() == "The list has changed in the meantime. Check the preview and confirm again."
    assert not Registration.objects.exists()
    confirm(client, found)
    assert Registration.objects.get().name == "Anna"


def test_people_are_invited_until_a_time(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    upload(client, event, "Name\tEmail\nAnna\tanna@example.org\nBo\tbo@example.org\n")
    found = GuestList.objects.get()
    url = admin_url(event, "registration_guest_list", found.pk)
    fields = settings_of(client.get(url)) | {"action": "invite", "language": "el"}
    assert error_fields(client.post(url, fields | {"answer_until": ""})) == {"answer_until"}
    assert error_fields(client.post(url, fields | {"answer_until": "2020-01-01T12:00"})) == {"answer_until"}
    until = timezone.now().replace(second=0, microsecond=0) + datetime.timedelta(days=3)
    local = until.astimezone(zone_info(event.zone)).replace(tzinfo=None).isoformat()
    assert client.post(url, fields | {"answer_until": local}).status_code == 302
    confirm(client, found)
    anna = Registration.objects.get()
    assert (anna.status, anna.is_invited, anna.language) == ("offered", True, "el")
    assert anna.offer_expires_at == until
    assert dict(GuestListRow.objects.values_list("number", "outcome")) == {2: "invited", 3: "full"}
    assert OutboxMail.objects.get().kind == "invited"


def test_people_are_added_over_the_capacity_only_if_the_organiser_says_so(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 0)
    upload(client, event, "Name,Email\nAnna,anna@example.org\n")
    found = GuestList.objects.get()
    url = admin_url(event, "registration_guest_list", found.pk)
    page = client.get(url)
    assert states(page) == {2: "full"}
    assert not soup(page).select("button[name=import]")
    client.post(url, settings_of(page) | {"force": "on"})
    assert states(client.get(url)) == {2: "new"}
    confirm(client, found)
    assert Registration.objects.get().status == "confirmed"


def test_details_that_the_form_does_not_ask_for_are_not_stored(client, organiser, event):
    event.registration_settings.asks_organisation = "no"
    event.registration_settings.save()
    upload(client, event, "Name,Email,Organisation\nAnna,anna@example.org,Example\n")
    found = GuestList.objects.get()
    url = admin_url(event, "registration_guest_list", found.pk)
    page = client.get(url)
    assert "organisation" not in dict(page.context["form"].fields["column_2"].choices)
    assert found.columns == ["name", "email", ""]
    confirm(client, found)
    assert Registration.objects.get().organisation == ""


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_workbook_is_imported_and_wrong_files_are_refused(client, organiser, event):
    assert upload(client, event, workbook(["Name", "Email"], ["Anna", "a@example.org"]), "x.xlsx").status_code == 302
    assert GuestListRow.objects.get().cells == ["Anna", "a@example.org"]
    for content, name in (
        (b"Name;Email", "only-headings.csv"),
        (b"x", "guests.pdf"),
        (b"\0\1" * 200, "guests.csv"),
        (b"PK\x03\x04", "guests.xlsx"),
        (b"a;b\n" + b"c;d\n" * 1001, "guests.csv"),
        (b"a" * (2 * 1024 * 1024 + 1), "guests.csv"),
    ):
        response = upload(client, event, content, name)
        assert response.status_code == 422
        assert error_fields(response) == {"file"}
    assert GuestList.objects.count() == 1


def test_an_interrupted_import_goes_on_and_doubles_nobody(client, guest_list, monkeypatch):
    importer.start(guest_list, guest_list.version, guest_list.user)
    assert importer.import_rows(guest_list.pk, 1)
    # The process ends after the registration, before the row is done.
    original = importer._register_or_invite

    def killed(*args):
        original(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(importer, "_register_or_invite", killed)
    with pytest.raises(KeyboardInterrupt):
        importer.import_rows(guest_list.pk, 1)
    monkeypatch.setattr(importer, "_register_or_invite", original)
    assert Registration.objects.count() == 2
    assert OutboxMail.objects.count() == 1
    now = timezone.now() + importer.LOST_AFTER
    assert importer.lost_imports(now) == [guest_list.pk]
    tasks.import_guest_list.call(guest_list.pk)
    assert Registration.objects.count() == 3
    assert OutboxMail.objects.count() == 2
    assert reload(guest_list).status == "done"
    assert importer.lost_imports(now) == []
    assert not importer.import_rows(guest_list.pk, 1)


def test_a_long_list_is_imported_in_the_background(client, organiser, event, monkeypatch):
    monkeypatch.setattr(tasks, "AT_ONCE", 1)
    waiting = []
    monkeypatch.setattr(type(tasks.import_guest_list), "enqueue", lambda task, pk: waiting.append(pk))
    upload(client, event, "Name,Email\nAnna,a@example.org\nBo,b@example.org\nCee,c@example.org\n")
    found = GuestList.objects.get()
    confirm(client, found)
    assert waiting == [found.pk]
    url = admin_url(event, "registration_guest_list", found.pk)
    page = soup(client.get(url))
    assert "1 of 3 rows are imported." in text_of(page)
    # The script reads the page again, and replaces the part that shows the progress; without it, a link does.
    assert page.select("script[src$='progress.js']")
    assert page.select_one("[data-progress] [data-progress-reload] a")["href"] == ""
    # A list that is being imported is neither changed nor deleted.
    client.post(url, {"delete": "1"})
    client.post(url, {"action": "invite"})
    assert reload(found).action == "register"
    tasks.import_guest_list.call(found.pk)
    assert not soup(client.get(url)).select("[data-progress-reload], script[src$='progress.js']")
    assert Registration.objects.count() == 3


def test_who_loses_the_access_imports_no_further_row(client, organiser, guest_list, event):
    """A colleague confirmed the list, so it is their access that counts, and they who are named."""
    colleague = make_organiser(event, "colleague")
    client.force_login(colleague)
    importer.start(guest_list, guest_list.version, colleague)
    assert importer.import_rows(guest_list.pk, 1)
    EventAccess.objects.filter(user=organiser).delete()
    assert importer.import_rows(guest_list.pk, 1)
    assert set(Registration.objects.exclude(name="Known").values_list("added_by", flat=True)) == {colleague.pk}
    EventAccess.objects.filter(user=colleague).update(only_checks_in=True)
    tasks.import_guest_list.call(guest_list.pk)
    assert Registration.objects.count() == 3
    assert reload(guest_list).status == "done"
    assert list(guest_list.rows.filter(outcome="no_access").values_list("number", flat=True)) == [4, 5, 6, 7]
    client.force_login(make_organiser(event, "another"))
    page = client.get(admin_url(event, "registration_guest_list", guest_list.pk))
    assert "the person who started the import no longer has access: 4" in text_of(soup(page))


def test_a_busy_event_leaves_the_rest_for_later(client, guest_list, monkeypatch):
    def busy(*args):
        raise BusyError

    importer.start(guest_list, guest_list.version, guest_list.user)
    monkeypatch.setattr(importer, "_register_or_invite", busy)
    assert importer.import_rows(guest_list.pk, 5)
    assert not GuestListRow.objects.exclude(outcome="").exists()


def test_a_restored_backup_has_no_guest_lists(guest_list):
    # An import would go on, and register again who was registered and erased after the backup.
    assert guest_list.rows.exists()
    [step] = [step for step in STEPS if step.label == "Guest lists deleted"]
    assert step.run() == 1
    assert not GuestListRow.objects.exists()


def test_lists_are_deleted_after_a_day_or_by_the_organiser(client, guest_list, event):
    now = timezone.now()
    assert importer.prune(now) == 0
    importer.start(guest_list, guest_list.version, guest_list.user, now + datetime.timedelta(hours=2))
    assert importer.prune(now + datetime.timedelta(hours=25)) == 0
    assert importer.prune(now + datetime.timedelta(hours=27)) == 1
    assert not GuestListRow.objects.exists()
    upload(client, event)
    client.post(admin_url(event, "registration_guest_list", GuestList.objects.get().pk), {"delete": "1"})
    assert not GuestListRow.objects.exists()


def test_a_list_of_another_event_is_not_shown(client, guest_list, home_page):
    other = make_open_page(home_page, title="Other", slug="other").event
    client.force_login(make_organiser(other, "other"))
    for target in (guest_list.event, other):
        for name in ("registration_guest_list", "registration_guest_list_report"):
            assert client.get(admin_url(target, name, guest_list.pk)).status_code == 404
            assert client.post(admin_url(target, name, guest_list.pk), {"import": "1"}).status_code in {404, 405}
    assert reload(guest_list).status == "uploaded"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_the_rows(client, organiser, event, rows):
    upload(client, event, "Name,Email\n" + "".join(f"P{number},p{number}@example.org\n" for number in range(rows)))
    found = GuestList.objects.get()
    url = admin_url(event, "registration_guest_list", found.pk)
    client.get(url)
    with CaptureQueriesContext(connection) as preview:
        client.get(url)
    confirm(client, found)
    client.get(url)
    with CaptureQueriesContext(connection) as result:
        client.get(url)
    assert (len(preview), len(result)) == (31, 31)


@pytest.fixture
def questions(event, page):
    """Questions of each kind; the first in Finnish too."""
    kinds = [
        ("Workshop", QuestionKind.CHOICE, {}),
        ("Topics", QuestionKind.CHOICES, {}),
        ("Years", QuestionKind.NUMBER, {"minimum": 0, "maximum": 60, "unit": "years"}),
        ("Arrival", QuestionKind.DATE, {}),
        ("First time", QuestionKind.YES_NO, {}),
        ("Home", QuestionKind.COUNTRY, {}),
        ("Motivation", QuestionKind.LONG_TEXT, {}),
        ("Lunch", QuestionKind.YES_NO, {"only_mode": "on_site"}),
        ("Diet", QuestionKind.TEXT, {"is_sensitive": True}),
        ("Rules", QuestionKind.AGREEMENT, {"statement": "I agree to the rules."}),
    ]
    choices = [("choice", label) for label in ("Surgery", "Care, at home", "Nursing")]
    page.questions.set(
        [
            EventQuestion(
                label=label,
                kind=kind,
                choices=choices if kind in {QuestionKind.CHOICE, QuestionKind.CHOICES} else [],
                locale=page.locale,
                sort_order=number,
                **values,
            )
            for number, (label, kind, values) in enumerate(kinds)
        ]
    )
    page.save_revision().publish()
    translate_all(page.get_parent().specific, reload(page), codes=("fi",))
    return {row.label: f"q_{row.translation_key.hex}" for row in EventQuestion.objects.filter(page=page)}


ANSWERS = """Name;Email;fi Workshop;Topics;Years;Arrival;First time;Home;Motivation;Lunch;Diet;Rules;Attendance
Anna;a@example.org;fi Surgery;Care, at home;7;3.4.2027;kyllä;Suomi;To learn;x;vegan;yes;On site
Bo;b@example.org;nursing;Surgery, Nursing;12;03/04/2027;No;;;yes;;;Online
Cee;c@example.org;Painting;Surgery;61;soon;perhaps;Atlantis;;;;;
"""


def test_columns_for_the_questions_of_the_event_are_recognised_and_checked_as_in_the_form(
    client, organiser, event, questions
):
    set_seats_of(event, Mode.ONLINE, 9)
    upload(client, event, ANSWERS)
    found = GuestList.objects.get()
    names = ["Workshop", "Topics", "Years", "Arrival", "First time", "Home", "Motivation", "Lunch"]
    # Sensitive answers and agreements are left to each person.
    assert found.columns == ["name", "email", *(questions[name] for name in names), "", "", "mode"]
    page = soup(client.get(admin_url(event, "registration_guest_list", found.pk)))
    labels = {text_of(option) for option in page.select("[name=column_2] option")}
    assert {"Workshop", "Years (years)"} < labels
    assert not {"Diet", "Rules"} & labels
    rows = [row.select("td") for row in page.select("tbody tr")]
    assert text_of(rows[0][2]) == (
        "Workshop: Surgery Topics: Care, at home Years (years): 7 Arrival: 3 April 2027 First time: yes Home: Finland "
        "Motivation: To learn Lunch: yes"
    )
    # The question about lunch is for those who come.
    assert text_of(rows[1][2]) == (
        "Workshop: Nursing Topics: Surgery; Nursing Years (years): 12 Arrival: 3 April 2027 First time: no"
    )
    assert text_of(rows[2][3]) == (
        "Not correct “Painting” is not an answer to the question “Workshop”. "
        "Enter a number from 0 to 60: Years (years) "
        "Enter a date, such as 31.05.2030: Arrival "
        "“perhaps” is not an answer to the question “First time”. “Atlantis” is not an answer to the question “Home”."
    )
    confirm(client, found)
    stored = {row.label: row.value for row in Answer.objects.filter(registration__name="Anna")}
    [surgery] = stored.pop("Workshop")
    [care] = stored.pop("Topics")
    assert (surgery["label"], care["label"]) == ("Surgery", "Care, at home")
    assert stored == {
        "Years (years)": 7,
        "Arrival": "2027-04-03",
        "First time": True,
        "Home": "FI",
        "Motivation": "To learn",
        "Lunch": True,
    }
    assert not SensitiveAnswer.objects.exists()
    assert not Registration.objects.filter(name="Cee").exists()


@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
def test_dates_are_read_the_same_in_the_language_of_every_organiser(event, questions, language):
    columns = question_columns(event)
    with override(language):
        for text in ("2027-04-03", "3.4.2027", "03/04/2027"):
            (answer,) = read_answers({questions["Arrival"]: text}, columns, Mode.ON_SITE).given
            assert answer.value == "2027-04-03"


def test_a_text_that_is_too_long_is_refused_and_not_cut(client, organiser, event, questions):
    upload(client, event, f"Name;Email;Motivation\nAnna;a@example.org;{'x' * 2001}\nBo;b@example.org;{'x' * 2000}\n")
    confirm(client, GuestList.objects.get())
    assert dict(GuestListRow.objects.values_list("number", "outcome")) == {2: "wrong", 3: "registered"}
    assert Answer.objects.get().value == "x" * 2000


def test_answers_are_filled_in_for_those_who_are_invited(client, organiser, event, questions):
    upload(client, event, "Name;Email;Workshop;First time\nAnna;anna@example.org;Nursing;yes\n")
    found = GuestList.objects.get()
    url = admin_url(event, "registration_guest_list", found.pk)
    client.post(url, settings_of(client.get(url)) | {"action": "invite"})
    confirm(client, found)
    anna = Registration.objects.get()
    form = soup(Visitor().get(link_of(anna, "registration_complete")))
    assert text_of(form.select_one(f"[name={questions['Workshop']}][checked]").parent) == "Nursing"
    assert form.select_one(f"[name={questions['First time']}][checked]")["value"] == "yes"


def test_settings_that_the_preview_has_not_shown_are_not_applied(client, organiser, event):
    upload(client, event, "Name,Email\nAnna,anna@example.org\n")
    found = GuestList.objects.get()
    url = admin_url(event, "registration_guest_list", found.pk)
    # The button belongs to the form with the settings.
    page = soup(client.get(url))
    assert page.select_one("button[name=import]")["form"] == page.select_one("[name=action]").find_parent("form")["id"]
    response = confirm(client, found, action="invite")
    assert response.url == f"{url}#preview"
    (message,) = shown_messages(response)
    assert message.strip() == "You have changed the settings. Check the preview, then confirm again."
    assert not Registration.objects.exists()
    shown = client.get(url)
    assert text_of(soup(shown).select_one("button[name=import]")) == "Invite 1 person"
    assert confirm(client, found, answer_until="").status_code == 422
    confirm(client, found)
    assert Registration.objects.get().is_invited

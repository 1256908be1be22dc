"""Name badges: who gets one, what is on it, where it is on the sheet, that everything fits, and that each PDF is logged."""

import io
import json

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.users.models import UserProfile

from events.enums import Attendance, Mode
from events.models import DataAccess, EventAccess, Registration, Ticket
from events.presentation.name_badges_pdf import SHEETS
from tests.factories.events import change_event
from tests.factories.registrations import make_open_page, make_registration
from tests.factories.users import admin_url, make_organiser
from tests.html import soup, text_of

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

MM = 72 / 25.4
LONG = "Aleksandros-Konstantinos Papadimitrakopoulos-Hatzigeorgiou J"
GREEK = "Αικατερίνη-Ευαγγελία Παπαδημητρακοπούλου-Χατζηγεωργιάδου"
ONE_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunte"
MARKUP = '#strong[x] $x$ "<b>'


def create(client, event, **values):
    return client.post(admin_url(event, "registration_name_badges"), {"sheet": "l4785", "first": "1"} | values)


def texts(content: bytes) -> list[str]:
    """Return the text of each page, without breaks."""
    document = pypdfium2.PdfDocument(content)
    found = []
    for page in document:
        text = page.get_textpage().get_text_bounded()
        found.append(text.replace("\u200b", "").replace("\u2060", "").replace("\r\n", " ").replace("\n", " "))
    return found


def joined(text: str) -> str:
    """Return the text without spaces and hyphens, which lines may end with."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in "-\x02\ufffe")


def letters(content: bytes, number: int = 0) -> list[tuple[str, float, float, float, float]]:
    """Return each letter of a page with its box in millimetres from the upper left corner: left, top, right, bottom."""
    page = pypdfium2.PdfDocument(content)[number]
    height = page.get_height()
    text = page.get_textpage()
    found = []
    for index in range(text.count_chars()):
        letter = text.get_text_range(index, 1)
        if letter.strip():
            left, bottom, right, top = text.get_charbox(index)
            found.append((letter, left / MM, (height - top) / MM, right / MM, (height - bottom) / MM))
    return found


def test_who_gets_a_badge_and_what_is_on_it(client, organiser, event):
    make_registration(event, name="Anna Õun", family_name="Õun", organisation="Tartu Ülikool")
    make_registration(event, "attended", name="Bo Zqa", family_name="Aalto")
    make_registration(event, "waiting", name="Waiting Person")
    make_registration(event, "withdrawn", name="Withdrawn Person")
    make_registration(event, mode=Mode.ONLINE, name="Online Person")
    screen = text_of(soup(client.get(admin_url(event, "registration_name_badges"))))
    assert "2 name badges for participants with a place on site" in screen
    response = create(client, event, role="Speaker")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="name-badges-')
    (page,) = texts(response.content)
    assert page.count("Speaker") == page.count("Forum") == 2
    assert page.index("Bo Zqa") < page.index("Anna Õun")
    assert "Tartu Ülikool" in page
    assert "Person" not in page
    assert Ticket.objects.filter(registration__mode=Mode.ON_SITE).count() == 2


def test_the_code_is_that_of_the_ticket(client, organiser, event):
    person = make_registration(event)
    create(client, event)
    ticket = Ticket.objects.get(registration=person)
    again = create(client, event)
    assert Ticket.objects.get(registration=person) == ticket
    with pikepdf.open(io.BytesIO(again.content)) as pdf:
        described = [str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert [text.replace("-", "") for text in described] == [f"QR code with the letters {ticket.code}"]


@pytest.mark.parametrize("key", sorted(SHEETS))
def test_everything_is_within_its_label(client, organiser, event, key):
    sheet = SHEETS[key]
    people = [LONG, GREEK, ONE_WORD, MARKUP, "Li", "W" * 120]
    for name in people:
        make_registration(event, name=name, organisation="Œuvre " * 26)
    content = create(client, event, sheet=key, role="Μέλος της επιτροπής").content
    (page,) = texts(content)
    for name in (LONG, GREEK, ONE_WORD, MARKUP):
        assert joined(name) in joined(page)
    used = set()
    for letter, left, top, right, bottom in letters(content):
        column = int((left - sheet.left) // sheet.across)
        row = int((top - sheet.top) // sheet.down)
        used.add((row, column))
        x, y = left - sheet.left - column * sheet.across, top - sheet.top - row * sheet.down
        # Printers do not print the outer millimetres, and labels are cut within one millimetre.
        assert x >= 2, letter
        assert y >= 2, letter
        assert x + right - left <= sheet.width - 2, letter
        assert y + bottom - top <= sheet.height - 1.5, letter
    assert used == {divmod(number, sheet.columns) for number in range(len(people))}


@pytest.mark.parametrize(("key", "page", "count"), [("l4785", (210, 297), 10), ("a7", (297, 210), 8)])
def test_labels_are_on_the_page_and_do_not_overlap(key, page, count):
    sheet = SHEETS[key]
    assert (sheet.page_width, sheet.page_height) == page
    assert sheet.count == count
    assert sheet.across >= sheet.width
    assert sheet.down >= sheet.height
    assert 2 * sheet.left + (sheet.columns - 1) * sheet.across + sheet.width == page[0]
    assert 2 * sheet.top + (sheet.rows - 1) * sheet.down + sheet.height == page[1]


def test_used_labels_are_left_empty(client, organiser, event):
    for number in range(3):
        make_registration(event, name=f"Virtanen {number}")
    assert len(texts(create(client, event, first="8").content)) == 1
    content = create(client, event, first="9").content
    assert [text.count("Virtanen") for text in texts(content)] == [2, 1]
    sheet = SHEETS["l4785"]
    assert min(top for _letter, _left, top, _right, _bottom in letters(content)) > sheet.top + 4 * sheet.down
    for wrong in ("0", "11", "", "x", "-1"):
        response = create(client, event, first=wrong)
        assert response.status_code == 422
    assert "This sheet has 10 labels." in create(client, event, first="11").content.decode()
    assert "This sheet has 8 labels." in create(client, event, first="9", sheet="a7").content.decode()
    assert create(client, event, sheet="letter").status_code == 422
    assert DataAccess.objects.count() == 2


def test_badges_for_a_filter(client, organiser, event):
    make_registration(event, name="Anna Finn", country="FI")
    make_registration(event, name="Bo Estonian", country="EE")
    make_registration(event, "waiting", name="Cleo Finn", country="FI")
    listed = soup(client.get(admin_url(event), {"country": "FI"}))
    link = next(item["href"] for item in listed.select("a") if "Name badges for these" in item.get_text())
    screen = soup(client.get(link))
    assert "1 selected registration without a place on site" in " ".join(screen.get_text().split())
    assert screen.select_one("form.registrations-form [name=country]")["value"] == "FI"
    (page,) = texts(create(client, event, country="FI").content)
    assert "Anna Finn" in page
    assert "Estonian" not in page
    entry = DataAccess.objects.get()
    assert entry.action == "name_badges"
    assert entry.detail == {"rows": 1, "sheet": "l4785", "filters": {"country": "FI"}}
    assert "Created name badges" in client.get(admin_url(event, "registration_access")).content.decode()


def test_badges_for_a_selection(client, organiser, event, home_page):
    first, second = make_registration(event, name="Anna One"), make_registration(event, name="Bo Two")
    make_registration(event, name="Cleo Three")
    foreign = make_registration(make_open_page(home_page, slug="other").event, name="Foreign Person")
    bulk = admin_url(event, "registration_bulk_action")
    response = client.post(bulk, {"action": "name_badges", "person": [first.pk, second.pk, foreign.pk]})
    screen = soup(client.get(response["Location"]))
    assert [item.get_text() for item in screen.select(".registrations-names li")] == ["Anna One", "Bo Two"]
    chosen = [item["value"] for item in screen.select("[name=person]")]
    (page,) = texts(create(client, event, person=chosen).content)
    assert "Anna One" in page
    assert "Bo Two" in page
    assert "Cleo" not in page
    assert "Foreign" not in page
    # The keys of registrations are not in the log, which outlives them.
    assert DataAccess.objects.get().detail == {"rows": 2, "sheet": "l4785", "is_choice": True}
    everyone = client.post(bulk, {"action": "name_badges", "select_all": "1", "country": ""})
    assert "3 name badges" in text_of(soup(client.get(everyone["Location"])))
    nobody = client.post(bulk, {"action": "name_badges"}, follow=True)
    assert "Select at least one registration." in nobody.content.decode()


def test_a_registration_with_a_place_on_site_has_a_button(client, organiser, event):
    for status, mode, expected in (
        ("confirmed", Mode.ON_SITE, True),
        ("waiting", Mode.ON_SITE, False),
        ("confirmed", Mode.ONLINE, False),
    ):
        person = make_registration(event, status, mode=mode, name=f"Virtanen {status} {mode}")
        page = soup(client.get(admin_url(event, "registration_detail", person.pk)))
        links = [item["href"] for item in page.select(".registrations-actions a") if "Name badge" in item.get_text()]
        assert links == ([f"{admin_url(event, 'registration_name_badges')}?person={person.pk}"] if expected else [])
        if links:
            assert "1 name badge" in text_of(soup(client.get(links[0])))


def test_without_participants_on_site_there_is_nothing_to_print(client, organiser, event):
    url = admin_url(event, "registration_name_badges")
    for _step in range(2):
        page = soup(client.get(url))
        assert "so there are no name badges" in page.get_text()
        assert not page.select("form.registrations-form")
        assert create(client, event).status_code == 422
        make_registration(event)
        # An event that moved online has no badges.
        change_event(event, attendance=Attendance.ONLINE)
    assert not DataAccess.objects.exists()
    for odd in ({"person": "x"}, {"person": "9" * 40}, {"country": "\x00"}, {"person": ["1", ""]}):
        assert client.get(url, odd).status_code == 200


def test_many_badges_are_made_in_parts(client, organiser, event, monkeypatch):
    monkeypatch.setattr("events.admin.name_badges.BADGES_AT_ONCE", 2)
    for number in range(5):
        make_registration(event, name=f"Person {number}")
    page = soup(client.get(admin_url(event, "registration_name_badges")))
    assert [item.get_text() for item in page.select("[name=part] option")] == ["1 to 2", "3 to 4", "5 to 5"]
    found = [texts(create(client, event, part=str(part)).content)[0] for part in range(3)]
    assert [[f"Person {number}" in text for number in range(5)].index(True) for text in found] == [0, 2, 4]
    assert create(client, event, part="3").status_code == 422


@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
def test_the_document_is_tagged_and_in_the_language_of_the_organiser(client, event, organiser, language):
    make_registration(event)
    profile = UserProfile.get_for_user(organiser)
    profile.preferred_language = language
    profile.save()
    with pikepdf.open(io.BytesIO(create(client, event).content)) as pdf, translation.override(language):
        assert pdf.Root.Lang == language
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.docinfo["/Title"]) == translation.gettext("Name badges: %(title)s") % {"title": "Forum"}


def test_only_who_manages_registrations_opens_it(client, event):
    make_registration(event)
    for name, values in (("nobody", None), ("door", {"only_checks_in": True})):
        user = make_organiser(event, name)
        EventAccess.objects.filter(user=user).delete()
        if values:
            EventAccess.objects.create(user=user, event=event, **values)
        client.force_login(user)
        assert client.get(admin_url(event, "registration_name_badges")).status_code == 404
        assert create(client, event).status_code == 404
    assert not DataAccess.objects.exists()


def test_the_number_of_queries_does_not_depend_on_the_participants(client, organiser, event):
    counts = []
    for number in (1, 3):
        while Registration.objects.filter(event=event).count() < number:
            make_registration(event)
        create(client, event)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert create(client, event).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_log_has_no_personal_data(client, organiser, event):
    person = make_registration(event, name="Zqanna")
    create(client, event, q="zqanna")
    create(client, event, person=str(person.pk))
    logged = json.dumps(list(DataAccess.objects.values_list("detail", flat=True)))
    assert "zqanna" not in logged.lower()
    assert DataAccess.objects.count() == 2

"""The screens of an event: details, page, timetable editor, history, and changes of the time zone."""

import datetime
import json

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Page

from events.enums import EventStatus, SpeakerRole
from events.forms.timetable import RowChoices
from events.models import Event, EventChange, EventPage, TimetableChange, TimetableRow
from home.models import Organisation, Person
from home.permissions import EDITORS, EVENT_ORGANISERS
from tests.factories import reload
from tests.factories.events import DAY, commit, make_index, make_page, row, rows_of
from tests.factories.users import make_editor
from tests.html import soup, text_of

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

EVENT_DETAILS = {
    "first_day": "2030-05-16",
    "last_day": "",
    "start_time": "",
    "end_time": "",
    "zone": "Europe/Helsinki",
    "status": "scheduled",
    "attendance": "hybrid",
    "venue_town": "Turku",
    "venue_country": "FI",
    "organisers-TOTAL_FORMS": "0",
    "organisers-INITIAL_FORMS": "0",
    "organisers-MIN_NUM_FORMS": "0",
    "organisers-MAX_NUM_FORMS": "1000",
}

PAGE_FIELDS = {
    "slug": "forum",
    "aim": "null",
    "target_groups": "null",
    "practical": "null",
    "directions": "null",
    "access_notes": "null",
    "body-count": "0",
    "report-count": "0",
    "materials-TOTAL_FORMS": "0",
    "materials-INITIAL_FORMS": "0",
    "questions-TOTAL_FORMS": "0",
    "questions-INITIAL_FORMS": "0",
    "survey_questions-TOTAL_FORMS": "0",
    "survey_questions-INITIAL_FORMS": "0",
    "comments-TOTAL_FORMS": "0",
    "comments-INITIAL_FORMS": "0",
}


def member(name: str) -> User:
    user = User.objects.create_user(name.replace(" ", "-"), password="x")
    user.groups.add(Group.objects.get(name=name))
    return user


@pytest.fixture
def editor(client, db):
    user = member(EDITORS)
    client.force_login(user)
    return user


@pytest.fixture
def organiser(client, db):
    user = member(EVENT_ORGANISERS)
    client.force_login(user)
    return user


@pytest.fixture
def page(home_page):
    return make_page(home_page, row("09:00", "One", "10:00"), row("10:00", "Two", "11:00"))


def screen(page):
    return reverse("events:timetable", args=[page.event_id])


def sent(page, **changes):
    """Return the rows as the timetable editor sends them."""
    return [
        {
            "key": str(item.translation_key),
            "day": item.day,
            "start": item.start.strftime("%H:%M"),
            "end": item.end.strftime("%H:%M") if item.end else "",
            "kind": item.kind,
            "title": item.title,
        }
        | changes
        for item in rows_of(page)
    ]


def save(client, page, rows, action="save"):
    with commit():
        return client.post(screen(page), {"rows": json.dumps(rows), action: "1"})


# Event and page


def test_adding_an_event_creates_a_draft_of_its_page(client, editor, home_page):
    index = make_index(home_page)
    form = EVENT_DETAILS | {"title": "Forum 2030", "written_in": index.locale_id}
    with commit():
        response = client.post(reverse("events:add"), form)
    event = Event.objects.get()
    page = EventPage.objects.get()
    assert response.url == reverse("events:edit", args=[event.pk])
    assert (page.event, page.title, page.slug, page.live, page.owner) == (
        event,
        "Forum 2030",
        "forum-2030",
        False,
        editor,
    )
    assert page.get_parent().specific == index
    assert page.latest_revision is not None
    assert event.last_day == DAY


def test_the_screens_of_an_event_link_to_one_another(client, editor, page):
    addresses = {
        reverse("events:edit", args=[page.event_id]),
        screen(page),
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("events:history", args=[page.event_id]),
    }
    for url in addresses:
        response = client.get(url)
        assert response.status_code == 200
        links = {link["href"] for link in soup(response).select(".event-links a")}
        assert addresses <= links


def test_a_new_event_has_the_time_zone_of_the_site(client, editor, home_page, settings):
    make_index(home_page)
    document = soup(client.get(reverse("events:add")))
    assert document.select_one("[name=zone] option[selected]")["value"] == settings.TIME_ZONE


def test_adding_an_event_page_redirects_to_the_event_form(client, editor, home_page):
    index = make_index(home_page)
    response = client.get(reverse("wagtailadmin_pages:add", args=["events", "eventpage", index.pk]))
    assert response.url == reverse("events:add")


@pytest.mark.parametrize("code", ["en", "fi", "et", "el"])
def test_the_page_is_previewed_before_it_is_saved(code, client, admin_client, home_pages):
    page = make_page(home_pages[code], row("09:00", "One", "10:00"), live=False)
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    answer = admin_client.post(preview, PAGE_FIELDS | {"title": "An event in the making"})
    assert answer.json() == {"is_valid": True, "is_available": True}
    shown = BeautifulSoup(admin_client.get(preview, {"mode": ""}).content, "html.parser")
    assert shown.html["lang"] == code
    assert shown.h1.get_text(strip=True) == "An event in the making"
    assert shown.select_one(".session__title").get_text(strip=True) == "One"
    assert reload(page).title == "Forum"
    assert client.get(page.url).status_code == 404


def test_a_page_without_an_event_cannot_be_previewed(admin_client, home_page):
    index = make_index(home_page)
    preview = reverse("wagtailadmin_pages:preview_on_add", args=["events", "eventpage", index.pk])
    answer = admin_client.post(preview, PAGE_FIELDS | {"title": "Lost", "slug": "lost"})
    assert not answer.json()["is_valid"]
    assert admin_client.get(preview).status_code == 200


def test_an_organiser_adds_changes_and_publishes_events(client, organiser, home_page):
    index = make_index(home_page)
    with commit():
        client.post(reverse("events:add"), EVENT_DETAILS | {"title": "Mine", "written_in": index.locale_id})
    page = EventPage.objects.get()
    response = client.get(screen(page))
    assert response.status_code == 200
    assert save(client, page, [{"day": 1, "start": "9.00", "kind": "talk", "title": "One"}]).status_code == 302
    assert not reload(page).live
    assert [item.title for item in reload(page).get_latest_revision_as_object().timetable_rows.all()] == ["One"]
    # The page itself is published on its own screen.
    save(client, page, [{"day": 1, "start": "9.00", "kind": "talk", "title": "Two"}], action="publish")
    assert not reload(page).live
    reload(page).get_latest_revision().publish(user=organiser)
    assert [item.title for item in reload(page).timetable_rows.all()] == ["Two"]


def test_adding_an_event_needs_an_event_index_page(client, editor):
    response = client.post(reverse("events:add"), EVENT_DETAILS | {"title": "Forum"})
    assert response.status_code == 200
    assert "There is no event list in this language yet" in response.content.decode()
    assert not Event.objects.exists()


TIMETABLE = ["timetable", "timetable_check", "timetable_paste"]


@pytest.mark.parametrize("name", ["index", "add", "edit", "history", "delete", *TIMETABLE])
def test_users_without_permission_are_refused(client, page, name):
    args = [] if name in {"index", "add"} else [page.event_id]
    url = reverse(f"events:{name}", args=args)
    for method in (client.get, client.post):
        assert method(url).url.startswith(reverse("wagtailadmin_login"))
    client.force_login(member("Translators: Finnish"))
    for method in (client.get, client.post):
        response = method(url)
        assert response.status_code in ({404} if name in TIMETABLE else {302, 403, 405})
        assert response.status_code != 302 or response.url == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", TIMETABLE)
def test_a_timetable_that_is_not_theirs_is_not_found_as_if_there_were_none(client, page, name):
    client.force_login(member("Translators: Finnish"))
    for key in (page.event_id, page.event_id + 1000):
        assert client.post(reverse(f"events:{name}", args=[key])).status_code == 404


def test_the_history_shows_each_change_with_its_author(client, editor, page):
    with commit():
        response = client.post(
            reverse("events:edit", args=[page.event_id]),
            EVENT_DETAILS | {"status": "cancelled", "venue_town": "Tallinn"},
        )
    assert response.status_code == 302
    document = soup(client.get(reverse("events:history", args=[page.event_id])))
    lines = [
        [cell.get_text(strip=True) for cell in line.select("td")][1:]
        for line in document.select(".event-history tbody tr")
    ]
    assert {tuple(line[1:]) for line in lines} >= {
        ("Status", "Takes place as planned", "Cancelled"),
        ("Town", "Turku", "Tallinn"),
    }
    assert {change.user for change in EventChange.objects.all()} == {editor}


def test_changes_of_the_organisers_are_logged(client, editor, page, home_page):
    house = Organisation.objects.create(name="University", country="FI", locale=home_page.locale)
    form = EVENT_DETAILS | {
        "organisers-TOTAL_FORMS": "1",
        "organisers-0-organisation": house.pk,
        "organisers-0-ORDER": "1",
    }
    client.post(reverse("events:edit", args=[page.event_id]), form)
    change = EventChange.objects.get(field="organisers")
    assert (change.before, change.after) == ("", "University")


@pytest.mark.parametrize("method", ["post", "delete"])
def test_an_event_with_pages_is_not_deleted(client, editor, page, method):
    getattr(client, method)(reverse("events:delete", args=[page.event_id]))
    assert Event.objects.filter(pk=page.event_id).exists()


# Time zone


def times(page):
    return [(item.day, item.start.strftime("%H:%M"), item.end.strftime("%H:%M")) for item in rows_of(page)]


def test_a_new_time_zone_asks_whether_to_keep_local_times_or_instants(client, editor, page):
    url = reverse("events:edit", args=[page.event_id])
    response = client.post(url, EVENT_DETAILS | {"zone": "Europe/Madrid"})
    assert response.status_code == 200
    assert "What should stay the same?" in response.content.decode()
    assert "Choose whether the local times or the moments in time stay the same." in response.content.decode()
    assert reload(page).event.zone == "Europe/Helsinki"
    assert "What should stay the same?" not in client.get(url).content.decode()


def test_a_new_zone_can_keep_the_local_times(client, editor, page):
    with commit():
        client.post(
            reverse("events:edit", args=[page.event_id]),
            EVENT_DETAILS | {"zone": "Europe/Madrid", "zone_change": "clock"},
        )
    assert reload(page).event.zone == "Europe/Madrid"
    assert times(page) == [(1, "09:00", "10:00"), (1, "10:00", "11:00")]


def test_a_new_zone_can_keep_the_instants(client, editor, page):
    before = [session.starts_at for session in page.sessions]
    with commit():
        client.post(
            reverse("events:edit", args=[page.event_id]),
            EVENT_DETAILS | {"zone": "America/New_York", "zone_change": "instant"},
        )
    assert times(page) == [(1, "02:00", "03:00"), (1, "03:00", "04:00")]
    assert [session.starts_at for session in reload(page).sessions] == before


# Timetable editor


def test_sessions_are_saved_as_a_draft_and_then_published(client, editor, page):
    rows = sent(page)
    rows[0]["start"] = "8.30"
    assert save(client, page, rows).status_code == 302
    assert times(page)[0] == (1, "09:00", "10:00")
    draft = reload(page).get_latest_revision_as_object()
    assert draft.timetable_rows.all()[0].start == datetime.time(8, 30)
    assert save(client, page, rows, action="publish").status_code == 302
    assert times(page)[0] == (1, "08:30", "10:00")


def test_a_deleted_session_comes_back_from_the_history_of_the_page(client, editor, page):
    rows = sent(page)
    for saved in (rows, rows[:1]):
        save(client, page, saved)
    both = reload(page).revisions.order_by("-pk")[1]
    revert = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, both.pk])
    history = soup(client.get(reverse("wagtailadmin_pages:history", args=[page.pk])))
    assert history.select(f'a[href="{revert}"]')
    assert client.get(revert).status_code == 200


def test_publishing_the_timetable_leaves_other_changes_in_the_draft(client, editor, page):
    draft = reload(page)
    draft.title = "A title in the making"
    draft.save_revision()
    rows = sent(page)
    rows[0]["start"] = "8.30"
    rows.append({**rows[1], "key": "", "title": "New", "start": "12:00", "end": "13:00"})
    for _time in range(2):
        assert save(client, page, rows, action="publish").status_code == 302
    published = reload(page)
    assert (published.title, published.has_unpublished_changes) == ("Forum", True)
    assert times(page)[0] == (1, "08:30", "10:00")
    assert [item.title for item in rows_of(page)] == ["One", "Two", "New"]
    draft = published.get_latest_revision_as_object()
    assert draft.title == "A title in the making"
    assert [item.pk for item in draft.timetable_rows.all()] == [item.pk for item in rows_of(page)]
    draft.save_revision().publish()
    assert reload(page).title == "A title in the making"
    assert [item.title for item in rows_of(page)] == ["One", "Two", "New"]


def test_the_timetable_of_a_page_that_is_not_public_stays_a_draft(client, editor, home_page):
    page = make_page(home_page, row("09:00", "One", "10:00"), live=False)
    screen_shown = soup(client.get(screen(page)))
    assert "The page of the event is not public yet" in text_of(screen_shown.main)
    assert "Add a session" in [text_of(button) for button in screen_shown.select("button[data-add]")]
    # Also for whoever sends the form as the button of a public page does.
    new = {"key": "", "day": 1, "start": "09:00", "end": "10:00", "kind": TimetableRow().kind, "title": "Two"}
    assert save(client, page, [new], action="publish").status_code == 302
    draft = reload(page).get_latest_revision_as_object()
    assert [item.title for item in draft.timetable_rows.all()] == ["Two"]
    assert not reload(page).live
    assert client.get(page.url).status_code == 404


def test_the_screen_says_what_becomes_public(client, editor, page):
    assert "makes these sessions public in all languages, and no other change in the draft" in text_of(
        soup(client.get(screen(page))).main
    )


def test_a_scheduled_version_of_the_page_stays_scheduled(client, editor, page):
    draft = reload(page)
    draft.go_live_at = timezone.now() + datetime.timedelta(days=1)
    draft.save_revision().publish()
    assert reload(page).approved_schedule
    rows = sent(page)
    rows[0]["start"] = "8.30"
    save(client, page, rows, action="publish")
    assert times(page)[0] == (1, "09:00", "10:00")
    assert reload(page).approved_schedule


def test_sessions_keep_their_key_and_new_ones_get_one(client, editor, page):
    keys = [item.translation_key for item in rows_of(page)]
    rows = sent(page)
    copy = {**rows[0], "title": "Copy", "start": "11:00", "end": "12:00"}
    save(client, page, [rows[1], rows[0], copy], action="publish")
    found = {item.title: item.translation_key for item in rows_of(page)}
    assert (found["One"], found["Two"]) == (keys[0], keys[1])
    assert found["Copy"] not in keys


@pytest.mark.parametrize("spell", [str, str.upper, lambda key: f"{{{key}}}", lambda key: key.replace("-", "")])
def test_the_key_of_a_session_is_that_of_one_session_of_one_event(client, editor, page, home_page, spell):
    other = make_page(home_page, row("09:00", "Of another event"), slug="other", title="Other")
    (taken,) = rows_of(other)
    key = spell(str(taken.translation_key))
    twice = [{**entry, "key": key} for entry in sent(page)]
    assert save(client, page, twice, "publish").status_code == 302
    keys = {str(item.translation_key) for item in rows_of(reload(page))}
    assert len(keys) == len(twice)
    assert str(taken.translation_key) not in keys
    assert [item.pk for item in rows_of(other)] == [taken.pk]
    # The same for a key of the event itself.
    own = spell(keys.pop())
    assert save(client, page, [{**entry, "key": own} for entry in sent(page)], "publish").status_code == 302
    assert len({item.translation_key for item in rows_of(reload(page))}) == len(twice)


def test_the_key_of_a_draft_of_another_event_does_not_stop_its_publication(client, editor, page, home_page):
    other = make_page(home_page, slug="other", title="Other")
    new = {"key": "", "day": 1, "start": "09:00", "end": "10:00", "kind": TimetableRow().kind, "title": "Draft"}
    save(client, other, [new])
    (draft,) = reload(other).get_latest_revision_as_object().timetable_rows.all()
    # Neither as the key of a session nor as that of a new event can it be taken.
    for key in (str(draft.translation_key), str(other.event.key), str(page.event.key)):
        save(client, page, [{**new, "key": key}], "publish")
        assert [str(item.translation_key) for item in rows_of(page)] != [key]
    assert save(client, other, [{**new, "key": str(draft.translation_key)}], "publish").status_code == 302
    assert [item.translation_key for item in rows_of(other)] == [draft.translation_key]


def test_a_session_that_was_removed_meanwhile_keeps_its_key(client, editor, page):
    rows = sent(page)
    save(client, page, rows[:1], "publish")
    assert len(rows_of(page)) == 1
    save(client, page, rows, "publish")
    assert [str(item.translation_key) for item in rows_of(page)] == [item["key"] for item in rows]


def test_titles_rooms_and_names_of_sessions_have_no_line_breaks_and_direction_marks(client, editor, page):
    (first, *_others) = sent(page, title="A\u202eB\nC", room="Hall\x1b 1", track="X\x85Y", speakers="Anna\u2028Example")
    assert save(client, page, [first]).status_code == 302
    (found,) = reload(page).get_latest_revision_as_object().timetable_rows.all()
    assert (found.title, found.room, found.track) == ("A B C", "Hall 1", "X Y")
    assert [person.name for person in found.people] == ["Anna Example"]
    assert save(client, page, [{**first, "title": "\u202e"}]).status_code == 422


def test_errors_are_shown_beside_the_field_and_input_is_kept(client, editor, page):
    rows = sent(page)
    rows[0] |= {"start": "25:00", "title": "", "room": "Hall"}
    response = save(client, page, rows)
    assert response.status_code == 422
    data = json.loads(soup(response).select_one("#timetable-data").string)
    assert set(data["errors"]["0"]) == {"start", "title"}
    assert (data["rows"][0]["room"], data["rows"][0]["start"]) == ("Hall", "25:00")
    assert TimetableRow.objects.filter(room="Hall").count() == 0


@pytest.mark.parametrize("rows", ["", "no json", "{}", "[1]", json.dumps([{}] * 501)])
def test_invalid_timetable_data_changes_nothing(client, editor, page, rows):
    assert client.post(screen(page), {"rows": rows, "save": "1"}).status_code == 422
    assert len(reload(page).get_latest_revision_as_object().timetable_rows.all()) == 2


def test_people_are_linked_by_name(client, editor, page, home_page):
    house = Organisation.objects.create(name="University", country="FI", locale=home_page.locale)
    person = Person.objects.create(name="Anna Example", organisation=house, locale=home_page.locale)
    save(client, page, [sent(page)[0] | {"speakers": "anna example; Jaan Tamm (Tallinn)", "chairs": "Chair Person"}])
    (found,) = reload(page).get_latest_revision_as_object().timetable_rows.all()
    assert [(item.name, item.affiliation, item.person) for item in found.speakers] == [
        ("Anna Example", "University", str(person.translation_key)),
        ("Jaan Tamm", "Tallinn", ""),
    ]
    assert [item.name for item in found.chairs] == ["Chair Person"]


def test_speakers_name_no_organisation_whose_entry_is_a_draft(home_page):
    house = Organisation.objects.create(name="University", country="FI", locale=home_page.locale, live=False)
    Person.objects.create(name="Anna Example", organisation=house, locale=home_page.locale)
    (found,) = RowChoices(home_page.locale).speakers("Anna Example", SpeakerRole.SPEAKER)
    assert found.affiliation == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Anna  Example ( Some University ); Jaan Tamm;;", [("Anna Example", "Some University"), ("Jaan Tamm", "")]),
        ("Anna (A) (B)", [("Anna (A)", "B")]),
        ("(Some University)", [("(Some University)", "")]),
        # A row may have so many spaces, and a timetable so many rows: it must not take minutes.
        (f"Anna{' ' * 200_000}(", [("Anna (", "")]),
        ("((" * 100_000, [("(" * 120, "")]),
    ],
)
def test_speakers_are_read_from_one_text(home_page, text, expected):
    found = RowChoices(home_page.locale).speakers(text, SpeakerRole.SPEAKER)
    assert [(speaker.name, speaker.affiliation) for speaker in found] == expected


def test_slides_are_a_document(client, editor, page):
    document = get_document_model().objects.create(title="Slides", file=ContentFile(b"x", name="slides.pdf"))
    get_document_model().objects.create(title="Another", file=ContentFile(b"y", name="another.pdf"))
    save(client, page, sent(page, slides=str(document.pk)))
    data = json.loads(soup(client.get(screen(page))).find(id="timetable-data").string)
    assert [row["slides"] for row in data["rows"]] == [str(document.pk)] * 2
    assert data["documents"] == {str(document.pk): "Slides"}
    answer = save(client, page, sent(page, slides="999999"))
    assert answer.status_code == 422


def test_slides_are_those_that_the_organiser_may_read(client, editor, page):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="x")
    document = get_document_model().objects.create(
        title="Hidden", collection=private, file=ContentFile(b"x", name="hidden.pdf")
    )
    rows = sent(page, slides=str(document.pk))
    client.force_login(member(EVENT_ORGANISERS))
    answer = save(client, page, rows)
    assert answer.status_code == 422
    assert "Hidden" not in answer.text
    # What an editor has chosen stays.
    client.force_login(editor)
    save(client, page, rows)
    client.force_login(User.objects.get(groups__name=EVENT_ORGANISERS))
    assert save(client, page, rows).status_code == 302


def test_pasting_returns_sessions_and_saves_nothing(client, editor, page):
    text = "Programme\n12.00-13.00 Lunch, Restaurant Example – networking\n13.00 Title, Anna Example"
    before = TimetableRow.objects.count(), reload(page).latest_revision_id
    answer = client.post(reverse("events:timetable_paste", args=[page.event_id]), {"text": text}).json()
    assert [
        (item["start"], item["end"], item["kind"], item["title"], item["room"], item["speakers"])
        for item in answer["rows"]
    ] == [
        ("12:00", "13:00", "meal", "Lunch – networking", "Restaurant Example", ""),
        ("13:00", "", "talk", "Title", "", "Anna Example"),
    ]
    assert answer["left_over"] == ["Programme"]
    assert (TimetableRow.objects.count(), reload(page).latest_revision_id) == before


def test_pasted_tables_are_read_on_the_server_and_shown_as_text(client, editor, page):
    html = "<table><tr><td>9.00<td>&lt;b&gt;One&lt;/b&gt;<script>x</script><tr><td>8.00<td>Two</table>"
    sent = {"text": "10.00 Something else", "html": html}
    answer = client.post(reverse("events:timetable_paste", args=[page.event_id]), sent).json()
    assert [(item["start"], item["title"], item["warnings"]) for item in answer["rows"]] == [
        ("09:00", "<b>One</b>", []),
        ("08:00", "Two", ["Starts before the session above. Check the time and the day."]),
    ]


@pytest.mark.parametrize("sent", [{"text": ""}, {"text": "x" * 50_001}, {"text": "9.00 One", "html": "x" * 500_001}])
def test_pasted_text_that_is_empty_or_too_long_is_refused(client, editor, page, sent):
    answer = client.post(reverse("events:timetable_paste", args=[page.event_id]), sent)
    assert (answer.status_code, list(answer.json())) == (422, ["error"])


def test_warnings_are_shown_while_editing(client, editor, page):
    rows = sent(page, room="Hall")
    rows[1]["start"] = "09:30"
    answer = client.post(reverse("events:timetable_check", args=[page.event_id]), {"rows": json.dumps(rows)}).json()
    assert answer["warnings"] == [{"row": 1, "text": "Hall is not free: “One” is there from 09:00."}]


def test_warnings_do_not_prevent_saving(client, editor, page):
    rows = sent(page, room="Hall")
    rows[1]["start"] = "09:30"
    assert save(client, page, rows, action="publish").status_code == 302
    assert times(page)[1][1] == "09:30"


def test_publishing_from_the_timetable_editor_is_announced(client, editor, page):
    rows = sent(page)
    rows[1]["start"] = "10:30"
    save(client, page, rows, action="publish")
    assert TimetableChange.objects.filter(event=page.event).count() == 1


def test_the_editor_with_120_sessions_runs_few_queries(client, editor, home_page, django_assert_max_num_queries):
    many = [row(f"{8 + number // 10:02}:{number % 10 * 5:02}", f"Row {number}") for number in range(120)]
    page = make_page(home_page, *many)
    with django_assert_max_num_queries(45):
        assert client.get(screen(page)).status_code == 200


def test_a_second_page_of_an_event_in_one_language_is_refused(page):
    from django.core.exceptions import ValidationError

    second = EventPage(title="Second", slug="second", event=page.event, locale=page.locale)
    with pytest.raises(ValidationError, match="already has a page in this language"):
        second.clean()


def test_a_rescheduled_event_keeps_its_previous_day(client, editor, page):
    form = EVENT_DETAILS | {"status": EventStatus.RESCHEDULED, "first_day": "2030-06-01"}
    with commit():
        client.post(reverse("events:edit", args=[page.event_id]), form)
    event = Event.objects.get()
    assert (event.previous_first_day, event.first_day) == (DAY, datetime.date(2030, 6, 1))
    assert Page.objects.filter(pk=page.pk, live=True).exists()


def test_details_that_begin_after_the_first_session_are_saved_with_a_warning(client, home_page):
    page = make_page(home_page, row("09:00", "Coffee", "10:00"))
    client.force_login(make_editor())
    with commit():
        response = client.post(reverse("events:edit", args=[page.event_id]), EVENT_DETAILS | {"start_time": "09:30"})
    assert response.status_code == 302
    shown = [str(text) for text in get_messages(response.wsgi_request)]
    assert any("09:00 Coffee: The details of the event say that it starts at 09:30" in text for text in shown)

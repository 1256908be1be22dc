"""Choosers show titles of what a user may read or edit, and no others."""

import json

import pytest
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from home.models import ContentPage, Person
from home.permissions import EVENT_ORGANISERS, PARTNER_EDITORS
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_alias, make_page
from tests.factories.project import make_organisation, make_person
from tests.factories.registrations import make_open_page
from tests.factories.users import make_editor, make_user
from tests.forms import served_forms

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

FINNISH = "Translators: Finnish"


@pytest.fixture
def pages(home_page):
    draft = make_page(ContentPage, home_page, "Unpublished", live=False)
    private = make_page(ContentPage, home_page, "Confidential")
    PageViewRestriction.objects.create(page=private, restriction_type="password", password="x")
    below = make_page(ContentPage, private, "Beneath")
    public = make_page(ContentPage, home_page, "Published")
    return [draft, private, below, public]


def titles_in(client, url: str, words, **query) -> list[str]:
    text = client.get(url, query).text
    return [word for word in words if word in text]


WORDS = ["Unpublished", "Confidential", "Beneath", "Published"]


def test_the_page_chooser_lists_pages_that_the_user_may_read(client, home_page, pages):
    client.force_login(make_user("translator", group=FINNISH))
    browse = reverse("wagtailadmin_choose_page_child", args=[home_page.pk])
    search = reverse("wagtailadmin_choose_page_search")
    multiple = reverse("wagtailadmin_choose_page_chosen_multiple")
    assert titles_in(client, browse, WORDS) == ["Published"]
    assert [titles_in(client, search, [word], q=word[:-2]) for word in WORDS] == [[], [], [], ["Published"]]
    assert [titles_in(client, multiple, [page.title], id=page.pk) for page in pages] == [[], [], [], ["Published"]]
    below = reverse("wagtailadmin_choose_page_child", args=[pages[1].pk])
    assert titles_in(client, below, WORDS) == []


def test_the_page_chooser_lists_no_alias_of_a_private_page(client, home_pages, pages):
    make_alias(pages[3], home_pages["fi"])
    client.force_login(make_user("translator", group="Translators: Estonian"))
    browse = reverse("wagtailadmin_choose_page_child", args=[home_pages["fi"].pk])
    assert titles_in(client, browse, WORDS) == ["Published"]
    PageViewRestriction.objects.create(page=pages[3], restriction_type="password", password="x")
    assert titles_in(client, browse, WORDS) == []


def test_the_title_of_a_draft_is_for_those_who_may_edit_the_page(client, home_page, pages):
    page = pages[3]
    page.title = "Renamed"
    page.save_revision()
    addresses = [
        (reverse("wagtailadmin_choose_page_child", args=[home_page.pk]), {}),
        (reverse("wagtailadmin_choose_page_chosen_multiple"), {"id": page.pk}),
        (reverse("wagtailadmin_choose_page_search"), {"q": "Publ"}),
    ]
    client.force_login(make_user("translator", group=FINNISH))
    assert [titles_in(client, url, ["Published", "Renamed"], **query) for url, query in addresses] == [
        ["Published"]
    ] * 3
    client.force_login(make_editor())
    assert all("Renamed" in titles_in(client, url, ["Renamed"], **query) for url, query in addresses)


def test_editors_choose_from_every_page(client, home_page, pages):
    client.force_login(make_editor())
    browse = reverse("wagtailadmin_choose_page_child", args=[home_page.pk])
    assert titles_in(client, browse, WORDS) == ["Unpublished", "Confidential", "Published"]


@pytest.mark.parametrize("kind", ["image", "document"])
def test_the_choosers_of_files_list_no_private_collection(client, db, kind):
    root = Collection.get_first_root_node()
    private = root.add_child(name="Private")
    inner = private.add_child(name="Inner")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="x")
    user = make_user("translator", group=FINNISH)

    def make(title: str, collection: Collection, owner=None) -> int:
        fields = {"title": title, "collection": collection, "uploaded_by_user": owner}
        if kind == "document":
            return Document.objects.create(file="documents/x.pdf", **fields).pk
        return get_image_model().objects.create(file=get_test_image_file(), **fields).pk

    keys = {
        "Hidden": make("Hidden", private),
        "Deeper": make("Deeper", inner),
        "Mine": make("Mine", private, user),
        "Shown": make("Shown", root),
    }
    client.force_login(user)
    namespace = f"wagtail{kind}s_chooser" if kind == "image" else "wagtaildocs_chooser"
    assert titles_in(client, reverse(f"{namespace}:choose"), keys) == ["Mine", "Shown"]
    found = [titles_in(client, reverse(f"{namespace}:chosen", args=[key]), [title]) for title, key in keys.items()]
    assert found == [[], [], ["Mine"], ["Shown"]]
    search = reverse(f"{namespace}:choose_results")
    assert [titles_in(client, search, [title], q=title[:-1]) for title in keys] == found
    client.force_login(make_editor())
    assert titles_in(client, reverse(f"{namespace}:choose"), keys) == list(keys)


def test_what_a_user_may_not_change_is_not_named(client, home_page, pages):
    """Numbers in an address are easy to try. Wagtail says which pages and files a user may not delete, publish or move."""
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="x")
    image = get_image_model().objects.create(title="Hidden", collection=private, file=get_test_image_file())
    document = Document.objects.create(title="Hidden", collection=private, file="documents/x.pdf")
    tried = [(Page, page.pk) for page in pages[:2]] + [(type(image), image.pk), (Document, document.pk)]
    client.force_login(make_user("translator", group=FINNISH))
    actions = {Page: ["delete", "publish", "unpublish", "move"]}
    for model, pk in tried:
        for action in actions.get(model, ["delete", "add_tags", "add_to_collection"]):
            url = reverse("wagtail_bulk_action", args=[model._meta.app_label, model._meta.model_name, action])
            response = client.get(url, {"id": pk})
            assert response.status_code == 200, (model, action)
            assert not {word for word in ("Unpublished", "Confidential", "Hidden") if word in response.text}
    for page, destination in ((home_page, pages[1]), (pages[0], home_page)):
        response = client.get(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, destination.pk]))
        assert response.status_code in {302, 403}


def link_to(target: Page | Document) -> str:
    """Return the rich text of a link as the editor sends it."""
    block = {"key": "a", "text": "x", "type": "unstyled", "depth": 0, "inlineStyleRanges": []}
    block["entityRanges"] = [{"offset": 0, "length": 1, "key": 0}]
    kind = "LINK" if isinstance(target, Page) else "DOCUMENT"
    link = {"type": kind, "mutability": "MUTABLE", "data": {"id": target.pk, "url": "/x/"}}
    return json.dumps({"blocks": [block], "entityMap": {"0": link}})


@pytest.fixture
def hidden_image(db):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="x")
    return get_image_model().objects.create(title="Hidden", collection=private, file=get_test_image_file())


def test_a_page_refers_to_nothing_that_its_writer_may_not_read(client, home_page, pages, hidden_image):
    """Numbers are easy to try, and the form and the preview would show titles and pictures."""
    news = make_page(NewsIndexPage, home_page, "News")
    client.force_login(make_user("writer", group=PARTNER_EDITORS))
    url = reverse("wagtailadmin_pages:add", args=["news", "newspage", news.pk])

    shown = []

    def send(title: str, **changes) -> bool:
        data = {"title": title, "slug": title.lower(), "date": "2025-05-05", "comments": inline_formset([])}
        data |= {"body": streamfield([]), "related_pages": inline_formset([])} | changes
        shown.append(client.post(url, nested_form_data(data), follow=True).text)
        return NewsPage.objects.filter(title=title).exists()

    draft, public = pages[0], pages[3]
    for number, page in enumerate((draft, public)):
        changes = [
            {"related_pages": inline_formset([{"page": str(page.pk)}])},
            {"body": streamfield([("text", link_to(page))])},
        ]
        assert [send(f"Article{number}{place}", **change) for place, change in enumerate(changes)] == [
            page == public
        ] * 2
    assert not send("Picture", image=str(hidden_image.pk))
    # The form that is refused keeps what was sent, and does not name it.
    assert f'value="{hidden_image.pk}"' in shown[-1]
    assert not {word for word in ("Unpublished", ">Hidden<", "max-165x165") if word in "".join(shown)}
    # What an editor has chosen stays.
    article = NewsPage.objects.get(title="Article10")
    article.image = hidden_image
    article.save_revision()
    again = {"title": "Again", "slug": "again", "date": "2025-05-05", "comments": inline_formset([])}
    again |= {"body": streamfield([]), "related_pages": inline_formset([]), "image": str(hidden_image.pk)}
    client.post(reverse("wagtailadmin_pages:edit", args=[article.pk]), nested_form_data(again))
    article.refresh_from_db()
    assert article.latest_revision.content["title"] == "Again"


def test_a_snippet_refers_to_nothing_that_its_writer_may_not_read(client, home_page, hidden_image):
    organisation = make_organisation("Turku")
    user = make_user("writer", group=PARTNER_EDITORS)
    organisation.editors.add(user)
    client.force_login(user)
    url = reverse("wagtailsnippets_home_person:add")
    shown = get_image_model().objects.create(title="Shown", file=get_test_image_file())
    for image in (hidden_image, shown):
        values = {"name": image.title, "organisation": organisation.pk, "role": "", "orcid": "", "portrait": image.pk}
        client.post(url, values)
    assert list(Person.objects.values_list("name", flat=True)) == ["Shown"]


def test_nobody_is_told_the_title_of_the_page_that_they_chose_for_a_new_page(client, home_page, pages):
    make_page(NewsIndexPage, home_page, "News")
    client.force_login(make_user("writer"))
    addresses = [
        reverse("wagtailadmin_pages:choose_parent", args=["news", "newspage"]),
        reverse("articles:choose_parent"),
    ]
    for address in addresses:
        found = "".join(client.post(address, {"parent_page": page.pk}).text for page in pages[:3])
        assert not {word for word in WORDS[:3] if word in found}


def test_tags_of_private_files_are_not_proposed(client, home_page, hidden_image):
    hidden_image.tags.add("secret-visit")
    get_image_model().objects.create(title="Shown", file=get_test_image_file()).tags.add("seen-often")
    addresses = [
        reverse("wagtailadmin_tag_autocomplete"),
        reverse("wagtailadmin_tag_model_autocomplete", args=["taggit", "tag"]),
    ]
    for user, found in (
        (make_user("writer", group=PARTNER_EDITORS), ["seen-often"]),
        (make_editor(), ["secret-visit", "seen-often"]),
    ):
        client.force_login(user)
        assert [client.get(address, {"term": "se"}).json() for address in addresses] == [found, found]
        screens = ("wagtailimages:index", "wagtailimages_chooser:choose")
        shown = "".join(client.get(reverse(name)).text for name in screens)
        assert [tag for tag in ("secret-visit", "seen-often") if tag in shown] == found
    assert client.get(addresses[0]).json() == []
    assert client.get(reverse("wagtailadmin_tag_model_autocomplete", args=["home", "person"])).status_code == 404


def test_workflows_and_their_tasks_are_named_only_to_those_who_work_with_them(client, home_page, admin_user):
    page = make_page(ContentPage, home_page, "Waiting", live=False)
    page.save_revision()
    task = page.get_workflow().start(page, admin_user).current_task_state.task
    names = ["task_chooser", "task_chooser_results"]
    addresses = [reverse(f"wagtailadmin_workflows:{name}") for name in names]
    addresses += [reverse("wagtailadmin_workflows:task_chosen", args=[task.pk])]
    addresses += [reverse("wagtailadmin_pages:confirm_workflow_cancellation", args=[page.pk])]
    client.force_login(make_user("writer", group=PARTNER_EDITORS))
    refused = [client.get(address) for address in addresses]
    assert [response.status_code for response in refused] == [302] * 4
    client.force_login(admin_user)
    assert [client.get(address).status_code for address in addresses] == [200] * 4


# Links that a form shows again


def test_a_refused_link_tells_no_address_and_no_file_name(client, home_page, pages):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="x")
    files = [
        Document.objects.create(title="Title", collection=collection, file=f"documents/{name}.pdf")
        for collection, name in ((private, "zqcontract"), (Collection.get_first_root_node(), "zqleaflet"))
    ]
    news = make_page(NewsIndexPage, home_page, "News")
    client.force_login(make_user("writer", group=PARTNER_EDITORS))
    url = reverse("wagtailadmin_pages:add", args=["news", "newspage", news.pk])
    # Without a title, the form is refused also where the links are good.
    data = {"title": "", "slug": "", "date": "2025-05-05", "comments": inline_formset([])}
    data |= {
        "body": streamfield([("text", link_to(target)) for target in (*pages, *files)]),
        "related_pages": inline_formset([]),
    }
    text = client.post(url, nested_form_data(data)).text.lower()
    words = ("unpublished", "confidential", "beneath", "published/", "zqcontract", "zqleaflet")
    assert [word in text for word in words] == [False, False, False, True, False, True]


# Drafts of snippets


def test_an_article_names_no_person_whose_entry_is_a_draft(client, home_page):
    found = [make_person(name, role="Zqdirector", live=name == "Public") for name in ("Draft", "Public")]
    news = make_page(NewsIndexPage, home_page, "News")
    client.force_login(make_user("writer", group=PARTNER_EDITORS))
    url = reverse("wagtailadmin_pages:add", args=["news", "newspage", news.pk])
    for person in found:
        data = {"title": person.name, "slug": person.name.lower(), "date": "2025-05-05"}
        data |= {"comments": inline_formset([]), "related_pages": inline_formset([])}
        item = {"deleted": "", "order": "0", "type": "item", "id": "", "value": str(person.pk)}
        people = {"count": "1", **{f"0-{name}": value for name, value in item.items()}}
        block = {"deleted": "", "order": "0", "type": "people", "id": "", "value-heading": ""}
        block |= {f"value-people-{name}": value for name, value in people.items()}
        body = {"body-count": "1", **{f"body-0-{name}": value for name, value in block.items()}}
        text = client.post(url, nested_form_data(data) | body).text
        assert "Zqdirector" not in text
    assert list(NewsPage.objects.values_list("title", flat=True)) == ["Public"]


def test_an_event_names_no_organisation_whose_entry_is_a_draft(client, home_page):
    found = [make_organisation(name, live=name == "Zqpublic") for name in ("Zqdraft", "Zqpublic")]
    event = make_open_page(home_page).event
    client.force_login(make_user("organiser", group=EVENT_ORGANISERS))
    url = reverse("events:edit", args=[event.pk])
    form = next(form for form in served_forms(client.get(url), url) if "first_day" in form.data)
    for organisation in found:
        row = {"TOTAL_FORMS": "1", "0-organisation": str(organisation.pk), "0-ORDER": "1", "0-id": "", "0-DELETE": ""}
        answer = client.post(url, form.data | {f"organisers-{name}": value for name, value in row.items()})
        assert "Zqdraft" not in answer.text
    assert list(event.organisers.values_list("organisation__name", flat=True)) == ["Zqpublic"]
    assert "Zqdraft" not in client.get(url).text + client.get(reverse("events:history", args=[event.pk])).text
